using System.Buffers;
using System.Runtime.CompilerServices;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>A value without references as its bytes, so that nothing of it is lost: a date's kind, a number's NaN, a decimal's trailing zeros.</summary>
/// <remarks>A <see cref="DateTime"/> keeps its ticks and kind where the receiver has another time zone, too: a local time is then another instant.</remarks>
internal sealed class RawFormatter<T> : IMessagePackFormatter<T>
{
    public void Serialize(ref MessagePackWriter writer, T value, MessagePackSerializerOptions options)
    {
        var size = Unsafe.SizeOf<T>();
        writer.WriteBinHeader(size);
        RawMemory.Bytes(new ReadOnlySpan<T>(in value)).CopyTo(writer.GetSpan(size));
        writer.Advance(size);
    }

    public T Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        var bytes = PackedBytes.Read<T>(ref reader);
        if (bytes.Length != Unsafe.SizeOf<T>())
            throw new MessagePackSerializationException($"A [{TypeText.Of(typeof(T))}] has [{Unsafe.SizeOf<T>()}] bytes here, and the payload [{bytes.Length}].");
        T value = default!;
        bytes.CopyTo(RawMemory.Bytes(new Span<T>(ref value)));
        return value;
    }
}

/// <summary>An array of values without references as its bytes.</summary>
internal sealed class RawArrayFormatter<T> : IMessagePackFormatter<T[]?>
{
    public void Serialize(ref MessagePackWriter writer, T[]? value, MessagePackSerializerOptions options)
    {
        if (value is null)
            writer.WriteNil();
        else
            PackedBytes.Write<T>(ref writer, value);
    }

    public T[]? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        var bytes = PackedBytes.Read<T>(ref reader);
        if (bytes.Length == 0)
            return [];
        var items = GC.AllocateUninitializedArray<T>((int)(bytes.Length / Unsafe.SizeOf<T>()));
        bytes.CopyTo(RawMemory.Bytes(items.AsSpan()));
        return items;
    }
}

/// <summary>The bytes of values without references, inside of a MessagePack stream.</summary>
internal static class PackedBytes
{
    private const int Piece = 16 * 1024;

    public static void Write<T>(ref MessagePackWriter writer, ReadOnlySpan<T> items)
    {
        if ((long)items.Length * Unsafe.SizeOf<T>() > int.MaxValue)
        {
            throw new PayloadException(
                $"An array of [{items.Length}] [{TypeText.Of(typeof(T))}] inside of an object is over 2 GB. Send it by itself, as an input or a broadcast value, or in parts.");
        }
        var bytes = RawMemory.Bytes(items);
        writer.WriteBinHeader(bytes.Length);
        // In pieces, so that the limit on an item's size is met before all of a large array was copied.
        for (; bytes.Length > Piece; bytes = bytes[Piece..])
            writer.WriteRaw(bytes[..Piece]);
        writer.WriteRaw(bytes);
    }

    public static ReadOnlySequence<byte> Read<T>(ref MessagePackReader reader)
    {
        var bytes = reader.ReadBytes() ?? throw new MessagePackSerializationException($"The bytes of a [{TypeText.Of(typeof(T))}] are nil.");
        if (bytes.Length % Unsafe.SizeOf<T>() != 0)
            throw new MessagePackSerializationException($"[{bytes.Length}] bytes are no whole number of [{TypeText.Of(typeof(T))}], of [{Unsafe.SizeOf<T>()}] bytes each.");
        return bytes;
    }
}

/// <summary>The handle of a broadcast value as its id; the receiver looks the value up in its own store.</summary>
internal sealed class BroadcastFormatter<T> : IMessagePackFormatter<Broadcast<T>?>
{
    public void Serialize(ref MessagePackWriter writer, Broadcast<T>? value, MessagePackSerializerOptions options)
    {
        if (value is null)
            writer.WriteNil();
        else
            writer.Write(value.Id.ToByteArray());
    }

    public Broadcast<T>? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        var bytes = PackedBytes.Read<Guid>(ref reader);
        Span<byte> id = stackalloc byte[16];
        if (bytes.Length != id.Length)
            throw new MessagePackSerializationException($"The id of a broadcast value has [{bytes.Length}] bytes.");
        bytes.CopyTo(id);
        return ((PayloadContext)options).Serializer.Broadcasts.Find<T>(new Guid(id));
    }
}
