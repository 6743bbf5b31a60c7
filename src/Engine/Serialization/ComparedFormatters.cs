using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using ActorPool.Diagnostics;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats collections that order or find their items by a comparer.</summary>
/// <remarks>Sent as the comparer's mark (<see cref="KnownComparer"/>) and the items; rebuilt on arrival.</remarks>
internal abstract class ComparedFormatter<TCollection, TItem>(IMessagePackFormatter<TItem[]?> items) : IMessagePackFormatter<TCollection?>
    where TCollection : class, IEnumerable<TItem>
{
    private readonly bool _mayChange = ChangingTypes.ContainsKey(typeof(TItem));

    public void Serialize(ref MessagePackWriter writer, TCollection? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        var context = (PayloadContext)options;
        var isOwn = WriteComparer(ref writer, value, context);
        var all = GetItems(value);
        var isCompared = isOwn || _mayChange; // while the collection is built: then the items are complete where they stand
        if (isCompared)
            Check(value, all, KeyChecks.Changed, context);
        context.EnterWhole(isCompared);
        items.Serialize(ref writer, all, options);
        context.LeaveWhole(isCompared);
    }

    public TCollection? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        var context = (PayloadContext)options;
        var comparer = ReadComparer(ref reader, context);
        context.EnterOpen();
        var all = items.Deserialize(ref reader, options)
            ?? throw new MessagePackSerializationException("The items of a collection are nil.");
        context.LeaveOpen();
        try
        {
            var built = Build(all, comparer);
            if (!IsSorted)
                KeyChecks.CheckCount(built.Count(), all.Length, built, context);
            // What the comparer and the items refer to may be another here, or was not complete yet; a culture may order otherwise.
            var isCompared = _mayChange || KnownComparer.MayBeIncomplete(comparer is (var keys, _) ? keys : comparer);
            if (isCompared || IsSorted)
                context.Graph.AtEnd(() => CheckBuilt(built, all, isCompared, context));
            return built;
        }
        catch (InvalidCastException e)
        {
            throw new MessagePackSerializationException("The comparer of a collection does not compare its items.", e);
        }
        catch (ArgumentException e) when (e is not ArgumentNullException) // a key twice
        {
            throw context.CreateError($"A [{TypeText.Format(typeof(TCollection))}] cannot be built: {e.Message}", KeyChecks.Arrived);
        }
    }

    protected virtual TItem[] GetItems(TCollection value) => [.. value];

    // In the order in which it was sent, and in the one in which it was built.
    private void CheckBuilt(TCollection built, TItem[] all, bool isCompared, PayloadContext context)
    {
        Check(built, all, KeyChecks.Arrived, context);
        if (isCompared && IsSorted)
            Check(built, GetItems(built), KeyChecks.Arrived, context);
    }

    /// <summary>Writes the comparer.</summary>
    /// <returns>Whether it is of the program's own code.</returns>
    protected abstract bool WriteComparer(ref MessagePackWriter writer, TCollection value, PayloadContext context);

    /// <summary>Whether the collection keeps its items in the order of its comparer.</summary>
    protected virtual bool IsSorted => false;

    /// <summary>Checks that the collection finds its items.</summary>
    /// <exception cref="PayloadException">It does not; the message says why that may be.</exception>
    protected abstract void Check(TCollection value, TItem[] all, string why, PayloadContext context);

    protected virtual object? ReadComparer(ref MessagePackReader reader, PayloadContext context) => KnownComparer.Read(ref reader, context);

    protected abstract TCollection Build(TItem[] all, object? comparer);
}

internal sealed class SortedSetFormatter<T>(IMessagePackFormatter<T[]?> items) : ComparedFormatter<SortedSet<T>, T>(items)
{
    protected override bool IsSorted => true;

    protected override bool WriteComparer(ref MessagePackWriter writer, SortedSet<T> value, PayloadContext context) =>
        KnownComparer.Write<T>(ref writer, value.Comparer, context);

    protected override void Check(SortedSet<T> value, T[] all, string why, PayloadContext context) =>
        KeyChecks.CheckOrder(all, value.Comparer, value, why, context);

    protected override SortedSet<T> Build(T[] all, object? comparer) => new(all, (IComparer<T>?)comparer);
}

internal sealed class SortedDictionaryFormatter<TKey, TValue>(IMessagePackFormatter<KeyValuePair<TKey, TValue>[]?> items)
    : ComparedFormatter<SortedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(items)
    where TKey : notnull
{
    protected override bool IsSorted => true;

    protected override bool WriteComparer(ref MessagePackWriter writer, SortedDictionary<TKey, TValue> value, PayloadContext context) =>
        KnownComparer.Write<TKey>(ref writer, value.Comparer, context);

    protected override void Check(
        SortedDictionary<TKey, TValue> value, KeyValuePair<TKey, TValue>[] all, string why, PayloadContext context) =>
        KeyChecks.CheckOrder(all.Select(pair => pair.Key), value.Comparer, value, why, context);

    protected override SortedDictionary<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] all, object? comparer)
    {
        var sorted = new SortedDictionary<TKey, TValue>((IComparer<TKey>?)comparer);
        foreach (var (key, value) in all)
            sorted.Add(key, value);
        return sorted;
    }
}

internal sealed class SortedListFormatter<TKey, TValue>(IMessagePackFormatter<KeyValuePair<TKey, TValue>[]?> items)
    : ComparedFormatter<SortedList<TKey, TValue>, KeyValuePair<TKey, TValue>>(items)
    where TKey : notnull
{
    protected override bool IsSorted => true;

    protected override bool WriteComparer(ref MessagePackWriter writer, SortedList<TKey, TValue> value, PayloadContext context) =>
        KnownComparer.Write<TKey>(ref writer, value.Comparer, context);

    protected override void Check(
        SortedList<TKey, TValue> value, KeyValuePair<TKey, TValue>[] all, string why, PayloadContext context) =>
        KeyChecks.CheckOrder(all.Select(pair => pair.Key), value.Comparer, value, why, context);

    protected override SortedList<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] all, object? comparer)
    {
        var sorted = new SortedList<TKey, TValue>(all.Length, (IComparer<TKey>?)comparer);
        foreach (var (key, value) in all)
            sorted.Add(key, value);
        return sorted;
    }
}

internal sealed class ConcurrentDictionaryFormatter<TKey, TValue>(IMessagePackFormatter<KeyValuePair<TKey, TValue>[]?> items)
    : ComparedFormatter<ConcurrentDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(items)
    where TKey : notnull
{
    // In one step, because other threads may write meanwhile.
    protected override KeyValuePair<TKey, TValue>[] GetItems(ConcurrentDictionary<TKey, TValue> value) => value.ToArray();

    protected override bool WriteComparer(ref MessagePackWriter writer, ConcurrentDictionary<TKey, TValue> value, PayloadContext context) =>
        KnownComparer.Write<TKey>(ref writer, value.Comparer, context);

    protected override void Check(
        ConcurrentDictionary<TKey, TValue> value, KeyValuePair<TKey, TValue>[] all, string why, PayloadContext context) =>
        KeyChecks.CheckFound(all.Select(pair => pair.Key), value.ContainsKey, value.Comparer, value, why, context);

    protected override ConcurrentDictionary<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] all, object? comparer) =>
        new(all, (IEqualityComparer<TKey>?)comparer);
}

internal sealed class ImmutableDictionaryFormatter<TKey, TValue>(IMessagePackFormatter<KeyValuePair<TKey, TValue>[]?> items)
    : ComparedFormatter<ImmutableDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(items)
    where TKey : notnull
{
    protected override bool WriteComparer(ref MessagePackWriter writer, ImmutableDictionary<TKey, TValue> value, PayloadContext context)
    {
        var isOwn = KnownComparer.Write<TKey>(ref writer, value.KeyComparer, context);
        KnownComparer.Write<TValue>(ref writer, value.ValueComparer, context);
        return isOwn;
    }

    protected override object? ReadComparer(ref MessagePackReader reader, PayloadContext context) =>
        (KnownComparer.Read(ref reader, context), KnownComparer.Read(ref reader, context));

    protected override void Check(
        ImmutableDictionary<TKey, TValue> value, KeyValuePair<TKey, TValue>[] all, string why, PayloadContext context) =>
        KeyChecks.CheckFound(all.Select(pair => pair.Key), value.ContainsKey, value.KeyComparer, value, why, context);

    protected override ImmutableDictionary<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] all, object? comparer)
    {
        var (keys, values) = ((object?, object?))comparer!;
        return ImmutableDictionary.CreateRange((IEqualityComparer<TKey>?)keys, (IEqualityComparer<TValue>?)values, all);
    }
}

internal sealed class ImmutableHashSetFormatter<T>(IMessagePackFormatter<T[]?> items) : ComparedFormatter<ImmutableHashSet<T>, T>(items)
{
    protected override bool WriteComparer(ref MessagePackWriter writer, ImmutableHashSet<T> value, PayloadContext context) =>
        KnownComparer.Write<T>(ref writer, value.KeyComparer, context);

    protected override void Check(ImmutableHashSet<T> value, T[] all, string why, PayloadContext context) =>
        KeyChecks.CheckFound(all, value.Contains, value.KeyComparer, value, why, context);

    protected override ImmutableHashSet<T> Build(T[] all, object? comparer) =>
        ImmutableHashSet.CreateRange((IEqualityComparer<T>?)comparer, all);
}

internal sealed class ImmutableSortedDictionaryFormatter<TKey, TValue>(IMessagePackFormatter<KeyValuePair<TKey, TValue>[]?> items)
    : ComparedFormatter<ImmutableSortedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(items)
    where TKey : notnull
{
    protected override bool IsSorted => true;

    protected override bool WriteComparer(
        ref MessagePackWriter writer, ImmutableSortedDictionary<TKey, TValue> value, PayloadContext context)
    {
        var isOwn = KnownComparer.Write<TKey>(ref writer, value.KeyComparer, context);
        KnownComparer.Write<TValue>(ref writer, value.ValueComparer, context);
        return isOwn;
    }

    protected override object? ReadComparer(ref MessagePackReader reader, PayloadContext context) =>
        (KnownComparer.Read(ref reader, context), KnownComparer.Read(ref reader, context));

    protected override void Check(
        ImmutableSortedDictionary<TKey, TValue> value, KeyValuePair<TKey, TValue>[] all, string why, PayloadContext context) =>
        KeyChecks.CheckOrder(all.Select(pair => pair.Key), value.KeyComparer, value, why, context);

    protected override ImmutableSortedDictionary<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] all, object? comparer)
    {
        var (keys, values) = ((object?, object?))comparer!;
        return ImmutableSortedDictionary.CreateRange((IComparer<TKey>?)keys, (IEqualityComparer<TValue>?)values, all);
    }
}

internal sealed class ImmutableSortedSetFormatter<T>(IMessagePackFormatter<T[]?> items) : ComparedFormatter<ImmutableSortedSet<T>, T>(items)
{
    protected override bool IsSorted => true;

    protected override bool WriteComparer(ref MessagePackWriter writer, ImmutableSortedSet<T> value, PayloadContext context) =>
        KnownComparer.Write<T>(ref writer, value.KeyComparer, context);

    protected override void Check(ImmutableSortedSet<T> value, T[] all, string why, PayloadContext context) =>
        KeyChecks.CheckOrder(all, value.KeyComparer, value, why, context);

    protected override ImmutableSortedSet<T> Build(T[] all, object? comparer) =>
        ImmutableSortedSet.CreateRange((IComparer<T>?)comparer, all);
}

internal sealed class FrozenSetFormatter<T>(IMessagePackFormatter<T[]?> items) : ComparedFormatter<FrozenSet<T>, T>(items)
{
    protected override bool WriteComparer(ref MessagePackWriter writer, FrozenSet<T> value, PayloadContext context) =>
        KnownComparer.Write<T>(ref writer, value.Comparer, context);

    protected override void Check(FrozenSet<T> value, T[] all, string why, PayloadContext context) =>
        KeyChecks.CheckFound(all, value.Contains, value.Comparer, value, why, context);

    protected override FrozenSet<T> Build(T[] all, object? comparer) => all.ToFrozenSet((IEqualityComparer<T>?)comparer);
}

internal sealed class FrozenDictionaryFormatter<TKey, TValue>(IMessagePackFormatter<KeyValuePair<TKey, TValue>[]?> items)
    : ComparedFormatter<FrozenDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(items)
    where TKey : notnull
{
    protected override bool WriteComparer(ref MessagePackWriter writer, FrozenDictionary<TKey, TValue> value, PayloadContext context) =>
        KnownComparer.Write<TKey>(ref writer, value.Comparer, context);

    protected override void Check(
        FrozenDictionary<TKey, TValue> value, KeyValuePair<TKey, TValue>[] all, string why, PayloadContext context) =>
        KeyChecks.CheckFound(all.Select(pair => pair.Key), value.ContainsKey, value.Comparer, value, why, context);

    protected override FrozenDictionary<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] all, object? comparer) =>
        all.ToFrozenDictionary((IEqualityComparer<TKey>?)comparer);
}

internal sealed class OrderedDictionaryFormatter<TKey, TValue>(IMessagePackFormatter<KeyValuePair<TKey, TValue>[]?> items)
    : ComparedFormatter<OrderedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(items)
    where TKey : notnull
{
    protected override bool WriteComparer(ref MessagePackWriter writer, OrderedDictionary<TKey, TValue> value, PayloadContext context) =>
        KnownComparer.Write<TKey>(ref writer, value.Comparer, context);

    protected override void Check(
        OrderedDictionary<TKey, TValue> value, KeyValuePair<TKey, TValue>[] all, string why, PayloadContext context) =>
        KeyChecks.CheckFound(all.Select(pair => pair.Key), value.ContainsKey, value.Comparer, value, why, context);

    protected override OrderedDictionary<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] all, object? comparer) =>
        new(all, (IEqualityComparer<TKey>?)comparer);
}
