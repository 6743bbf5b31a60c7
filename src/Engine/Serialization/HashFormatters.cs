using ActorPool.Chunking;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats dictionaries with their comparers (<see cref="KnownComparer"/>).</summary>
/// <remarks>
/// All keys are compared by their type's own equality or by a comparer that the caller chose, so a peer that chooses bad keys costs time,
/// not correctness.
/// </remarks>
/// <param name="key">Formats the keys.</param>
/// <param name="value">Formats the values.</param>
/// <param name="waits">
/// Whether keys may be incomplete while the item is read: then the dictionary is filled at the item's end, as with a comparer of the
/// program's own.
/// </param>
internal sealed class DictionaryItemsFormatter<TKey, TValue>(
    IMessagePackFormatter<TKey> key, IMessagePackFormatter<TValue> value, bool waits)
    : IMessagePackFormatter<Dictionary<TKey, TValue>?>
    where TKey : notnull
{
    private readonly bool _mayChange = ChangingTypes.Contains(typeof(TKey));

    public void Serialize(ref MessagePackWriter writer, Dictionary<TKey, TValue>? items, MessagePackSerializerOptions options)
    {
        var context = (PayloadContext)options;
        if (context.TryWriteInstead(ref writer, items))
            return;
        if (KnownComparer.Write<TKey>(ref writer, items.Comparer, context) || _mayChange)
            KeyChecks.CheckFound(items.Keys, items.ContainsKey, items.Comparer, items, KeyChecks.Changed, context);
        writer.WriteMapHeader(items.Count);
        foreach (var pair in items)
        {
            key.Serialize(ref writer, pair.Key, options);
            value.Serialize(ref writer, pair.Value, options);
        }
    }

    public Dictionary<TKey, TValue>? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        var context = (PayloadContext)options;
        if (context.TryReadInstead<Dictionary<TKey, TValue>>(ref reader, out var other))
            return other;
        var number = context.Graph.IsOn ? context.Graph.Reserve() : 0;
        var comparer = KnownComparer.ReadEqualityComparer<TKey>(ref reader, context);
        var count = reader.ReadMapHeader();
        var items = new Dictionary<TKey, TValue>(Claimed.LimitCapacity(count), comparer);
        if (context.Graph.IsOn)
            context.Graph.Set(number, items);
        if (context.Graph.IsOn && (waits || KnownComparer.MayBeIncomplete(comparer)))
        {
            var pairs = new List<KeyValuePair<TKey, TValue>>(Claimed.LimitCapacity(count));
            for (var i = 0; i < count; i++)
                pairs.Add(new(key.Deserialize(ref reader, options), value.Deserialize(ref reader, options)));
            context.Graph.AtEnd(() =>
            {
                foreach (var pair in pairs)
                    items.TryAdd(pair.Key, pair.Value);
                KeyChecks.CheckCount(items.Count, count, items, context);
            });
            return items;
        }
        for (var i = 0; i < count; i++)
            items.TryAdd(key.Deserialize(ref reader, options), value.Deserialize(ref reader, options));
        KeyChecks.CheckCount(items.Count, count, items, context);
        return items;
    }
}

/// <summary>Formats sets; see <see cref="DictionaryItemsFormatter{TKey, TValue}"/>.</summary>
internal sealed class SetItemsFormatter<T>(IMessagePackFormatter<T> item, bool waits) : IMessagePackFormatter<HashSet<T>?>
{
    private readonly bool _mayChange = ChangingTypes.Contains(typeof(T));

    public void Serialize(ref MessagePackWriter writer, HashSet<T>? items, MessagePackSerializerOptions options)
    {
        var context = (PayloadContext)options;
        if (context.TryWriteInstead(ref writer, items))
            return;
        if (KnownComparer.Write<T>(ref writer, items.Comparer, context) || _mayChange)
            KeyChecks.CheckFound(items, items.Contains, items.Comparer, items, KeyChecks.Changed, context);
        writer.WriteArrayHeader(items.Count);
        foreach (var one in items)
            item.Serialize(ref writer, one, options);
    }

    public HashSet<T>? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        var context = (PayloadContext)options;
        if (context.TryReadInstead<HashSet<T>>(ref reader, out var other))
            return other;
        var number = context.Graph.IsOn ? context.Graph.Reserve() : 0;
        var comparer = KnownComparer.ReadEqualityComparer<T>(ref reader, context);
        var count = reader.ReadArrayHeader();
        var items = new HashSet<T>(Claimed.LimitCapacity(count), comparer);
        if (context.Graph.IsOn)
            context.Graph.Set(number, items);
        if (context.Graph.IsOn && (waits || KnownComparer.MayBeIncomplete(comparer)))
        {
            var all = new List<T>(Claimed.LimitCapacity(count));
            for (var i = 0; i < count; i++)
                all.Add(item.Deserialize(ref reader, options));
            context.Graph.AtEnd(() =>
            {
                items.UnionWith(all);
                KeyChecks.CheckCount(items.Count, count, items, context);
            });
            return items;
        }
        for (var i = 0; i < count; i++)
            items.Add(item.Deserialize(ref reader, options));
        KeyChecks.CheckCount(items.Count, count, items, context);
        return items;
    }
}
