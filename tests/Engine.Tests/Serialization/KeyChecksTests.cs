using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using ActorPool.Serialization;
using ActorPool.Values.FSharp;
using Microsoft.FSharp.Collections;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

/// <summary>A collection whose items have changed is refused.</summary>
public sealed class KeyChecksTests
{
    private static readonly Func<Key[], object>[] s_hashed =
    [
        keys => keys.ToHashSet(), keys => keys.ToDictionary(key => key, _ => 1), keys => keys.ToImmutableHashSet(),
        keys => keys.ToImmutableDictionary(key => key, _ => 1), keys => keys.ToFrozenSet(),
        keys => keys.ToFrozenDictionary(key => key, _ => 1),
        keys => new ConcurrentDictionary<Key, int>(keys.Select(key => KeyValuePair.Create(key, 1))),
        keys => new OrderedDictionary<Key, int>(keys.Select(key => KeyValuePair.Create(key, 1))),
        keys => new OwnSet(keys), keys => new OwnDictionary(keys),
    ];

    private static readonly Func<Key[], object>[] s_sorted =
    [
        keys => new SortedSet<Key>(keys), keys => keys.ToImmutableSortedSet(), keys => keys.ToImmutableSortedDictionary(key => key, _ => 1),
        keys => new SortedDictionary<Key, int>(keys.ToDictionary(key => key, _ => 1)),
        keys => new SortedList<Key, int>(keys.ToDictionary(key => key, _ => 1)),
    ];

    [Fact]
    public async Task A_collection_that_finds_its_items_travels()
    {
        foreach (var make in s_hashed.Concat(s_sorted))
            Assert.IsType(make([new Key()]).GetType(), await TripOneAsync(make([new Key { Number = 1 }, new Key { Number = 2 }])));
    }

    [Fact]
    public async Task A_collection_that_no_longer_finds_an_item_is_refused()
    {
        foreach (var make in s_hashed)
            await AssertRefusedAsync(make, "does not find one of its items");
        foreach (var make in s_sorted)
            await AssertRefusedAsync(make, "is not in order");
    }

    [Fact]
    public async Task A_comparer_that_has_changed_is_found_too()
    {
        var comparer = new Modulo { By = 10 };
        var set = new HashSet<int>(comparer) { 3, 14 };
        Assert.Equal(2, (await TripOneAsync(set)).Count);
        comparer.By = 4;
        var error = await Assert.ThrowsAsync<PayloadException>(() => TripOneAsync(set));
        Assert.Contains("does not find one of its items", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_item_that_has_become_equal_to_another_is_found_too()
    {
        foreach (var make in s_hashed.Concat(s_sorted))
        {
            Key[] keys = [.. Enumerable.Range(0, 20).Select(i => new Key { Number = i })];
            var collection = make(keys);
            keys[3].Number = 4;
            await Assert.ThrowsAsync<PayloadException>(() => TripOneAsync(collection));
        }
    }

    [Fact]
    public async Task Queues_and_lookups_are_checked_too()
    {
        Key[] keys = [.. Enumerable.Range(0, 20).Select(i => new Key { Number = i })];
        var queue = new PriorityQueue<string, Key>(keys.Select(key => ("a", key)));
        var lookup = keys.ToLookup(key => key);
        Assert.Equal(20, (await TripOneAsync(queue)).Count);
        Assert.Equal(20, (await TripOneAsync(lookup)).Count);
        keys[0].Number = 70;
        await AssertRefusedAsync(queue, "is not in order");
        await AssertRefusedAsync(lookup, "does not find one of its keys");
    }

    [Fact]
    public async Task Sets_and_maps_of_FSharp_are_checked_too()
    {
        Types.Counted[] keys = [new(1), new(2), new(5)];
        var set = SetModule.OfSeq(keys);
        var map = MapModule.OfSeq(keys.Select(key => Tuple.Create(key, "a")));
        Assert.True((await TripOneAsync(set)).Contains(new Types.Counted(5)));
        Assert.True((await TripOneAsync(map)).ContainsKey(new Types.Counted(5)));
        keys[0].Number = 3;
        await AssertRefusedAsync(set, "is not in order");
        await AssertRefusedAsync(map, "is not in order");
    }

    [Fact]
    public async Task A_comparer_that_never_calls_two_equal_is_refused()
    {
        var sorted = new SortedDictionary<string, int>(new NeverEqual()) { ["b"] = 1, ["a"] = 2 };
        Assert.Throws<KeyNotFoundException>(() => sorted["a"]);
        sorted.Add("a", 3);
        await AssertRefusedAsync(sorted, "the comparer contradicts itself");
    }

    [Fact]
    public async Task What_depends_on_something_else_on_arrival_is_refused_there()
    {
        var sorted = new SortedSet<string>(new ByStatic()) { "a", "b", "c" };
        var bytes = Bytes<SortedSet<string>>(new[] { sorted });
        Assert.Equal(["a", "b", "c"], (await ReadAsync<SortedSet<string>>(bytes, 1))[0]);
        ByStatic.IsDown = true;
        try
        {
            var error = await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<SortedSet<string>>(bytes, 1));
            Assert.Contains("may depend on the time zone (times of the kind Local", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            ByStatic.IsDown = false;
        }
        var directory = new Folder { Sign = -1 };
        directory.Entries.Add(new() { Parent = directory, Name = "a" });
        directory.Entries.Add(new() { Parent = directory, Name = "b" });
        Assert.Equal(["b", "a"], directory.Entries.Select(entry => entry.Name), StringComparer.Ordinal);
        await AssertRefusedAsync(directory, "may depend on");
    }

    [Fact]
    public async Task Long_chains_in_values_that_nothing_compares_travel()
    {
        var chain = new Link();
        for (var i = 0; i < 10_000; i++)
            chain = new Link { Next = chain };
        var copy = await TripOneAsync(new SortedDictionary<string, Link>(StringComparer.Ordinal) { ["a"] = chain });
        var count = 0;
        for (var link = copy["a"]; link.Next is not null; link = link.Next)
            count++;
        Assert.Equal(10_000, count);
    }

    [Fact]
    public async Task A_dictionary_whose_comparer_is_its_owner_finds_its_keys_or_is_refused()
    {
        var owner = new Owner { IgnoresCase = true };
        owner.Words.Add("a", 1);
        owner.Known.Add("b");
        var copy = (Owner)(await TripOneAsync(new object[] { owner }))[0]; // where one object may stand twice
        Assert.Same(copy, copy.Words.Comparer);
        Assert.True(copy.Words.ContainsKey("A"));
        Assert.Contains("B", copy.Known);
        var error = await Assert.ThrowsAsync<PayloadException>(() => TripOneAsync(owner));
        Assert.Contains("whose comparer holds it", error.Message, StringComparison.Ordinal);
        var sorted = new SortedOwner();
        sorted.Words.Add("a");
        error = await Assert.ThrowsAsync<PayloadException>(() => TripOneAsync(new object[] { sorted }));
        Assert.Contains("whose comparer holds it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collection_that_is_deep_inside_others_has_its_items_and_comparer_when_it_is_built()
    {
        var chain = new Link();
        for (var i = 0; i < 100; i++)
        {
            SortedSet<Key> sorted = new(Make(), new Down());
            List<IEnumerable<Key>> sets = [Make(), Make().ToFrozenSet(), Make().ToImmutableHashSet(), sorted];
            chain = new Link { Next = chain, Sets = sets };
        }
        var links = 0;
        for (var link = await TripOneAsync(chain); link is not null; link = link.Next, links++)
        {
            Assert.All(link.Sets.SkipLast(1), set => Assert.Contains(new Key { Number = 3 }, set));
            if (link.Sets.Count > 0)
                Assert.Equal([3, 2, 1], link.Sets[^1].Select(key => key.Number));
        }
        Assert.Equal(101, links);

        static SortedSet<Key> Make() => [new() { Number = 1 }, new() { Number = 3 }, new() { Number = 2 }];
    }

    [Theory]
    [InlineData(typeof(int), false)]
    [InlineData(typeof(string), false)]
    [InlineData(typeof((int, string)), false)]
    [InlineData(typeof(DateTime?), false)]
    [InlineData(typeof(Fixed), false)]
    [InlineData(typeof(Key), true)]
    [InlineData(typeof(object), true)]
    [InlineData(typeof((int, Key)), true)]
    [InlineData(typeof(List<int>), true)]
    public void What_cannot_change_is_not_looked_up(Type type, bool mayChange) => Assert.Equal(mayChange, ChangingTypes.Contains(type));

    private static async Task AssertRefusedAsync(Func<Key[], object> make, string reason)
    {
        Key[] keys = [.. Enumerable.Range(0, 20).Select(i => new Key { Number = i })]; // a small frozen set compares with each item
        var collection = make(keys);
        keys[0].Number = 70;
        var error = await Assert.ThrowsAsync<PayloadException>(() => TripOneAsync(collection));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private sealed class Key : IComparable<Key>, IEquatable<Key>
    {
        public int Number { get; set; }
        public static bool operator ==(Key left, Key right) => left.Equals(right);
        public static bool operator !=(Key left, Key right) => !left.Equals(right);
        public static bool operator <(Key left, Key right) => left.Number < right.Number;
        public static bool operator >(Key left, Key right) => left.Number > right.Number;
        public static bool operator <=(Key left, Key right) => left.Number <= right.Number;
        public static bool operator >=(Key left, Key right) => left.Number >= right.Number;
        public int CompareTo(Key? other) => Number.CompareTo(other?.Number);
        public bool Equals(Key? other) => other?.Number == Number;
        public override bool Equals(object? obj) => Equals(obj as Key);
        public override int GetHashCode() => Number;
    }

    private sealed class OwnSet(Key[] keys) : HashSet<Key>(keys);

    private sealed class OwnDictionary(Key[] keys) : Dictionary<Key, int>(keys.Select(key => KeyValuePair.Create(key, 1)));

    private sealed record Fixed(int Number, string Name);

    private sealed class Modulo : IEqualityComparer<int>
    {
        public int By { get; set; }
        public bool Equals(int x, int y) => x % By == y % By;
        public int GetHashCode(int obj) => obj % By;
    }

    private static async Task AssertRefusedAsync<T>(T value, string reason)
    {
        var error = await Assert.ThrowsAsync<PayloadException>(() => TripOneAsync(value));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private sealed class NeverEqual : IComparer<string>
    {
        public int Compare(string? x, string? y) => string.CompareOrdinal(x, y) is not 0 and var order ? order : -1;
    }

    private sealed class ByStatic : IComparer<string>
    {
        public static bool IsDown { get; set; }
        public int Compare(string? x, string? y) => IsDown ? string.CompareOrdinal(y, x) : string.CompareOrdinal(x, y);
    }

    private sealed class Folder
    {
        public SortedSet<Entry> Entries { get; set; } = new(new ByParent());
        public int Sign { get; init; }
    }

    private sealed class Entry
    {
        public Folder? Parent { get; init; }
        public string Name { get; init; } = "";
    }

    private sealed class ByParent : IComparer<Entry>
    {
        public int Compare(Entry? x, Entry? y) => (x!.Parent!.Sign < 0 ? -1 : 1) * string.CompareOrdinal(x.Name, y!.Name);
    }

    private sealed class Link
    {
        public Link? Next { get; init; }
        public List<IEnumerable<Key>> Sets { get; init; } = [];
    }

    private sealed class Down : IComparer<Key>
    {
        private readonly int _sign = -1;
        public int Compare(Key? x, Key? y) => _sign * Comparer<int>.Default.Compare(x!.Number, y!.Number);
    }

    private sealed class SortedOwner : IComparer<string>
    {
        private readonly StringComparer _inner = StringComparer.Ordinal;
        public SortedOwner() => Words = new(this);
        public SortedSet<string> Words { get; }
        public int Compare(string? x, string? y) => _inner.Compare(x, y);
    }

    private sealed class Owner : IEqualityComparer<string>
    {
        public Owner() => (Words, Known) = (new(this), new(this));
        public Dictionary<string, int> Words { get; }
        public HashSet<string> Known { get; }
        public bool IgnoresCase { get; set; }
        private StringComparer Inner => IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        public bool Equals(string? x, string? y) => Inner.Equals(x, y);
        public int GetHashCode(string obj) => Inner.GetHashCode(obj);
    }
}
