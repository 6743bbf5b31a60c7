using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Globalization;
using static ActorPool.Values.Answer;

namespace ActorPool.Values.Kinds;

/// <summary>Each collection with each kind of comparer, as itself and behind its interfaces.</summary>
public sealed class ComparerKinds : IKindSource
{
    private static readonly string[] s_words = ["alpha", "Bravo", "charlie", "co-op", "resume"];
    private static readonly string[] s_asked = ["alpha", "ALPHA", "bravo", "coop", "CO-OP", "résumé", "zulu"];

    public IEnumerable<Kind> Create()
    {
        foreach (var (name, comparer) in Equalities())
        {
            foreach (var kind in CreateHashed(name, comparer))
                yield return kind;
        }
        foreach (var (name, comparer) in Orders())
        {
            foreach (var kind in CreateSorted(name, comparer))
                yield return kind;
        }
    }

    private static IEnumerable<(string Name, Func<IEqualityComparer<string>> Comparer)> Equalities() =>
    [
        ("ordinal", () => StringComparer.Ordinal),
        ("ignoring case", () => StringComparer.OrdinalIgnoreCase),
        ("invariant, ignoring case", () => StringComparer.InvariantCultureIgnoreCase),
        ("of a culture", () => StringComparer.Create(CultureInfo.GetCultureInfo("fr-FR"), CompareOptions.IgnoreNonSpace)),
        ("of its own", () => new ByLength()),
        ("of its own, one object", () => ByFirstLetter.Instance),
        ("of lambdas", () => EqualityComparer<string>.Create((a, b) => a?.Length == b?.Length, s => s.Length)),
    ];

    private static IEnumerable<(string Name, Func<IComparer<string>> Comparer)> Orders() =>
    [
        ("ordinal", () => StringComparer.Ordinal),
        ("ignoring case", () => StringComparer.OrdinalIgnoreCase),
        ("invariant", () => StringComparer.InvariantCulture),
        ("of a culture", () => StringComparer.Create(CultureInfo.GetCultureInfo("sv-SE"), ignoreCase: true)),
        ("of its own", () => new Descending(StringComparer.OrdinalIgnoreCase)),
        ("of a lambda", () => Comparer<string>.Create((a, b) => string.CompareOrdinal(b, a))),
    ];

    private static IEnumerable<Kind> CreateHashed(string name, Func<IEqualityComparer<string>> comparer)
    {
        // Some comparers take several words for one.
        Dictionary<string, int> Map()
        {
            var map = new Dictionary<string, int>(comparer());
            foreach (var word in s_words)
                map[word] = word.Length;
            return map;
        }
        return
        [
            Kind.Of($"Dictionary: {name}", Map, v => Items(s_asked.Select(v.ContainsKey))),
            Kind.Of($"HashSet: {name}", () => new HashSet<string>(s_words, comparer()), v => Items(s_asked.Select(v.Contains))),
            Kind.Of($"ConcurrentDictionary: {name}", () => new ConcurrentDictionary<string, int>(Map(), comparer()),
                v => Items(s_asked.Select(v.ContainsKey))),
            Kind.Of($"FrozenDictionary: {name}", () => Map().ToFrozenDictionary(comparer()), v => Items(s_asked.Select(v.ContainsKey))),
            Kind.Of($"FrozenSet: {name}", () => s_words.ToFrozenSet(comparer()), v => Items(s_asked.Select(v.Contains))),
            Kind.Of($"ImmutableDictionary: {name}", () => Map().ToImmutableDictionary(comparer()),
            v => Items(s_asked.Select(v.ContainsKey))),
            Kind.Of($"ImmutableHashSet: {name}", () => ImmutableHashSet.CreateRange(comparer(), s_words),
                v => Items(s_asked.Select(v.Contains))),
            Kind.Of($"OrderedDictionary: {name}", () => new OrderedDictionary<string, int>(Map(), comparer()),
                v => Items(s_asked.Select(v.ContainsKey))),
            Kind.Of($"ReadOnlyDictionary: {name}", () => new ReadOnlyDictionary<string, int>(Map()),
                v => Items(s_asked.Select(v.ContainsKey))),
            Kind.Of<IDictionary<string, int>>($"IDictionary, a Dictionary: {name}", Map, v => Items(s_asked.Select(v.ContainsKey))),
            Kind.Of<IReadOnlyDictionary<string, int>>($"IReadOnlyDictionary, a FrozenDictionary: {name}",
                () => Map().ToFrozenDictionary(comparer()), v => Items(s_asked.Select(v.ContainsKey))),
            Kind.Of<IReadOnlyDictionary<string, int>>($"IReadOnlyDictionary, an ImmutableDictionary: {name}",
                () => Map().ToImmutableDictionary(comparer()), v => Items(s_asked.Select(v.ContainsKey))),
            Kind.Of<IReadOnlyDictionary<string, int>>($"IReadOnlyDictionary, a ConcurrentDictionary: {name}",
                () => new ConcurrentDictionary<string, int>(Map(), comparer()), v => Items(s_asked.Select(v.ContainsKey))),
            Kind.Of<IReadOnlyDictionary<string, int>>($"IReadOnlyDictionary, a ReadOnlyDictionary: {name}",
                () => new ReadOnlyDictionary<string, int>(Map()), v => Items(s_asked.Select(v.ContainsKey))),
            Kind.Of<ISet<string>>($"ISet, a HashSet: {name}", () => new HashSet<string>(s_words, comparer()),
                v => Items(s_asked.Select(v.Contains))),
            Kind.Of<ICollection<string>>($"ICollection, a HashSet: {name}", () => new HashSet<string>(s_words, comparer()),
                v => Items(s_asked.Select(v.Contains))),
            Kind.Of<IEnumerable<string>>($"IEnumerable, a HashSet: {name}", () => new HashSet<string>(s_words, comparer()),
                v => Items(s_asked.Select(word => v.Contains(word)))),
            Kind.Of<IImmutableDictionary<string, int>>($"IImmutableDictionary: {name}", () => Map().ToImmutableDictionary(comparer()),
                v => Items(s_asked.Select(v.ContainsKey))),
            Kind.Of<IImmutableSet<string>>($"IImmutableSet: {name}", () => ImmutableHashSet.CreateRange(comparer(), s_words),
                v => Items(s_asked.Select(v.Contains))),
            Kind.Of($"ILookup: {name}", () => s_words.ToLookup(word => word, comparer()), v => Items(s_asked.Select(v.Contains))),
            Kind.Of($"comparer itself: {name}", comparer, v => Items(s_asked.Select(word => v.Equals(word, "alpha")))),
        ];
    }

    private static IEnumerable<Kind> CreateSorted(string name, Func<IComparer<string>> comparer)
    {
        KeyValuePair<string, int>[] pairs = [.. s_words.Select(word => KeyValuePair.Create(word, word.Length))];
        SortedDictionary<string, int> Map() => new(pairs.ToDictionary(StringComparer.Ordinal), comparer());
        return
        [
            Kind.Of($"SortedSet: {name}", () => new SortedSet<string>(s_words, comparer()),
            v => Of(Items(v), Items(s_asked.Select(v.Contains)))),
            Kind.Of($"SortedDictionary: {name}", Map, v => Of(Items(v.Keys), Items(s_asked.Select(v.ContainsKey)))),
            Kind.Of($"SortedList: {name}", () => new SortedList<string, int>(Map(), comparer()),
                v => Of(Items(v.Keys), Items(s_asked.Select(v.ContainsKey)))),
            Kind.Of($"ImmutableSortedSet: {name}", () => ImmutableSortedSet.CreateRange(comparer(), s_words),
                v => Of(Items(v), Items(s_asked.Select(v.Contains)))),
            Kind.Of($"ImmutableSortedDictionary: {name}", () => ImmutableSortedDictionary.CreateRange(comparer(), pairs),
                v => Of(Items(v.Keys), Items(s_asked.Select(v.ContainsKey)))),
            Kind.Of($"PriorityQueue: {name}",
                () => new PriorityQueue<int, string>(pairs.Select(pair => (pair.Value, pair.Key)), comparer()),
                v => Of(v.Peek(), v.Comparer.Compare("a", "B"))),
            Kind.Of<ISet<string>>($"ISet, a SortedSet: {name}", () => new SortedSet<string>(s_words, comparer()),
                v => Of(Items(v), Items(s_asked.Select(v.Contains)))),
            Kind.Of<ICollection<string>>($"ICollection, a SortedSet: {name}", () => new SortedSet<string>(s_words, comparer()),
                v => Of(Items(v), Items(s_asked.Select(v.Contains)))),
            Kind.Of<IDictionary<string, int>>($"IDictionary, a SortedDictionary: {name}", Map,
                v => Of(Items(v.Keys), Items(s_asked.Select(v.ContainsKey)))),
            Kind.Of<IReadOnlyDictionary<string, int>>($"IReadOnlyDictionary, a SortedList: {name}",
                () => new SortedList<string, int>(Map(), comparer()), v => Of(Items(v.Keys), Items(s_asked.Select(v.ContainsKey)))),
            Kind.Of($"order itself: {name}", comparer, v => Items(s_asked.Order(v))),
        ];
    }

    private sealed class ByLength : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => x?.Length == y?.Length;

        public int GetHashCode(string obj) => obj.Length;
    }

    private sealed class ByFirstLetter : IEqualityComparer<string>
    {
        public static readonly ByFirstLetter Instance = new();

        private ByFirstLetter() { }

        public bool Equals(string? x, string? y) => x?[0] == y?[0];

        public int GetHashCode(string obj) => obj[0];
    }

    private sealed class Descending(IComparer<string> inner) : IComparer<string>
    {
        public int Compare(string? x, string? y) => inner.Compare(y, x);
    }
}
