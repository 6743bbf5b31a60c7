namespace ActorPool.Shipping;

/// <summary>The tags with which the parts of a manifest's body begin.</summary>
/// <remarks>The numbers are part of the format: none is ever reused for something else.</remarks>
internal static class ManifestTags
{
    /// <summary>How deep types, closures and delegates may be nested.</summary>
    public const int MaxDepth = 64;

    /// <summary>Maximum length in bytes of a type's full name or a member's name.</summary>
    public const int MaxNameBytes = 2048;

    /// <summary>A type.</summary>
    /// <remarks>
    /// In this order: an earlier type of this body; by the simple name of a host assembly and the full name; by module and row; constructed
    /// generic; one-dimensional array; array with a rank.
    /// </remarks>
    public const byte TypeRepeated = 0, TypeOfHost = 1, TypeOfModule = 2, TypeGeneric = 3, TypeArray = 4, TypeMatrix = 5;

    /// <summary>A primitive type: this number plus its <see cref="TypeCode"/>.</summary>
    public const byte TypePrimitive = 32;

    /// <summary>A method.</summary>
    /// <remarks>In this order: by its row in the module of its declaring type; by its name and signature in a host assembly.</remarks>
    public const byte MethodOfModule = 0, MethodOfHost = 1;

    /// <summary>A value, a function, or a function's target.</summary>
    /// <remarks>2 was a value of another type than the declared one; now the payload says what it is.</remarks>
    public const byte Null = 0, Payload = 1, Function = 3, FunctionRepeated = 4, Closure = 5, ClosureRepeated = 6;
}
