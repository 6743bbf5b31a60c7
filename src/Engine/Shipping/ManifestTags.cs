namespace ActorPool.Shipping;

/// <summary>How the parts of a manifest's body begin. The numbers are the format: none is used again for something else.</summary>
internal static class ManifestTags
{
    /// <summary>How deep types, closures and delegates may stand inside each other.</summary>
    public const int MaxDepth = 64;

    /// <summary>Longest full name of a type or name of a member, in bytes.</summary>
    public const int MaxNameBytes = 2048;

    /// <summary>A type: one of this body's earlier ones; by the simple name of a host assembly and its full name; by module and row; constructed.</summary>
    public const byte TypeBefore = 0, TypeOfHost = 1, TypeOfModule = 2, TypeGeneric = 3, TypeArray = 4, TypeMatrix = 5;

    /// <summary>A primitive: this number and its <see cref="TypeCode"/>.</summary>
    public const byte TypePrimitive = 32;

    /// <summary>A method: by its row in the module of its declaring type; by its name and signature in a host assembly.</summary>
    public const byte MethodOfModule = 0, MethodOfHost = 1;

    /// <summary>A value, a function, or a function's target.</summary>
    public const byte Null = 0, Payload = 1, TypedPayload = 2, Function = 3, FunctionBefore = 4, Closure = 5, ClosureBefore = 6;
}
