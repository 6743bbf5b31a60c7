using System.Buffers;
using System.Buffers.Binary;

namespace ActorPool.Serialization;

/// <summary>Writes and reads records in frames.</summary>
/// <remarks>Each follows its length (4 bytes, little endian), so that it is read in one piece.</remarks>
internal static class WireRecord
{
    private const int PrefixSize = sizeof(int);
    private const int UsualSize = 256;

    /// <exception cref="PayloadException">The record is longer than the other side takes.</exception>
    public static void Write<T>(PayloadWriter writer, T record)
        where T : IWireRecord<T>
    {
        var prefix = writer.GetMemory(PrefixSize)[..PrefixSize];
        writer.Advance(PrefixSize);
        var start = writer.Length;
        record.WriteFields(new RecordWriter(writer));
        var length = writer.Length - start;
        if (length > T.MaxBytes)
            throw new PayloadException($"A {typeof(T).Name} has [{length}] bytes, and the limit is [{T.MaxBytes}].");
        BinaryPrimitives.WriteInt32LittleEndian(prefix.Span, (int)length);
    }

    /// <exception cref="InvalidDataException">The bytes are not those of such a record.</exception>
    public static async ValueTask<T> ReadAsync<T>(PayloadReader reader, CancellationToken cancellationToken)
        where T : IWireRecord<T>
    {
        var buffer = ArrayPool<byte>.Shared.Rent(UsualSize);
        try
        {
            await reader.ReadExactlyAsync(buffer.AsMemory(0, PrefixSize), cancellationToken).ConfigureAwait(false);
            var length = BinaryPrimitives.ReadInt32LittleEndian(buffer);
            if (length < 0 || length > T.MaxBytes || length > reader.Remaining)
            {
                throw new InvalidDataException(
                    $"A {typeof(T).Name} says that it has [{length}] bytes; the limit is [{T.MaxBytes}], "
                    + $"and [{reader.Remaining}] are left in its frame.");
            }
            if (length > buffer.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(length);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }
            await reader.ReadExactlyAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            var fields = new RecordReader(buffer.AsMemory(0, length));
            var record = T.ReadFields(fields);
            fields.ReadEnd();
            return record;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
