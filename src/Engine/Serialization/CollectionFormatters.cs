using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ActorPool.Chunking;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats arrays whose elements are not raw memory.</summary>
internal sealed class ArrayItemsFormatter<T>(IMessagePackFormatter<T> item) : IMessagePackFormatter<T[]?>
{
    public void Serialize(ref MessagePackWriter writer, T[]? value, MessagePackSerializerOptions options)
    {
        if (((PayloadContext)options).TryWriteInstead(ref writer, value)) // also an array of a derived type
            return;
        writer.WriteArrayHeader(value.Length);
        foreach (var one in value)
            item.Serialize(ref writer, one, options);
    }

    public T[]? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        var context = (PayloadContext)options;
        if (context.TryReadInstead<T[]>(ref reader, out var other))
            return other;
        var length = reader.ReadArrayHeader();
        return context.Graph.IsOn ? ReadNumbered(ref reader, length, context) : ReadItems(ref reader, length, options);
    }

    private T[] ReadItems(ref MessagePackReader reader, int length, MessagePackSerializerOptions options)
    {
        if (length == 0)
            return [];
        var items = new T[Claimed.LimitCapacity(length)];
        for (var i = 0; i < length; i++)
        {
            if (i == items.Length)
                Array.Resize(ref items, (int)Math.Min(length, 2L * items.Length));
            items[i] = item.Deserialize(ref reader, options);
        }
        return items;
    }

    // Its items may refer to the array, so it has its length from the beginning: each item takes a byte at least.
    private T[] ReadNumbered(ref MessagePackReader reader, int length, PayloadContext context)
    {
        if (length > reader.Sequence.Length - reader.Consumed)
            throw new MessagePackSerializationException($"An array claims [{length}] items, and the payload is shorter.");
        var items = new T[length];
        context.Graph.Add(items);
        for (var i = 0; i < length; i++)
            items[i] = item.Deserialize(ref reader, context);
        return items;
    }
}

/// <summary>Formats lists; those of values without references as one block of memory.</summary>
internal sealed class ListItemsFormatter<T>(IMessagePackFormatter<T>? item) : IMessagePackFormatter<List<T>?>
{
    public void Serialize(ref MessagePackWriter writer, List<T>? value, MessagePackSerializerOptions options)
    {
        if (((PayloadContext)options).TryWriteInstead(ref writer, value))
            return;
        if (item is null)
        {
            PackedBytes.Write<T>(ref writer, CollectionsMarshal.AsSpan(value));
            return;
        }
        writer.WriteArrayHeader(value.Count);
        foreach (var one in value)
            item.Serialize(ref writer, one, options);
    }

    public List<T>? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        var context = (PayloadContext)options;
        if (context.TryReadInstead<List<T>>(ref reader, out var other))
            return other;
        if (item is null)
        {
            var bytes = PackedBytes.Read<T>(ref reader);
            var raw = new List<T>();
            CollectionsMarshal.SetCount(raw, (int)(bytes.Length / Unsafe.SizeOf<T>()));
            PackedBytes.Copy(bytes, CollectionsMarshal.AsSpan(raw));
            context.Graph.Add(raw);
            return raw;
        }
        var length = reader.ReadArrayHeader();
        var list = new List<T>(Claimed.LimitCapacity(length));
        context.Graph.Add(list);
        for (var i = 0; i < length; i++)
            list.Add(item.Deserialize(ref reader, options));
        return list;
    }
}
