namespace ActorPool.Serialization;

/// <summary>The parts of a JSON tree, in the order in which a text has them.</summary>
/// <remarks>
/// The numbers are part of the format. The bits above <see cref="Kinds"/> say what the node's options are: none, to tell names by case, or
/// not to.
/// </remarks>
internal enum JsonPart
{
    /// <summary>The end of the object or array that began last.</summary>
    End = 0,

    /// <summary>No node.</summary>
    Null = 1,

    /// <summary>An object; its members follow, each with its name.</summary>
    Object = 2,

    /// <summary>An array; its items follow.</summary>
    Array = 3,

    /// <summary>The next of the values that were parsed.</summary>
    Element = 4,

    /// <summary>The text of a value that a serializer read.</summary>
    Read = 5,

    /// <summary>The first of <see cref="JsonPrimitives"/>; the value follows.</summary>
    Primitive = 8,

    /// <summary>The bits of the kind.</summary>
    Kinds = 0x3F,

    /// <summary>The options tell names by case.</summary>
    IsSensitive = 0x40,

    /// <summary>The options do not tell names by case.</summary>
    IsInsensitive = 0x80,
}
