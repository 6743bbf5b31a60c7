using System.Collections;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

/// <summary>.NET's comparers for other types, and what shows or builds a collection.</summary>
public sealed class ComparersAndViewsTests
{
    [Fact]
    public async Task A_comparer_of_sets_finds_them_by_their_items()
    {
        var names = new Dictionary<HashSet<int>, string>(HashSet<int>.CreateSetComparer()) { [[1, 2]] = "a" };
        var copy = await TripOneAsync(names);
        Assert.Equal("a", copy[[2, 1]]);
        Assert.False(copy.ContainsKey([2]));
    }

    [Fact]
    public async Task A_comparer_of_a_base_class_orders_a_derived_one()
    {
        var sorted = new SortedSet<string>(Comparer<object>.Default) { "b", "a" };
        var copy = await TripOneAsync(sorted);
        Assert.Equal("a", copy.Min);
        Assert.Same(Comparer<object>.Default, copy.Comparer);
    }

    [Fact]
    public async Task The_comparer_of_structures_is_the_same()
    {
        var table = new Hashtable(StructuralComparisons.StructuralEqualityComparer) { [Tuple.Create(1, MakeArray())] = "a" };
        Assert.Equal("a", (await TripOneAsync(table))[Tuple.Create(1, MakeArray())]);
        var held = await TripOneAsync(new Held(StructuralComparisons.StructuralEqualityComparer));
        Assert.Same(StructuralComparisons.StructuralEqualityComparer, held.Comparer);
        Assert.Same(StringComparer.Ordinal, (await TripOneAsync(new Held(StringComparer.Ordinal))).Comparer);
    }

    [Fact]
    public async Task A_box_keeps_its_identity()
    {
        var box = new StrongBox<int>(5);
        var copy = await TripOneAsync(new object[] { box, box });
        Assert.Equal(5, Assert.IsType<StrongBox<int>>(copy[0]).Value);
        Assert.Same(copy[0], copy[1]);
    }

    [Fact]
    public async Task A_view_that_observes_a_collection_observes_its_copy()
    {
        var items = new ObservableCollection<int> { 1 };
        var view = new ReadOnlyObservableCollection<int>(items);
        var copy = await TripOneAsync(new Shown(items, view));
        copy.Items.Add(2);
        Assert.Equal(2, copy.View.Count);
        ((System.Collections.Specialized.INotifyCollectionChanged)view).CollectionChanged += (_, _) => { };
        var error = await Assert.ThrowsAsync<PayloadException>(() => TripOneAsync(view));
        Assert.Contains("while its events have handlers", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PayloadException>(() => TripOneAsync(items));
    }

    [Fact]
    public async Task Builders_travel_with_their_comparers()
    {
        var list = ImmutableList.CreateBuilder<int>();
        list.Add(3);
        Assert.Equal(3, Assert.Single(await TripOneAsync(list)));
        var set = ImmutableHashSet.CreateBuilder(StringComparer.OrdinalIgnoreCase);
        set.Add("a");
        Assert.False((await TripOneAsync(set)).Add("A"));
        var sorted = ImmutableSortedSet.CreateBuilder<int>();
        sorted.Add(2);
        Assert.Equal(2, (await TripOneAsync(sorted)).Max);
        var names = ImmutableDictionary.CreateBuilder<string, int>(StringComparer.OrdinalIgnoreCase);
        names.Add("a", 1);
        Assert.Equal(1, (await TripOneAsync(names))["A"]);
        var ordered = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.OrdinalIgnoreCase);
        ordered.Add("a", 1);
        Assert.Equal(1, Assert.IsType<ImmutableSortedDictionary<string, int>.Builder>(await TripOneAsync<object>(ordered))["A"]);
    }

    [Fact]
    public async Task What_cannot_be_computed_or_read_is_refused_with_a_way()
    {
        var lazy = new Lazy<int>(() => throw new InvalidOperationException("no number"));
        var error = await Assert.ThrowsAsync<PayloadException>(() => TripOneAsync(lazy));
        Assert.Contains("[Lazy<int>] failed", error.Message, StringComparison.Ordinal);
        Assert.Contains("no number", error.Message, StringComparison.Ordinal);
        Assert.Contains("Send the seed", Refusal<Random>().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lazy_stream_without_end_is_refused()
    {
        var error = await Assert.ThrowsAsync<PayloadException>(() => TripOneAsync(new Numbers(0)));
        Assert.Contains("does this stream end?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sequence_without_end_is_refused_and_a_long_one_with_a_length_travels()
    {
        var refusal = await Assert.ThrowsAsync<PayloadException>(() => TripOneAsync(new Sequence(CountForever())));
        Assert.Contains("does this stream end?", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("ComparersAndViewsTests.Sequence.Numbers", refusal.Member);
        await Assert.ThrowsAsync<PayloadException>(() => TripOneAsync(CountForever()));
        Assert.Equal(1_500_000, (await TripOneAsync(new Sequence(Enumerable.Range(0, 1_500_000)))).Numbers.Count());
        var many = await TripAsync(Enumerable.Repeat(CountForever().Take(100_000).Select(x => x + 1), 12).ToArray());
        Assert.All(many, one => Assert.Equal(100_000, one.Count()));
    }

    private static IEnumerable<int> CountForever()
    {
        for (var i = 0; ; i++)
            yield return i;
    }

    private sealed record Sequence(IEnumerable<int> Numbers);

    private sealed class Numbers
    {
        private readonly Lazy<Numbers> _next;

        public Numbers(int first)
        {
            First = first;
            _next = new Lazy<Numbers>(() => new Numbers(first + 1));
        }

        public int First { get; }

        public Numbers Next => _next.Value;
    }

    private static int[] MakeArray() => [2];

    private sealed record Held(IEqualityComparer Comparer);

    private sealed record Shown(ObservableCollection<int> Items, ReadOnlyObservableCollection<int> View);
}
