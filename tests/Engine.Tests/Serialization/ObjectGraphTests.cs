using ActorPool.Serialization;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

public sealed class ObjectGraphTests
{
    [Fact]
    public async Task One_object_stays_one_object_within_an_item()
    {
        var address = new Address { Town = "Ulm" };
        var pair = await TripOneAsync(new Pair(address, address));
        Assert.Same(pair.First, pair.Second);
        var point = new Point(1, "a");
        var points = await TripOneAsync(new List<Point> { point, point });
        Assert.Same(points[0], points[1]);
        var list = await TripOneAsync(new List<Address> { address, new() { Town = "Bonn" }, address });
        Assert.Same(list[0], list[2]);
        Assert.NotSame(list[0], list[1]);
        int[] numbers = [1, 2];
        var arrays = await TripOneAsync(new int[][] { numbers, numbers, [3] });
        Assert.Same(arrays[0], arrays[1]);
        var dictionary = await TripOneAsync(new Dictionary<string, List<int>>(StringComparer.Ordinal) { ["a"] = [1], ["b"] = [2] });
        Assert.NotSame(dictionary["a"], dictionary["b"]);
    }

    [Fact]
    public async Task Items_of_a_run_have_no_objects_in_common()
    {
        var address = new Address { Town = "Ulm" };
        var copies = await TripAsync(new Pair(address, address), new Pair(address, address));
        Assert.NotSame(copies[0].First, copies[1].First);
        Assert.Same(copies[1].First, copies[1].Second);
    }

    [Fact]
    public async Task A_graph_keeps_its_index_its_root_and_its_cycles()
    {
        var root = new Node { Name = "root" };
        root.Next.Add(new Node { Name = "child", Parent = root });
        root.Next.Add(root);
        var graph = new Graph { Root = root, All = [root, root.Next[0]], Index = { [root] = 1, [root.Next[0]] = 2 }, Known = { root } };
        var copy = await TripOneAsync(graph);
        Assert.Equal(1, copy.Index[copy.Root!]);
        Assert.Equal(2, copy.Index[copy.All[1]]);
        Assert.Contains(copy.Root!, copy.Known);
        Assert.Same(copy.Root, copy.All[0].Next[0].Parent);
        Assert.Same(copy.Root, copy.Root!.Next[1]);
    }

    [Fact]
    public async Task Keys_whose_hash_code_needs_their_fields_are_found()
    {
        var key = new Deep { Name = "a" };
        key.Map[key] = "itself";
        key.Map[new Deep { Name = "b" }] = "another";
        var copy = await TripOneAsync(key);
        Assert.Equal("itself", copy.Map[copy]);
        Assert.Equal("another", copy.Map[new Deep { Name = "b" }]);
    }

    [Fact]
    public async Task Objects_that_share_children_travel_in_the_size_of_the_objects()
    {
        var last = new Shared { Name = "0" };
        for (var i = 1; i < 25; i++)
            last = new Shared { Name = $"{i}", Left = last, Right = last };
        Assert.InRange(Bytes<Shared>(new[] { last }).Length, 25, 1000);
        var copy = await TripOneAsync(last);
        Assert.Same(copy.Left, copy.Right);
        Assert.Same(copy.Left!.Left, copy.Right!.Right);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    public async Task Chains_of_any_length_travel(int length)
    {
        var first = new Link();
        for (var i = 1; i < length; i++)
            first = new Link { Number = i, Next = first };
        var copy = await TripOneAsync(first);
        for (var i = length - 1; i >= 0; i--)
        {
            Assert.Equal(i, copy!.Number);
            copy = copy.Next;
        }
        Assert.Null(copy);
    }

    [Fact]
    public async Task Chains_over_lists_dictionaries_and_structs_travel()
    {
        var node = new Node { Name = "0" };
        for (var i = 1; i < 50_000; i++)
            node = new Node { Name = $"{i}", Next = { node }, Boxes = { [i] = new Box { Inner = node } } };
        var copy = await TripOneAsync(node);
        for (var i = 49_999; i > 0; i--)
        {
            Assert.Equal($"{i}", copy.Name);
            Assert.Same(copy.Next[0], copy.Boxes[i].Inner);
            copy = copy.Next[0];
        }
    }

    [Fact]
    public async Task A_list_of_objects_may_contain_itself()
    {
        var list = new List<object>();
        list.Add(list);
        object[] array = [1, list, null!];
        array[2] = array;
        var copy = await TripOneAsync(array);
        Assert.Same(copy, copy[2]);
        var inner = Assert.IsType<List<object>>(copy[1]);
        Assert.Same(inner, inner[0]);
    }

    [Fact]
    public void A_collection_that_is_made_from_its_items_cannot_contain_itself()
    {
        var queue = new Queue<object>();
        queue.Enqueue(queue);
        var refusal = Assert.Throws<PayloadException>(() => Bytes<Queue<object>>(new[] { queue }));
        Assert.Contains("contains itself", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Types_whose_objects_cannot_occur_twice_need_no_numbers()
    {
        Assert.False(GraphAnalysis.MayShare(typeof(Flat)));
        Assert.False(GraphAnalysis.MayShare(typeof(List<(int, string)>)));
        Assert.True(GraphAnalysis.MayShare(typeof(List<Point>)));
        Assert.False(GraphAnalysis.MayShare(typeof(Dictionary<string, (int, string)>)));
        Assert.True(GraphAnalysis.MayShare(typeof(Flat[])));
        Assert.True(GraphAnalysis.MayShare(typeof(List<Link>)));
        Assert.True(GraphAnalysis.MayShare(typeof(Link)));
        Assert.True(GraphAnalysis.MayShare(typeof(Pair)));
        Assert.True(GraphAnalysis.MayShare(typeof(int[][])));
        Assert.True(GraphAnalysis.MayShare(typeof(object)));
        Assert.True(GraphAnalysis.MayShare(typeof(Tree)));
    }

    private sealed record Point(int X, string Name);
    private sealed record Flat(int Number, Point Point, List<string> Names, Dictionary<string, int> Counts);
    private sealed record Tree(int Value, Tree? Left);
    private sealed record Pair(Address First, Address Second);

    private sealed class Address
    {
        public string Town { get; set; } = "";
    }

    private sealed class Link
    {
        public int Number { get; set; }
        public Link? Next { get; set; }
    }

    private sealed class Shared
    {
        public string Name { get; set; } = "";
        public Shared? Left { get; set; }
        public Shared? Right { get; set; }
    }

    private struct Box
    {
        public Node? Inner;
    }

    private sealed class Node
    {
        public string Name { get; set; } = "";
        public Node? Parent { get; set; }
        public List<Node> Next { get; } = [];
        public Dictionary<int, Box> Boxes { get; } = [];
    }

    private sealed class Graph
    {
        public Dictionary<Node, int> Index { get; } = [];
        public HashSet<Node> Known { get; } = [];
        public List<Node> All { get; set; } = [];
        public Node? Root { get; set; }
    }

    private sealed class Deep : IEquatable<Deep>
    {
        public Dictionary<Deep, string> Map { get; } = [];
        public string Name { get; set; } = "";

        public bool Equals(Deep? other) => string.Equals(other?.Name, Name, StringComparison.Ordinal);
        public override bool Equals(object? obj) => Equals(obj as Deep);
        public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);
    }
}
