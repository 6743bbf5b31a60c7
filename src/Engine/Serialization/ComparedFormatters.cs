using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Collections that order or find their items by a comparer: the comparer's number, then the items; built anew on arrival.</summary>
internal abstract class ComparedFormatter<TCollection, TItem>(IMessagePackFormatter<TItem[]?> items) : IMessagePackFormatter<TCollection?>
    where TCollection : class, IEnumerable<TItem>
{
    public void Serialize(ref MessagePackWriter writer, TCollection? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        // Frozen ones are abstract, and whatever class they have is .NET's.
        if (!typeof(TCollection).IsAbstract && value.GetType() != typeof(TCollection))
            throw ((PayloadContext)options).Sliced(typeof(TCollection), value.GetType());
        writer.Write(Mark(value, (PayloadContext)options));
        items.Serialize(ref writer, [.. value], options);
    }

    public TCollection? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        var mark = reader.ReadByte();
        return Build(items.Deserialize(ref reader, options) ?? throw new MessagePackSerializationException("The items of a collection are nil."), mark);
    }

    protected abstract byte Mark(TCollection value, PayloadContext context);
    protected abstract TCollection Build(TItem[] all, byte mark);
}

internal sealed class SortedSetFormatter<T>(IMessagePackFormatter<T[]?> items) : ComparedFormatter<SortedSet<T>, T>(items)
{
    protected override byte Mark(SortedSet<T> value, PayloadContext context) => KnownComparer.Mark(value.Comparer, context);
    protected override SortedSet<T> Build(T[] all, byte mark) => new(all, KnownComparer.Order<T>(mark));
}

internal sealed class SortedDictionaryFormatter<TKey, TValue>(IMessagePackFormatter<KeyValuePair<TKey, TValue>[]?> items)
    : ComparedFormatter<SortedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(items)
    where TKey : notnull
{
    protected override byte Mark(SortedDictionary<TKey, TValue> value, PayloadContext context) => KnownComparer.Mark(value.Comparer, context);

    protected override SortedDictionary<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] all, byte mark)
    {
        var made = new SortedDictionary<TKey, TValue>(KnownComparer.Order<TKey>(mark));
        foreach (var (key, value) in all)
            made.Add(key, value);
        return made;
    }
}

internal sealed class SortedListFormatter<TKey, TValue>(IMessagePackFormatter<KeyValuePair<TKey, TValue>[]?> items)
    : ComparedFormatter<SortedList<TKey, TValue>, KeyValuePair<TKey, TValue>>(items)
    where TKey : notnull
{
    protected override byte Mark(SortedList<TKey, TValue> value, PayloadContext context) => KnownComparer.Mark(value.Comparer, context);

    protected override SortedList<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] all, byte mark)
    {
        var made = new SortedList<TKey, TValue>(all.Length, KnownComparer.Order<TKey>(mark));
        foreach (var (key, value) in all)
            made.Add(key, value);
        return made;
    }
}

internal sealed class ConcurrentDictionaryFormatter<TKey, TValue>(IMessagePackFormatter<KeyValuePair<TKey, TValue>[]?> items)
    : ComparedFormatter<ConcurrentDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(items)
    where TKey : notnull
{
    protected override byte Mark(ConcurrentDictionary<TKey, TValue> value, PayloadContext context) => KnownComparer.Mark(value.Comparer, context);
    protected override ConcurrentDictionary<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] all, byte mark) => new(all, KnownComparer.Equality<TKey>(mark));
}

internal sealed class ImmutableDictionaryFormatter<TKey, TValue>(IMessagePackFormatter<KeyValuePair<TKey, TValue>[]?> items)
    : ComparedFormatter<ImmutableDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(items)
    where TKey : notnull
{
    protected override byte Mark(ImmutableDictionary<TKey, TValue> value, PayloadContext context) =>
        ReferenceEquals(value.ValueComparer, EqualityComparer<TValue>.Default)
            ? KnownComparer.Mark(value.KeyComparer, context)
            : throw KnownComparer.Refused(value.ValueComparer, context);

    protected override ImmutableDictionary<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] all, byte mark) =>
        ImmutableDictionary.CreateRange(KnownComparer.Equality<TKey>(mark), all);
}

internal sealed class ImmutableHashSetFormatter<T>(IMessagePackFormatter<T[]?> items) : ComparedFormatter<ImmutableHashSet<T>, T>(items)
{
    protected override byte Mark(ImmutableHashSet<T> value, PayloadContext context) => KnownComparer.Mark(value.KeyComparer, context);
    protected override ImmutableHashSet<T> Build(T[] all, byte mark) => ImmutableHashSet.CreateRange(KnownComparer.Equality<T>(mark), all);
}

internal sealed class ImmutableSortedDictionaryFormatter<TKey, TValue>(IMessagePackFormatter<KeyValuePair<TKey, TValue>[]?> items)
    : ComparedFormatter<ImmutableSortedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(items)
    where TKey : notnull
{
    protected override byte Mark(ImmutableSortedDictionary<TKey, TValue> value, PayloadContext context) =>
        ReferenceEquals(value.ValueComparer, EqualityComparer<TValue>.Default)
            ? KnownComparer.Mark(value.KeyComparer, context)
            : throw KnownComparer.Refused(value.ValueComparer, context);

    protected override ImmutableSortedDictionary<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] all, byte mark) =>
        ImmutableSortedDictionary.CreateRange(KnownComparer.Order<TKey>(mark), all);
}

internal sealed class ImmutableSortedSetFormatter<T>(IMessagePackFormatter<T[]?> items) : ComparedFormatter<ImmutableSortedSet<T>, T>(items)
{
    protected override byte Mark(ImmutableSortedSet<T> value, PayloadContext context) => KnownComparer.Mark(value.KeyComparer, context);
    protected override ImmutableSortedSet<T> Build(T[] all, byte mark) => ImmutableSortedSet.CreateRange(KnownComparer.Order<T>(mark), all);
}

internal sealed class FrozenSetFormatter<T>(IMessagePackFormatter<T[]?> items) : ComparedFormatter<FrozenSet<T>, T>(items)
{
    protected override byte Mark(FrozenSet<T> value, PayloadContext context) => KnownComparer.Mark(value.Comparer, context);
    protected override FrozenSet<T> Build(T[] all, byte mark) => all.ToFrozenSet(KnownComparer.Equality<T>(mark));
}

internal sealed class FrozenDictionaryFormatter<TKey, TValue>(IMessagePackFormatter<KeyValuePair<TKey, TValue>[]?> items)
    : ComparedFormatter<FrozenDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(items)
    where TKey : notnull
{
    protected override byte Mark(FrozenDictionary<TKey, TValue> value, PayloadContext context) => KnownComparer.Mark(value.Comparer, context);
    protected override FrozenDictionary<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] all, byte mark) => all.ToFrozenDictionary(KnownComparer.Equality<TKey>(mark));
}

/// <summary>The comparers that every process has, as a number: 0 is the type's own order and equality.</summary>
/// <remarks>A collection with another comparer is refused, since without it, it would find other keys.</remarks>
internal static class KnownComparer
{
    private static readonly StringComparer[] Strings =
        [StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase, StringComparer.InvariantCulture, StringComparer.InvariantCultureIgnoreCase];

    public static byte Mark<T>(IEqualityComparer<T>? comparer, PayloadContext context) =>
        comparer is null || ReferenceEquals(comparer, EqualityComparer<T>.Default) ? (byte)0 : Number(comparer, context);

    public static byte Mark<T>(IComparer<T>? comparer, PayloadContext context) =>
        comparer is null || ReferenceEquals(comparer, Comparer<T>.Default) ? (byte)0 : Number(comparer, context);

    public static IEqualityComparer<T>? Equality<T>(byte mark) => mark == 0 ? null : (IEqualityComparer<T>)(object)Of<T>(mark);

    public static IComparer<T>? Order<T>(byte mark) => mark == 0 ? null : (IComparer<T>)(object)Of<T>(mark);

    public static PayloadException Refused(object comparer, PayloadContext context) => context.Refused(
        $"A collection with the comparer [{TypeText.Of(comparer.GetType())}] cannot travel: without it, it would find other keys.",
        "Send its items, and make the collection where it is used.");

    private static byte Number(object comparer, PayloadContext context)
    {
        var index = comparer is StringComparer known ? Array.IndexOf(Strings, known) : -1;
        return index >= 0 ? (byte)(index + 1) : throw Refused(comparer, context);
    }

    private static StringComparer Of<T>(byte mark) => typeof(T) == typeof(string) && mark <= Strings.Length
        ? Strings[mark - 1]
        : throw new MessagePackSerializationException($"There is no comparer [{mark}] of [{TypeText.Of(typeof(T))}].");
}
