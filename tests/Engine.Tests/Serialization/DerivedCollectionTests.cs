using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using ActorPool.Serialization;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

public sealed class DerivedCollectionTests
{
    [Fact]
    public async Task Classes_that_derive_from_collections_keep_their_items_and_fields()
    {
        var list = await TripOneAsync(new Named { "a", "b" });
        Assert.Equal(["a", "b"], list);
        Assert.Equal("my list", list.Name);
        list.Add("c");
        Assert.Equal(3, list.Count);
        var map = await TripOneAsync(new Settings(StringComparer.OrdinalIgnoreCase) { ["Key"] = 1 });
        Assert.Equal(1, map["KEY"]);
        Assert.Equal(7, map.Version);
        Assert.Contains("X", await TripOneAsync(new Words { "x" }));
        var checkedItems = await TripOneAsync(new Checked { 1, 2 });
        Assert.Equal([1, 2], checkedItems);
        Assert.Equal(2, checkedItems.Inserted);
        Assert.Equal([3], await TripOneAsync(new Fixed([3])));
        Assert.IsType<Named>((await TripOneAsync(new List<string>[] { new Named { "q" } }))[0]);
    }

    [Fact]
    public async Task A_derived_list_may_be_a_tree_and_contain_itself()
    {
        var tree = new Tree { Name = "root" };
        tree.Add(new Tree { Name = "leaf" });
        tree.Add(tree);
        var copy = await TripOneAsync(tree);
        Assert.Equal("leaf", copy[0].Name);
        Assert.Same(copy, copy[1]);
    }

    [Fact]
    public async Task A_keyed_collection_finds_its_items_by_key_and_takes_more()
    {
        var copy = await TripOneAsync(new Parts(threshold: 0) { new Part("B", 1), new Part("a", 2) });
        Assert.Equal([1, 2], copy.Select(part => part.Number));
        Assert.Equal(2, copy["A"].Number);
        Assert.Throws<ArgumentException>(() => copy.Add(new Part("b", 3)));
        copy.Add(new Part("c", 4));
        Assert.True(copy.Remove("B"));
        Assert.Equal(3 + 1, copy["c"].Number);
        Assert.True(copy.HasIndex);
        var few = await TripOneAsync(new Parts(threshold: 3) { new Part("x", 1) });
        Assert.False(few.HasIndex);
        Assert.Equal(1, few["X"].Number);
    }

    [Fact]
    public async Task Queues_stacks_lists_of_nodes_and_observable_collections_keep_their_order()
    {
        var line = await TripOneAsync(new Line("l", [1, 2, 3]));
        Assert.Equal(("l", 1, 3), (line.Name, line.Dequeue(), line.Last()));
        var pile = await TripOneAsync(new Pile("p", [1, 2, 3]));
        Assert.Equal(("p", 3, 2), (pile.Name, pile.Pop(), pile.Pop()));
        var chain = await TripOneAsync(new Chain("c", [1, 2, 3]));
        Assert.Equal(("c", 2, 3), (chain.Name, chain.First!.Next!.Value, chain.Count));
        var shown = new Shown("s", [1, 2]);
        var copy = await TripOneAsync(shown);
        var heard = 0;
        copy.CollectionChanged += (_, _) => heard++;
        copy.Add(3);
        Assert.Equal(("s", 3, 1), (copy.Name, copy[2], heard));
        shown.CollectionChanged += static (_, _) => { };
        var refusal = Assert.Throws<PayloadException>(() => Bytes<Shown>(new[] { shown }));
        Assert.Contains("while its events have handlers", refusal.Message, StringComparison.Ordinal);
        var tree = new Nodes();
        tree.Add(tree);
        var root = await TripOneAsync(tree);
        Assert.Same(root, root[0]);
    }

    [Fact]
    public async Task Sorted_and_concurrent_collections_keep_their_comparer()
    {
        var sorted = await TripOneAsync(new Order { "b", "A" });
        Assert.Equal(["A", "b"], sorted);
        Assert.Contains("a", sorted);
        Assert.Equal("o", sorted.Name);
        var index = await TripOneAsync(new Index { ["b"] = 1, ["A"] = 2 });
        Assert.Equal((2, "A"), (index["a"], index.Keys.First()));
        Assert.Equal("i", index.Name);
        var table = await TripOneAsync(new Table { ["b"] = 1 });
        Assert.Equal((1, "t"), (table["B"], table.Name));
        Assert.True(table.TryAdd("c", 2));
    }

    [Fact]
    public void Sorted_and_concurrent_collections_that_do_not_find_an_item_are_refused()
    {
        var (first, second) = (new Part("a", 1), new Part("b", 2));
        var ordered = new ByName { first, second };
        var found = new ByPart();
        Assert.True(found.TryAdd(first, 1));
        first.Name = "c";
        Assert.Throws<PayloadException>(() => Bytes<ByName>(new[] { ordered }));
        Assert.Throws<PayloadException>(() => Bytes<ByPart>(new[] { found }));
    }

    [Fact]
    public async Task Empty_arguments_and_missing_values_are_themselves()
    {
        Assert.Same(EventArgs.Empty, await TripOneAsync(EventArgs.Empty));
        Assert.Same(EventArgs.Empty, await TripOneAsync<object>(EventArgs.Empty));
        Assert.Same(System.Reflection.Missing.Value, await TripOneAsync<object>(System.Reflection.Missing.Value));
        Assert.Equal(3, Assert.IsType<Arguments>(await TripOneAsync<EventArgs>(new Arguments { Number = 3 })).Number);
        Assert.Throws<PayloadException>(() => Bytes<EventArgs>(new[] { Activator.CreateInstance<EventArgs>() }));
    }

    [Fact]
    public void A_keyed_collection_that_does_not_find_an_item_is_refused()
    {
        var parts = new Parts(threshold: 0) { new Part("a", 1) };
        parts[0].Name = "b";
        using var writer = new PayloadWriter();
        var refusal = Assert.Throws<PayloadException>(() => New().WriteValue(writer, typeof(Parts), parts));
        Assert.Contains("does not find one of its items", refusal.Message, StringComparison.Ordinal);
    }

    private sealed class Part(string name, int number)
    {
        public string Name { get; set; } = name;

        public int Number { get; } = number;
    }

    private sealed class Parts(int threshold) : KeyedCollection<string, Part>(StringComparer.OrdinalIgnoreCase, threshold)
    {
        public bool HasIndex => Dictionary is not null;

        protected override string GetKeyForItem(Part item) => item.Name;
    }

    private sealed class Arguments : EventArgs
    {
        public int Number { get; init; }
    }

    private sealed class Line(string name, IEnumerable<int> items) : Queue<int>(items)
    {
        public string Name { get; } = name;
    }

    private sealed class Pile(string name, IEnumerable<int> items) : Stack<int>(items)
    {
        public string Name { get; } = name;
    }

    private sealed class Chain(string name, IEnumerable<int> items) : LinkedList<int>(items)
    {
        public string Name { get; } = name;
    }

    private sealed class Shown(string name, IEnumerable<int> items) : ObservableCollection<int>(items)
    {
        public string Name { get; } = name;
    }

    private sealed class Nodes : ObservableCollection<Nodes>;

    private sealed class Order() : SortedSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        public string Name { get; } = "o";
    }

    private sealed class Index() : SortedDictionary<string, int>(StringComparer.OrdinalIgnoreCase)
    {
        public string Name { get; } = "i";
    }

    private sealed class Table() : ConcurrentDictionary<string, int>(StringComparer.OrdinalIgnoreCase)
    {
        public string Name { get; } = "t";
    }

    private sealed class ByName() : SortedSet<Part>(new PartOrder());

    private sealed class ByPart() : ConcurrentDictionary<Part, int>(new PartEquality());

    private sealed class PartOrder : IComparer<Part>
    {
        public int Compare(Part? x, Part? y) => string.CompareOrdinal(x?.Name, y?.Name);
    }

    private sealed class PartEquality : IEqualityComparer<Part>
    {
        public bool Equals(Part? x, Part? y) => string.Equals(x?.Name, y?.Name, StringComparison.Ordinal);

        public int GetHashCode(Part obj) => obj.Name.Length + obj.Name[0];
    }

    private sealed class Named : List<string>
    {
        public string Name { get; set; } = "my list";
    }

    private sealed class Tree : List<Tree>
    {
        public string Name { get; set; } = "";
    }

    private sealed class Settings(IEqualityComparer<string> comparer) : Dictionary<string, int>(comparer)
    {
        public int Version { get; } = 7;
    }

    private sealed class Words() : HashSet<string>(StringComparer.OrdinalIgnoreCase);

    private sealed class Checked : Collection<int>
    {
        public int Inserted { get; private set; }

        protected override void InsertItem(int index, int item)
        {
            Inserted++;
            base.InsertItem(index, item);
        }
    }

    private sealed class Fixed(IList<int> items) : ReadOnlyCollection<int>(items);
}
