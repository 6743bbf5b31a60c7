using System.Buffers;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Writes and reads the values that an exception holds, each with what tells its type.</summary>
internal sealed class ExceptionValues(PayloadSerializer serializer, ExceptionTypes types)
{
    private const byte Null = 0, Text = 1, Integer = 2, Number = 3, Typed = 4;

    /// <summary>Writes a value of any type.</summary>
    /// <exception cref="PayloadException">It cannot travel; nothing was written then.</exception>
    public void Write(RecordWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteByte(Null);
                break;
            case string text:
                writer.WriteByte(Text);
                writer.WriteString(text);
                break;
            case long integer:
                writer.WriteByte(Integer);
                writer.WriteInt64(integer);
                break;
            case double number:
                writer.WriteByte(Number);
                writer.WriteInt64(BitConverter.DoubleToInt64Bits(number));
                break;
            default:
                var type = new ArrayBufferWriter<byte>();
                types.Write(new RecordWriter(type), value.GetType());
                using (var payload = CreatePayload(value.GetType(), value))
                {
                    writer.WriteByte(Typed);
                    writer.WriteBytes(type.WrittenSpan);
                    writer.WriteBytes(payload);
                }
                break;
        }
    }

    /// <summary>Writes a value unless it cannot travel; returns whether it did.</summary>
    public bool TryWrite(RecordWriter writer, object? value)
    {
        try
        {
            Write(writer, value);
            return true;
        }
        catch (PayloadException)
        {
            return false;
        }
    }

    /// <exception cref="InvalidDataException">The bytes are not those of a value that may come from another process.</exception>
    /// <exception cref="PayloadException">The bytes are not those of such a value.</exception>
    public object? Read(RecordReader reader) => reader.ReadByte() switch
    {
        Null => null,
        Text => reader.ReadString(RemoteFailure.MaxImageBytes),
        Integer => reader.ReadInt64(),
        Number => BitConverter.Int64BitsToDouble(reader.ReadInt64()),
        Typed => ReadTyped(reader),
        var tag => throw new InvalidDataException($"No value begins with the tag [{tag}]."),
    };

    /// <summary>Writes a value as its declared type says.</summary>
    /// <exception cref="PayloadException">It cannot travel, or is too large.</exception>
    public PayloadWriter CreatePayload(Type declared, object value)
    {
        var payload = new PayloadWriter();
        try
        {
            serializer.WriteValue(payload, declared, value);
            if (payload.Length <= RemoteFailure.MaxImageBytes)
                return payload;
            throw new PayloadException(
                $"a [{TypeText.Format(value.GetType())}] of [{payload.Length}] bytes is too large to come with an exception");
        }
        catch
        {
            payload.Dispose();
            throw;
        }
    }

    /// <exception cref="PayloadException">The bytes are not those of such a value.</exception>
    public object? ReadPayload(Type declared, ReadOnlyMemory<byte> bytes)
    {
        var payload = new MemoryPayloadReader(bytes);
        // Bytes in memory are read without waiting.
        var value = serializer.ReadValueAsync(payload, declared, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return payload.Remaining == 0
            ? value
            : throw new PayloadException($"[{payload.Remaining}] bytes of a [{TypeText.Format(declared)}] are left over.");
    }

    private object? ReadTyped(RecordReader reader)
    {
        var name = new RecordReader(reader.ReadBytesUpTo(RemoteFailure.MaxImageBytes));
        var type = types.Read(name);
        name.ReadEnd();
        return ReadPayload(type, reader.ReadBytesUpTo(RemoteFailure.MaxImageBytes));
    }
}
