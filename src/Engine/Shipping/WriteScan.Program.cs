using System.Reflection;
using ActorPool.Diagnostics;

namespace ActorPool.Shipping;

/// <remarks>
/// Of the program, all that may change what a static field holds counts: a value with two origins keeps that of the field.
/// </remarks>
internal sealed partial class WriteScan
{
    private readonly StaticFills? _fills;
    private bool _hasHolders;

    private WriteScan(StaticFills fills) => _fills = fills;

    /// <summary>Whether the program is scanned, and not the function.</summary>
    public bool IsOfProgram => _fills is not null;

    /// <summary>What the scanned method gives to others of what the field holds; null is nothing.</summary>
    public HeldResult? Result { get; private set; }

    /// <summary>Scans a method of the program, and those to which it passes a field's object.</summary>
    /// <param name="method">The method.</param>
    /// <param name="fills">The static field, and what is known of it.</param>
    public static WriteScan ForProgram(MethodBase method, StaticFills fills)
    {
        var scan = new WriteScan(fills);
        var arguments = new Origin?[CountArguments(method)];
        Array.Fill(arguments, Origin.Unknown);
        if (!method.IsStatic && IsCompilers(method.DeclaringType))
            arguments[0] = Origin.Fresh; // a variable that lives on across an await
        scan.Run(method, arguments, isWritten: true);
        if (scan._order is [{ } first, ..] && scan.IsFilled(first.Returned))
            scan.Result = (scan.Result ?? new HeldResult()) with { Returned = first.Returned };
        return scan;
    }

    /// <summary>Whether a value is, or holds, what the static field holds.</summary>
    public bool IsFilled(Origin? value) =>
        _fills is not null && value is { Place.Static: { } field, Kind: not (OriginKind.Derived or OriginKind.Copy) }
        && StaticFields.IsSame(field, _fills.Field);

    /// <summary>Joins the origins of a value that comes on two ways.</summary>
    public Origin? Join(Origin? one, Origin? other)
    {
        if (!IsOfProgram)
            return Origin.Join(one, other);
        return Rank(other) > Rank(one) ? other : one;

        int Rank(Origin? value) => value is null ? 0 : IsFilled(value) ? 4 : value.Kind switch
        {
            OriginKind.Function or OriginKind.Fresh => 3,
            OriginKind.Derived or OriginKind.Copy => 2,
            _ => 1,
        };
    }

    /// <summary>Finds what a method returns of the field, by what an earlier scan has found.</summary>
    public HeldResult? FindResult(MethodBase callee) => _fills?.FindResult(callee);

    /// <summary>The method hands what the field holds to a function that it is given.</summary>
    public void HandOver(Place place, Type type) => Result = (Result ?? new HeldResult()) with { Handed = place, HandedType = type };

    /// <summary>The method's task has what the field holds, or its iterator yields it.</summary>
    public void Yield(MethodScan from, Origin? value)
    {
        if (IsFilled(value) && IsFirst(from))
            Result = (Result ?? new HeldResult()) with { Yielded = value!.Place };
    }

    /// <summary>Calls a function that is known: a lambda, or a method that is mentioned.</summary>
    public Origin? Invoke(MethodScan from, MethodBase function, ReadOnlySpan<Origin?> given)
    {
        var target = IsCompilers(function.DeclaringType) ? Origin.Fresh : Origin.Unknown;
        Origin?[] arguments = function.IsStatic ? [.. given] : [target, .. given];
        return arguments.Length == CountArguments(function) ? Follow(from, function, arguments, isVirtual: false) : null;
    }

    // Lambdas of the method count, since they see its variables; of other methods, those that get the object, or one that holds it.
    private bool Concerns(MethodBase callee, ReadOnlySpan<Origin?> arguments)
    {
        if (IsWrittenInside(callee))
            return true;
        foreach (var argument in arguments)
        {
            if (IsFilled(argument) || IsCopy(argument) || _hasHolders && argument?.Kind is OriginKind.Fresh)
                return true;
        }
        return false;
    }

    // A structure of the field: its method may fill what it holds.
    private bool IsCopy(Origin? value) =>
        value is { Kind: OriginKind.Copy, Place.Static: { } field } && StaticFields.IsSame(field, _fills!.Field)
        && StaticFields.MayBeFilled(field.FieldType);

    // What the function does by itself it does on a node, too.
    private bool IsSilent(MethodBase callee, ReadOnlySpan<Origin?> arguments) =>
        _fills!.Function.Reaches(callee)
        && (IsWrittenInside(callee) || !callee.IsStatic && IsFilled(arguments[0]) || _fills.Function.Found.Touches(_fills.Field));

    private Origin? FollowOverrides(MethodBase callee, ReadOnlySpan<Origin?> arguments, bool isMuted)
    {
        Origin? result = null;
        foreach (var method in VirtualMembers.FindOverrides(callee))
            result = Join(result, Enter(method, arguments, isWritten: false, isMuted || _fills!.Function.Reaches(method))?.Returned);
        return IsFilled(result) ? result : null;
    }
}
