using MessagePack;

namespace ActorPool.Serialization;

/// <summary>What may stand in the place of an object.</summary>
/// <remarks>
/// Sent as a MessagePack extension with a number. No formatter begins a value with an extension, so that the marks need no space where
/// there are none.
/// </remarks>
internal enum GraphMark : sbyte
{
    /// <summary>An object that the item already contains.</summary>
    /// <remarks>The number counts the objects in the order of their first byte.</remarks>
    Reference = 1,

    /// <summary>A value of another type than the declared one follows.</summary>
    /// <remarks>0 if the type's description comes first; else one more than the type's place in the run's table.</remarks>
    Typed = 2,

    /// <summary>The object that a static read-only field holds.</summary>
    /// <remarks>The number is the field's place. When the run of items names the object for the first time, a digest follows.</remarks>
    Static = 3,

    /// <summary>An object whose fields come after the item.</summary>
    /// <remarks>So long chains need no deep stack.</remarks>
    Later = 4,

    /// <summary>A sequence that was enumerated; it arrives as an array.</summary>
    Sequence = 5,

    /// <summary>A delegate inside a value that a function captured.</summary>
    /// <remarks>The number counts its methods. After them comes nil, or a reference if one of them holds the delegate.</remarks>
    Function = 6,
}

/// <summary>Writes and reads marks.</summary>
internal static class GraphMarks
{
    public static void Write(ref MessagePackWriter writer, GraphMark mark, int number = 0)
    {
        var size = number <= byte.MaxValue ? 1 : number <= ushort.MaxValue ? 2 : 4;
        writer.WriteExtensionFormatHeader(new ExtensionHeader((sbyte)mark, size));
        var span = writer.GetSpan(size);
        for (var i = 0; i < size; i++)
            span[i] = (byte)(number >> (8 * i));
        writer.Advance(size);
    }

    public static bool IsNext(ref MessagePackReader reader) => reader.NextMessagePackType == MessagePackType.Extension;

    /// <exception cref="MessagePackSerializationException">It is no mark.</exception>
    public static GraphMark Read(ref MessagePackReader reader, out int number)
    {
        var header = reader.ReadExtensionFormatHeader();
        if (header.Length is not (1 or 2 or 4))
            throw new MessagePackSerializationException($"A mark [{header.TypeCode}] has [{header.Length}] bytes.");
        Span<byte> bytes = stackalloc byte[4];
        bytes.Clear();
        System.Buffers.BuffersExtensions.CopyTo(reader.ReadRaw(header.Length), bytes);
        number = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return number >= 0
            ? (GraphMark)header.TypeCode
            : throw new MessagePackSerializationException($"A mark [{header.TypeCode}] has the number [{number}].");
    }

    public static MessagePackSerializationException CreateUnexpectedError(GraphMark mark, Type declared) =>
        new($"The mark [{(sbyte)mark}] cannot stand for a [{Diagnostics.TypeText.Format(declared)}].");
}
