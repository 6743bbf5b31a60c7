using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Collections start at what so many claimed items could be at most, and grow by what really comes.</summary>
internal static class Claimed
{
    private const int Most = 1024;

    public static int Capacity(int claimed) => Math.Min(claimed, Most);
}

/// <summary>Arrays whose elements are no raw memory.</summary>
internal sealed class ArrayItemsFormatter<T>(IMessagePackFormatter<T> item) : IMessagePackFormatter<T[]?>
{
    public void Serialize(ref MessagePackWriter writer, T[]? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        writer.WriteArrayHeader(value.Length);
        foreach (var one in value)
            item.Serialize(ref writer, one, options);
    }

    public T[]? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        var length = reader.ReadArrayHeader();
        if (length == 0)
            return [];
        var items = new T[Claimed.Capacity(length)];
        for (var i = 0; i < length; i++)
        {
            if (i == items.Length)
                Array.Resize(ref items, (int)Math.Min(length, 2L * items.Length));
            items[i] = item.Deserialize(ref reader, options);
        }
        return items;
    }
}

/// <summary>Lists; those of values without references as one piece of memory.</summary>
internal sealed class ListItemsFormatter<T>(IMessagePackFormatter<T>? item) : IMessagePackFormatter<List<T>?>
{
    public void Serialize(ref MessagePackWriter writer, List<T>? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        if (value.GetType() != typeof(List<T>))
            throw ((PayloadContext)options).Sliced(typeof(List<T>), value.GetType());
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
        if (reader.TryReadNil())
            return null;
        if (item is null)
        {
            var bytes = PackedBytes.Read<T>(ref reader);
            var raw = new List<T>();
            CollectionsMarshal.SetCount(raw, (int)(bytes.Length / Unsafe.SizeOf<T>()));
            if (bytes.Length > 0)
                System.Buffers.BuffersExtensions.CopyTo(bytes, RawMemory.Bytes(CollectionsMarshal.AsSpan(raw)));
            return raw;
        }
        var length = reader.ReadArrayHeader();
        var list = new List<T>(Claimed.Capacity(length));
        for (var i = 0; i < length; i++)
            list.Add(item.Deserialize(ref reader, options));
        return list;
    }
}

/// <summary>Sequences of unknown length: each item announced by a true, the end by a false. They arrive as arrays.</summary>
internal sealed class EnumerableFormatter<T>(IMessagePackFormatter<T> item) : IMessagePackFormatter<IEnumerable<T>?>
{
    public void Serialize(ref MessagePackWriter writer, IEnumerable<T>? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        foreach (var one in value)
        {
            writer.Write(true);
            item.Serialize(ref writer, one, options);
        }
        writer.Write(false);
    }

    public IEnumerable<T>? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        var items = new List<T>();
        while (reader.ReadBoolean())
            items.Add(item.Deserialize(ref reader, options));
        return items.ToArray();
    }
}

/// <summary>Dictionaries, and what is declared as an interface of one; arrives as a <see cref="Dictionary{TKey, TValue}"/>.</summary>
/// <remarks>
/// String keys keep the comparers Ordinal, OrdinalIgnoreCase, InvariantCulture and InvariantCultureIgnoreCase. A dictionary with another comparer is refused,
/// since it would find other keys; so keys are always compared by their own equality, and a peer that chooses bad ones costs time, not correctness.
/// </remarks>
internal sealed class DictionaryItemsFormatter<TDictionary, TKey, TValue>(IMessagePackFormatter<TKey> key, IMessagePackFormatter<TValue> value)
    : IMessagePackFormatter<TDictionary?>
    where TDictionary : class, IEnumerable<KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    public void Serialize(ref MessagePackWriter writer, TDictionary? items, MessagePackSerializerOptions options)
    {
        if (items is null)
        {
            writer.WriteNil();
            return;
        }
        if (!typeof(TDictionary).IsInterface && items.GetType() != typeof(TDictionary))
            throw ((PayloadContext)options).Sliced(typeof(TDictionary), items.GetType());
        writer.Write(KnownComparer.Mark((items as Dictionary<TKey, TValue>)?.Comparer, (PayloadContext)options));
        writer.WriteMapHeader(items is ICollection<KeyValuePair<TKey, TValue>> counted ? counted.Count : ((IReadOnlyCollection<KeyValuePair<TKey, TValue>>)items).Count);
        if (items is Dictionary<TKey, TValue> dictionary)
        {
            foreach (var pair in dictionary)
                Write(ref writer, pair, options);
            return;
        }
        foreach (var pair in items)
            Write(ref writer, pair, options);
    }

    public TDictionary? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        var comparer = KnownComparer.Equality<TKey>(reader.ReadByte());
        var count = reader.ReadMapHeader();
        var items = new Dictionary<TKey, TValue>(Claimed.Capacity(count), comparer);
        for (var i = 0; i < count; i++)
            items.Add(key.Deserialize(ref reader, options), value.Deserialize(ref reader, options));
        return Unsafe.As<TDictionary>(items);
    }

    private void Write(ref MessagePackWriter writer, KeyValuePair<TKey, TValue> pair, MessagePackSerializerOptions options)
    {
        key.Serialize(ref writer, pair.Key, options);
        value.Serialize(ref writer, pair.Value, options);
    }
}

/// <summary>Sets, and what is declared as an interface of one; arrives as a <see cref="HashSet{T}"/>. Comparers as in dictionaries.</summary>
internal sealed class SetItemsFormatter<TSet, T>(IMessagePackFormatter<T> item) : IMessagePackFormatter<TSet?>
    where TSet : class, IEnumerable<T>
{
    public void Serialize(ref MessagePackWriter writer, TSet? items, MessagePackSerializerOptions options)
    {
        if (items is null)
        {
            writer.WriteNil();
            return;
        }
        if (!typeof(TSet).IsInterface && items.GetType() != typeof(TSet))
            throw ((PayloadContext)options).Sliced(typeof(TSet), items.GetType());
        writer.Write(KnownComparer.Mark((items as HashSet<T>)?.Comparer, (PayloadContext)options));
        writer.WriteArrayHeader(items is ICollection<T> counted ? counted.Count : ((IReadOnlyCollection<T>)items).Count);
        foreach (var one in items)
            item.Serialize(ref writer, one, options);
    }

    public TSet? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        var comparer = KnownComparer.Equality<T>(reader.ReadByte());
        var count = reader.ReadArrayHeader();
        var items = new HashSet<T>(Claimed.Capacity(count), comparer);
        for (var i = 0; i < count; i++)
            items.Add(item.Deserialize(ref reader, options));
        return Unsafe.As<TSet>(items);
    }
}

/// <summary>A collection of the library's, after a look at what it would lose without a word: a derived type.</summary>
internal sealed class ExactFormatter<T>(IMessagePackFormatter<T> inner) : IMessagePackFormatter<T>
{
    public void Serialize(ref MessagePackWriter writer, T value, MessagePackSerializerOptions options)
    {
        if (value is not null && value.GetType() != typeof(T))
            throw ((PayloadContext)options).Sliced(typeof(T), value.GetType());
        inner.Serialize(ref writer, value, options);
    }

    public T Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) => inner.Deserialize(ref reader, options);
}
