using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace ActorPool.Serialization;

/// <summary>Single fields of frames: little endian, texts in UTF-8 with their length.</summary>
internal static class WireFields
{
    private const int LongestText = 64 * 1024;

    public static void WriteByte(this PayloadWriter writer, byte value)
    {
        writer.GetSpan(1)[0] = value;
        writer.Advance(1);
    }

    public static void WriteInt32(this PayloadWriter writer, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(writer.GetSpan(4), value);
        writer.Advance(4);
    }

    public static void WriteInt64(this PayloadWriter writer, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(writer.GetSpan(8), value);
        writer.Advance(8);
    }

    public static void WriteGuid(this PayloadWriter writer, Guid value)
    {
        value.TryWriteBytes(writer.GetSpan(16));
        writer.Advance(16);
    }

    public static void WriteText(this PayloadWriter writer, string value)
    {
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        var length = Encoding.UTF8.GetByteCount(value);
        writer.WriteInt32(length);
        Encoding.UTF8.GetBytes(value, writer.GetSpan(most));
        writer.Advance(length);
    }

    public static async ValueTask<byte[]> ReadBytesAsync(this PayloadReader reader, int count, CancellationToken cancellationToken)
    {
        if (count < 0 || count > reader.Remaining)
            throw new InvalidDataException($"A field says that it has [{count}] bytes, and the payload has [{reader.Remaining}] left.");
        var bytes = GC.AllocateUninitializedArray<byte>(count);
        await reader.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    public static async ValueTask<byte> ReadByteAsync(this PayloadReader reader, CancellationToken cancellationToken) =>
        (await reader.ReadBytesAsync(1, cancellationToken))[0];

    public static async ValueTask<int> ReadInt32Async(this PayloadReader reader, CancellationToken cancellationToken) =>
        BinaryPrimitives.ReadInt32LittleEndian(await reader.ReadBytesAsync(4, cancellationToken));

    public static async ValueTask<long> ReadInt64Async(this PayloadReader reader, CancellationToken cancellationToken) =>
        BinaryPrimitives.ReadInt64LittleEndian(await reader.ReadBytesAsync(8, cancellationToken));

    public static async ValueTask<Guid> ReadGuidAsync(this PayloadReader reader, CancellationToken cancellationToken) =>
        new(await reader.ReadBytesAsync(16, cancellationToken));

    public static async ValueTask<string> ReadTextAsync(this PayloadReader reader, CancellationToken cancellationToken)
    {
        var length = await reader.ReadInt32Async(cancellationToken);
        return length <= LongestText
            ? Encoding.UTF8.GetString(await reader.ReadBytesAsync(length, cancellationToken))
            : throw new InvalidDataException($"A text says that it has [{length}] bytes; {LongestText} are the most.");
    }

    /// <summary>Reads the number of elements that follow, each of which has at least so many bytes: a number that cannot be true is refused before anything is made for it.</summary>
    public static async ValueTask<int> ReadCountAsync(this PayloadReader reader, int leastBytes, CancellationToken cancellationToken)
    {
        var count = await reader.ReadInt32Async(cancellationToken);
        return count >= 0 && (long)count * leastBytes <= reader.Remaining
            ? count
            : throw new InvalidDataException($"A list says that it has [{count}] elements, and the payload has [{reader.Remaining}] bytes left.");
    }
}
