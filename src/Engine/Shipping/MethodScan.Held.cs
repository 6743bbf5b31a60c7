using System.Reflection;

namespace ActorPool.Shipping;

/// <remarks>What a static field holds, on its ways through the program.</remarks>
internal sealed partial class MethodScan
{
    private Origin? GetResult(MethodBase callee, Origin?[] arguments, Type type) =>
        FindHeld(callee, arguments, type)
        ?? (callee.Name is "get_Item" ? LoadElement(arguments[0], type) : Origin.Compute(arguments));

    // A method of the framework that takes a collection of such objects, or another holder of one, may return one that is in it.
    private Origin? FindHeld(MethodBase callee, Origin?[] arguments, Type result)
    {
        if (!scan.IsOfProgram || !StaticFields.MayChange(result))
            return null;
        if (!HostAssemblies.IsHost(callee.Module.Assembly))
            return null;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i]?.Place is { Static: { } field } place && Holds(GetTaken(callee, i), result)
                && HeldTypes.MayHold(field.FieldType, result))
                return new Origin(OriginKind.Reference, place);
        }
        return null;
    }

    private static Type? GetTaken(MethodBase callee, int argument) =>
        callee.IsStatic ? callee.GetParameters()[argument].ParameterType
        : argument == 0 ? callee.DeclaringType
        : callee.GetParameters()[argument - 1].ParameterType;

    private static bool Holds(Type? holder, Type held) => holder switch
    {
        null => false,
        { HasElementType: true } => holder.GetElementType() == held || Holds(holder.GetElementType(), held),
        { IsGenericType: true } => holder.GetGenericArguments().Any(argument => argument == held || Holds(argument, held)),
        _ => false,
    };

    private Origin? Invoke(MethodBase invoke, Origin?[] arguments)
    {
        if (arguments[0] is { Kind: OriginKind.Function, Method: { } function })
            return scan.Invoke(this, function, arguments.AsSpan(1)) ?? Origin.Unknown;
        var parameters = invoke.GetParameters();
        for (var i = 1; i < arguments.Length; i++)
        {
            if (scan.IsFilled(arguments[i]))
                scan.HandOver(arguments[i]!.Place!, parameters[i - 1].ParameterType);
        }
        return Origin.Unknown;
    }

    // ForEach and the like call a function with what a collection holds.
    private void InvokeGiven(MethodBase callee, Origin?[] arguments)
    {
        if (!scan.IsOfProgram)
            return;
        if (callee is { Name: "SetResult", DeclaringType.Namespace: "System.Runtime.CompilerServices" } && arguments.Length == 2)
            scan.Yield(this, arguments[1]);
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i]?.Place is not { Static: not null } place)
                continue;
            foreach (var argument in arguments)
            {
                if (argument is { Kind: OriginKind.Function, Method: { } function })
                    InvokeWith(function, place, type => Holds(GetTaken(callee, i), type));
            }
        }
    }

    private Origin? FindKnownResult(MethodBase callee, Origin?[] arguments)
    {
        if (scan.FindResult(callee) is not { } known)
            return null;
        if (known is { Handed: { } handed, HandedType: { } type })
        {
            for (var i = 0; i < arguments.Length; i++)
            {
                if (arguments[i] is { Kind: OriginKind.Function, Method: { } function })
                    InvokeWith(function, handed, one => one == type);
                else if (typeof(Delegate).IsAssignableFrom(GetTaken(callee, i)))
                    scan.HandOver(handed, type);
            }
        }
        return known.Returned;
    }

    private void InvokeWith(MethodBase function, Place place, Predicate<Type> isHeld)
    {
        var parameters = function.GetParameters();
        var given = new Origin?[parameters.Length];
        for (var i = 0; i < given.Length; i++)
        {
            var type = parameters[i].ParameterType;
            given[i] = isHeld(type) && StaticFields.MayChange(type) ? new Origin(OriginKind.Reference, place)
                : type.IsByRef && isHeld(type) ? new Origin(OriginKind.Address, place)
                : Origin.Unknown;
        }
        scan.Invoke(this, function, given);
    }
}
