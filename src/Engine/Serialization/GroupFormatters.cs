using System.Collections;
using System.Reflection;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats lookups as their comparer, keys and groups; a null key is a key.</summary>
internal sealed class LookupFormatter<TKey, TElement>(IMessagePackFormatter<TKey> key, IMessagePackFormatter<TElement[]> elements)
    : IMessagePackFormatter<ILookup<TKey, TElement>?>
{
    private readonly bool _mayChange = ChangingTypes.Contains(typeof(TKey));

    public void Serialize(ref MessagePackWriter writer, ILookup<TKey, TElement>? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        var context = (PayloadContext)options;
        if (KnownComparer.Write<TKey>(ref writer, GetComparer((Lookup<TKey, TElement>)value, context), context) || _mayChange)
        {
            foreach (var group in value)
            {
                if (!ReferenceEquals(value[group.Key], group)) // another group, or none
                    throw KeyChecks.CreateError(value, "does not find one of its keys", KeyChecks.Changed, context);
            }
        }
        writer.WriteArrayHeader(2 * value.Count);
        foreach (var group in value)
        {
            context.EnterWhole(); // keys are compared while the lookup is built
            key.Serialize(ref writer, group.Key, options);
            context.LeaveWhole();
            elements.Serialize(ref writer, [.. group], options);
        }
    }

    public ILookup<TKey, TElement>? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        var context = (PayloadContext)options;
        var comparer = KnownComparer.ReadEqualityComparer<TKey>(ref reader, context);
        var count = reader.ReadArrayHeader() / 2;
        var pairs = new List<(TKey Key, TElement Element)>();
        for (var i = 0; i < count; i++)
        {
            context.EnterWhole();
            var groupKey = key.Deserialize(ref reader, options);
            context.LeaveWhole();
            foreach (var element in elements.Deserialize(ref reader, options) ?? [])
                pairs.Add((groupKey, element));
        }
        var lookup = pairs.ToLookup(pair => pair.Key, pair => pair.Element, comparer);
        KeyChecks.CheckCount(lookup.Count, count, lookup, context);
        return lookup;
    }

    // No member tells the comparer, and without it the lookup would find other keys.
    private static object? GetComparer(Lookup<TKey, TElement> lookup, PayloadContext context)
    {
        var field = Array.Find(
            typeof(Lookup<TKey, TElement>).GetFields(BindingFlags.Instance | BindingFlags.NonPublic),
            candidate => candidate.FieldType == typeof(IEqualityComparer<TKey>));
        return field is null
            ? throw context.CreateError("A lookup does not tell its comparer in this version of .NET.", "Send a dictionary of arrays.")
            : field.GetValue(lookup);
    }
}

/// <summary>Formats a group of a lookup or of <c>GroupBy</c> as its key and elements.</summary>
internal sealed class GroupingFormatter<TKey, TElement>(IMessagePackFormatter<TKey> key, IMessagePackFormatter<TElement[]> elements)
    : IMessagePackFormatter<IGrouping<TKey, TElement>?>
{
    public void Serialize(ref MessagePackWriter writer, IGrouping<TKey, TElement>? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        writer.WriteArrayHeader(2);
        key.Serialize(ref writer, value.Key, options);
        elements.Serialize(ref writer, [.. value], options);
    }

    public IGrouping<TKey, TElement>? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        if (reader.ReadArrayHeader() != 2)
            throw new MessagePackSerializationException("A group does not have two parts.");
        var groupKey = key.Deserialize(ref reader, options);
        return new Group(groupKey, elements.Deserialize(ref reader, options) ?? []);
    }

    private sealed class Group(TKey key, TElement[] elements) : IGrouping<TKey, TElement>, IList<TElement>
    {
        public TKey Key => key;
        public int Count => elements.Length;
        public bool IsReadOnly => true;

        public TElement this[int index]
        {
            get => elements[index];
            set => throw new NotSupportedException("A group cannot be changed.");
        }

        public IEnumerator<TElement> GetEnumerator() => ((IEnumerable<TElement>)elements).GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
        public bool Contains(TElement item) => Array.IndexOf(elements, item) >= 0;
        public int IndexOf(TElement item) => Array.IndexOf(elements, item);
        public void CopyTo(TElement[] array, int arrayIndex) => elements.CopyTo(array, arrayIndex);
        public void Add(TElement item) => throw new NotSupportedException("A group cannot be changed.");
        public void Clear() => throw new NotSupportedException("A group cannot be changed.");
        public void Insert(int index, TElement item) => throw new NotSupportedException("A group cannot be changed.");
        public bool Remove(TElement item) => throw new NotSupportedException("A group cannot be changed.");
        public void RemoveAt(int index) => throw new NotSupportedException("A group cannot be changed.");
    }
}
