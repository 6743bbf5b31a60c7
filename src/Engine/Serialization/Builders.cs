using System.Collections.Immutable;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Makes the formatters of the builders of immutable collections.</summary>
/// <remarks>They travel as what they would build.</remarks>
internal static class Builders
{
    public static object ForList<T>(IMessagePackFormatter<ImmutableList<T>> inner) =>
        new ViewFormatter<ImmutableList<T>.Builder, ImmutableList<T>>(inner, builder => builder.ToImmutable(), list => list.ToBuilder());

    public static object ForHashSet<T>(IMessagePackFormatter<ImmutableHashSet<T>> inner) =>
        new ViewFormatter<ImmutableHashSet<T>.Builder, ImmutableHashSet<T>>(
            inner, builder => builder.ToImmutable(), set => set.ToBuilder());

    public static object ForSortedSet<T>(IMessagePackFormatter<ImmutableSortedSet<T>> inner) =>
        new ViewFormatter<ImmutableSortedSet<T>.Builder, ImmutableSortedSet<T>>(
            inner, builder => builder.ToImmutable(), set => set.ToBuilder());

    public static object ForDictionary<TKey, TValue>(IMessagePackFormatter<ImmutableDictionary<TKey, TValue>> inner)
        where TKey : notnull =>
        new ViewFormatter<ImmutableDictionary<TKey, TValue>.Builder, ImmutableDictionary<TKey, TValue>>(
            inner, builder => builder.ToImmutable(), dictionary => dictionary.ToBuilder());

    public static object ForSortedDictionary<TKey, TValue>(IMessagePackFormatter<ImmutableSortedDictionary<TKey, TValue>> inner)
        where TKey : notnull =>
        new ViewFormatter<ImmutableSortedDictionary<TKey, TValue>.Builder, ImmutableSortedDictionary<TKey, TValue>>(
            inner, builder => builder.ToImmutable(), dictionary => dictionary.ToBuilder());
}
