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
