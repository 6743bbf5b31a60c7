using System.Buffers;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats a value without references as its bytes, so that nothing is lost.</summary>
/// <remarks>
/// A date keeps its kind, a number its NaN, a decimal its trailing zeros. A local time keeps its instant (<see cref="LocalTimes{T}"/>).
/// </remarks>
internal sealed class RawFormatter<T> : IMessagePackFormatter<T>
{
    public void Serialize(ref MessagePackWriter writer, T value, MessagePackSerializerOptions options)
    {
        var size = Unsafe.SizeOf<T>();
        writer.WriteBinHeader(size);
        var one = new ReadOnlySpan<T>(in value);
        RawMemory.AsBytes(LocalTimes<T>.AreIn(one) ? LocalTimes<T>.ToUniversal(one) : one).CopyTo(writer.GetSpan(size));
        writer.Advance(size);
    }

    public T Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        var bytes = PackedBytes.Read<T>(ref reader);
        if (bytes.Length != Unsafe.SizeOf<T>())
        {
            throw new MessagePackSerializationException(
                $"A [{TypeText.Format(typeof(T))}] has [{Unsafe.SizeOf<T>()}] bytes here, and the payload has [{bytes.Length}].");
        }
        T value = default!;
        PackedBytes.Copy(bytes, new Span<T>(ref value));
        return value;
    }
}

/// <summary>Formats an array of values without references as its bytes.</summary>
internal sealed class RawArrayFormatter<T> : IMessagePackFormatter<T[]?>
{
    public void Serialize(ref MessagePackWriter writer, T[]? value, MessagePackSerializerOptions options)
    {
        if (!((PayloadContext)options).TryWriteInstead(ref writer, value))
            PackedBytes.Write<T>(ref writer, value);
    }

    public T[]? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        var context = (PayloadContext)options;
        if (context.TryReadInstead<T[]>(ref reader, out var other))
            return other;
        var bytes = PackedBytes.Read<T>(ref reader);
        var items = bytes.Length == 0 ? [] : GC.AllocateUninitializedArray<T>((int)(bytes.Length / Unsafe.SizeOf<T>()));
        PackedBytes.Copy(bytes, items.AsSpan());
        context.Graph.Add(items);
        return items;
    }
}

/// <summary>Formats a broadcast handle as its id; the receiver looks the value up.</summary>
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
