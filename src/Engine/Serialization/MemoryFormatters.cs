using System.Collections.Immutable;
using System.Runtime.InteropServices;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats the part of an array that a memory covers; arrives as a separate array.</summary>
internal sealed class ReadOnlyMemoryItemsFormatter<T>(IMessagePackFormatter<T>? item, IMessagePackFormatter<T[]?> array)
    : IMessagePackFormatter<ReadOnlyMemory<T>>
{
    /// <param name="item">Null if the items are raw memory.</param>
    public static void Serialize(
        ref MessagePackWriter writer, ReadOnlySpan<T> items, IMessagePackFormatter<T>? item, MessagePackSerializerOptions options)
    {
        ((PayloadContext)options).Graph.SkipNumber();
        if (item is null)
        {
            PackedBytes.Write(ref writer, items);
            return;
        }
        writer.WriteArrayHeader(items.Length);
        foreach (var one in items)
            item.Serialize(ref writer, one, options);
    }

    public void Serialize(ref MessagePackWriter writer, ReadOnlyMemory<T> value, MessagePackSerializerOptions options) =>
        Serialize(ref writer, value.Span, item, options);

    public ReadOnlyMemory<T> Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        array.Deserialize(ref reader, options);
}

/// <summary>See <see cref="ReadOnlyMemoryItemsFormatter{T}"/>.</summary>
internal sealed class MemoryItemsFormatter<T>(IMessagePackFormatter<T>? item, IMessagePackFormatter<T[]?> array)
    : IMessagePackFormatter<Memory<T>>
{
    public void Serialize(ref MessagePackWriter writer, Memory<T> value, MessagePackSerializerOptions options) =>
        ReadOnlyMemoryItemsFormatter<T>.Serialize(ref writer, value.Span, item, options);

    public Memory<T> Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        array.Deserialize(ref reader, options);
}

/// <summary>See <see cref="ReadOnlyMemoryItemsFormatter{T}"/>; a segment without an array arrives without one.</summary>
internal sealed class ArraySegmentItemsFormatter<T>(IMessagePackFormatter<T>? item, IMessagePackFormatter<T[]?> array)
    : IMessagePackFormatter<ArraySegment<T>>
{
    public void Serialize(ref MessagePackWriter writer, ArraySegment<T> value, MessagePackSerializerOptions options)
    {
        if (value.Array is null)
            writer.WriteNil();
        else
            ReadOnlyMemoryItemsFormatter<T>.Serialize(ref writer, value, item, options);
    }

    public ArraySegment<T> Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        array.Deserialize(ref reader, options) is { } items ? items : default(ArraySegment<T>);
}

/// <summary>Formats an immutable array as its array, by whose identity two of them are compared.</summary>
internal sealed class ImmutableArrayItemsFormatter<T>(IMessagePackFormatter<T[]?> array) : IMessagePackFormatter<ImmutableArray<T>>
{
    public void Serialize(ref MessagePackWriter writer, ImmutableArray<T> value, MessagePackSerializerOptions options) =>
        array.Serialize(ref writer, ImmutableCollectionsMarshal.AsArray(value), options);

    public ImmutableArray<T> Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        var items = array.Deserialize(ref reader, options);
        return items is { Length: 0 } ? [] : ImmutableCollectionsMarshal.AsImmutableArray(items); // there is one empty one for all
    }
}
