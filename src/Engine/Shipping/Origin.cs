using System.Reflection;

namespace ActorPool.Shipping;

/// <summary>What a value on a function's stack is.</summary>
internal enum OriginKind
{
    /// <summary>A value of the function's own, or one that comes from several places.</summary>
    Unknown,

    /// <summary>The compiler's object with the captured variables.</summary>
    Closure,

    /// <summary>A compiler's object that the function made for variables of its own.</summary>
    Fresh,

    /// <summary>An object that a place holds: who changes it changes what the place holds.</summary>
    Reference,

    /// <summary>A copy of the value of a place.</summary>
    Copy,

    /// <summary>The address of a place.</summary>
    Address,

    /// <summary>A value that was computed from that of a place.</summary>
    Derived,

    /// <summary>A method, or a delegate of it.</summary>
    Function,

    /// <summary>The address of a local variable, or of a field of the function's own object.</summary>
    Local,
}

/// <summary>A captured variable, a static field, an input, or what is reached from one.</summary>
/// <param name="Name">Its name in the author's words.</param>
/// <param name="Static">The static field from which it is reached; null for others.</param>
/// <param name="IsInput">Whether it is an input of the function.</param>
/// <param name="Field">The last field on the way from the static; null where that is not known.</param>
internal sealed record Place(string Name, FieldInfo? Static, bool IsInput = false, FieldInfo? Field = null);

/// <summary>Where a value on a function's stack comes from.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Place">The place that it comes from.</param>
/// <param name="Method">The method of a function.</param>
/// <param name="Local">The number of the local variable whose address it is.</param>
/// <param name="Variable">The field whose address it is: that of a variable of an asynchronous method, for example.</param>
internal sealed record Origin(
    OriginKind Kind, Place? Place = null, MethodBase? Method = null, int Local = -1, FieldInfo? Variable = null)
{
    public static Origin Unknown { get; } = new(OriginKind.Unknown);

    public static Origin Closure { get; } = new(OriginKind.Closure);

    public static Origin Fresh { get; } = new(OriginKind.Fresh);

    /// <summary>The place that a change of this value changes.</summary>
    public Place? Changed => Kind is OriginKind.Reference or OriginKind.Address ? Place : null;

    /// <summary>Joins the origins of a value that comes on two ways.</summary>
    /// <remarks>Null is the origin of a value that is null, or not known yet.</remarks>
    public static Origin? Join(Origin? one, Origin? other) =>
        one is null ? other : other is null || one == other ? one : Unknown;

    /// <summary>The value of a place, of this type.</summary>
    public static Origin ValueOf(Place place, Type type) =>
        new(type.IsValueType && !StaticFields.IsView(type) ? OriginKind.Copy : OriginKind.Reference, place);

    /// <summary>The result of computing with these values.</summary>
    public static Origin Compute(params ReadOnlySpan<Origin?> values)
    {
        foreach (var value in values)
        {
            if (value is { Place: { } place, Kind: not OriginKind.Address })
                return new Origin(OriginKind.Derived, place);
        }
        return Unknown;
    }
}
