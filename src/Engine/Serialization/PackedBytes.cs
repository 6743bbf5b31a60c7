using System.Buffers;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Writes and reads values without references as bytes in a MessagePack stream.</summary>
internal static class PackedBytes
{
    private const int PieceBytes = 16 * 1024;

    public static void Write<T>(ref MessagePackWriter writer, ReadOnlySpan<T> items)
    {
        if ((long)items.Length * Unsafe.SizeOf<T>() > int.MaxValue)
        {
            throw new PayloadException(
                $"An array of [{items.Length}] [{TypeText.Format(typeof(T))}] inside an object is larger than 2 GB. "
                + "Send only the array, as an input or a broadcast value, or send it in parts.");
        }
        if (LocalTimes<T>.AreIn(items))
            items = LocalTimes<T>.ToUniversal(items);
        var bytes = RawMemory.AsBytes(items);
        writer.WriteBinHeader(bytes.Length);
        // In pieces, so that the limit on an item's size applies before all of a large array is copied.
        for (; bytes.Length > PieceBytes; bytes = bytes[PieceBytes..])
            writer.WriteRaw(bytes[..PieceBytes]);
        writer.WriteRaw(bytes);
    }

    public static ReadOnlySequence<byte> Read<T>(ref MessagePackReader reader)
    {
        var bytes = reader.ReadBytes()
            ?? throw new MessagePackSerializationException($"The bytes of a [{TypeText.Format(typeof(T))}] are nil.");
        if (bytes.Length % Unsafe.SizeOf<T>() != 0)
        {
            throw new MessagePackSerializationException(
                $"[{bytes.Length}] bytes are not a multiple of the [{Unsafe.SizeOf<T>()}] bytes of a [{TypeText.Format(typeof(T))}].");
        }
        return bytes;
    }

    /// <summary>Copies bytes that <see cref="Read{T}"/> returned into as many values.</summary>
    public static void Copy<T>(ReadOnlySequence<byte> bytes, Span<T> items)
    {
        bytes.CopyTo(RawMemory.AsBytes(items));
        LocalTimes<T>.ToLocal(items);
    }
}
