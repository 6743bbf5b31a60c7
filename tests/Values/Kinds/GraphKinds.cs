using static ActorPool.Values.Answer;

namespace ActorPool.Values.Kinds;

/// <summary>Objects that share others, contain themselves, or are long chains.</summary>
public sealed class GraphKinds : IKindSource
{
    public IEnumerable<Kind> Create() =>
    [
        Kind.Of("one object twice in a record", MakePair, v => Of(ReferenceEquals(v.First, v.Second))),
        Kind.Of("equal objects stay two", () => new Pair(new Leaf(1), new Leaf(1)), v => Of(ReferenceEquals(v.First, v.Second))),
        Kind.Of("one object twice in a tuple", MakeTuple, v => Of(ReferenceEquals(v.Item1, v.Item2))),
        Kind.Of("one object twice in a list", MakeList, v => Of(ReferenceEquals(v[0], v[2]), ReferenceEquals(v[0], v[1]))),
        Kind.Of("one object as key and value", MakeSelfMap, v => Of(v.All(pair => ReferenceEquals(pair.Key, pair.Value)))),
        Kind.Of("one list in two fields", MakeShared, v => Of(ReferenceEquals(v.All, v.Active), AddAndCount(v))),
        Kind.Of("one array in two fields", MakeArrays, v => Of(ReferenceEquals(v.First, v.Second), v.Second[0])),
        Kind.Of("one string twice", MakeTexts, v => Of(v.First == v.Second, ReferenceEquals(v.First, v.Second))),
        Kind.Of("one boxed number twice", MakeBoxes, v => Of(v[0].Equals(v[1]))),
        Kind.Of("graph with an index", MakeGraph,
            v => Of(v.Index.ContainsKey(v.Root), v.Index[v.All[1]], ReferenceEquals(v.All[0], v.Root))),
        Kind.Of("set of nodes by reference", MakeNodeSet, v => Of(v.Members.Contains(v.Leader), v.Members.Count)),
        Kind.Of("object that contains itself", MakeLoop, v => Of(ReferenceEquals(v, v.Next), v.Number)),
        Kind.Of("two objects that contain each other", MakeTwo, v => Of(ReferenceEquals(v, v.Next!.Next), v.Next.Number)),
        Kind.Of("ring of objects", () => MakeRing(10), v => Of(Sum(v, 10), ReferenceEquals(v, Walk(v, 10)))),
        Kind.Of("doubly linked", () => MakeDouble(20), v => Of(Length(v), ReferenceEquals(v, v.Next!.Previous))),
        Kind.Of("tree with parents", MakeTree, v => Of(v.Children.Count, v.Children.All(child => ReferenceEquals(child.Parent, v)))),
        Kind.Of("branch of a tree with parents", () => MakeTree().Children[1], v => Of(v.Name, v.Parent!.Name, v.Parent.Children.Count)),
        Kind.Of("list that contains itself", MakeSelfList, v => Of(ReferenceEquals(v, v[0]), v.Count)),
        Kind.Of("dictionary that contains itself", MakeSelfDictionary, v => Of(ReferenceEquals(v, v["self"]), v.Count)),
        Kind.Of("cycle through a dictionary", MakeCycle, v => Of(ReferenceEquals(v, v.Neighbours["b"].Neighbours["a"]))),
        Kind.Of("cycle through a set", MakeSetCycle, v => Of(v.Friends.Single().Friends.Contains(v))),
        Kind.Of("cycle through a struct", MakeStructCycle, v => Of(ReferenceEquals(v, v.Link.Target), v.Link.Weight)),
        Kind.Of("cycle through an array", MakeArrayCycle, v => Of(ReferenceEquals(v, v.Parts[0].Parts[0]))),
        Kind.Of("cycle through a delegate", MakeDelegateCycle, v => Of(v.Run!())),
        Kind.Of("entities of both sides", MakeEntities,
            v => Of(v.Count, v.All(order => ReferenceEquals(order.Customer.Orders[order.Id], order)))),
        Kind.Of("diamond", MakeDiamond, v => Of(ReferenceEquals(v.Left.Below, v.Right.Below))),
        Kind.Of("16 levels that share both children", () => MakeLevels(16), v => Of(Depth(v), ReferenceEquals(v.Left, v.Right))),
        Kind.Of("chain of 50", () => MakeChain(50), v => Of(Length(v))),
        Kind.Of("chain of 65", () => MakeChain(65), v => Of(Length(v))),
        Kind.Of("chain of 1,000", () => MakeChain(1_000), v => Of(Length(v))),
        Kind.Of("chain of 100,000", () => MakeChain(100_000), v => Of(Length(v))),
        Kind.Of("chain of 100,000 records", () => MakeRecords(100_000), v => Of(Length(v))),
        Kind.Of("chain of lists, 1,000 deep", () => MakeNested(1_000), v => Of(Depth(v))),
        Kind.Of("tree of 2,000 on one side", () => MakeBranch(2_000), v => Of(Length(v))),
        Kind.Of("wide tree", () => new Branch("root", [.. Enumerable.Range(0, 2_000).Select(i => new Branch($"{i}", []))]),
            v => Of(v.Branches.Count, v.Branches[^1].Name)),
        Kind.Of("trie", MakeTrie, v => Of(v.Has("car"), v.Has("cat"), v.Has("dog"))),
        Kind.Of("matrix of shared cells", MakeCells, v => Of(ReferenceEquals(v[0, 0], v[1, 1]), v[0, 1].Number)),
        Kind.Of("two lists of the same objects", MakeTwoLists, v => Of(ReferenceEquals(v.ById[1], v.ByName["b"]))),
        Kind.Of("one comparer in two dictionaries", MakeMaps, v => Of(v.First.ContainsKey("A"), v.Second.ContainsKey("B"))),
    ];

    private static Pair MakePair()
    {
        var leaf = new Leaf(1);
        return new(leaf, leaf);
    }

    private static (Leaf, Leaf) MakeTuple()
    {
        var leaf = new Leaf(1);
        return (leaf, leaf);
    }

    private static List<Leaf> MakeList()
    {
        var leaf = new Leaf(1);
        return [leaf, new Leaf(1), leaf];
    }

    private static Dictionary<Leaf, Leaf> MakeSelfMap()
    {
        var (one, two) = (new Leaf(1), new Leaf(2));
        return new() { [one] = one, [two] = two };
    }

    private static Lists MakeShared()
    {
        List<int> list = [1, 2];
        return new(list, list);
    }

    private static int AddAndCount(Lists lists)
    {
        lists.All.Add(3);
        var count = lists.Active.Count;
        lists.All.RemoveAt(2);
        return count;
    }

    private static (int[] First, int[] Second) MakeArrays()
    {
        int[] array = [4, 5];
        return (array, array);
    }

    private static (string First, string Second) MakeTexts()
    {
        var text = new string('x', 5);
        return (text, text);
    }

    private static object[] MakeBoxes()
    {
        object box = 5;
        return [box, box];
    }

    private static Graph MakeGraph()
    {
        Node[] nodes = [new() { Number = 1 }, new() { Number = 2 }];
        return new([.. nodes], nodes.ToDictionary(node => node, node => node.Number), nodes[0]);
    }

    private static Group MakeNodeSet()
    {
        Node[] nodes = [new() { Number = 1 }, new() { Number = 2 }];
        return new([.. nodes], nodes[1]);
    }

    private static Node MakeLoop()
    {
        var node = new Node { Number = 3 };
        node.Next = node;
        return node;
    }

    private static Node MakeTwo()
    {
        var node = new Node { Number = 3 };
        node.Next = new Node { Number = 4, Next = node };
        return node;
    }

    private static Node MakeRing(int length)
    {
        var first = new Node { Number = 0 };
        var last = first;
        for (var i = 1; i < length; i++)
            last = last.Next = new Node { Number = i };
        last.Next = first;
        return first;
    }

    private static int Sum(Node node, int steps) => Enumerable.Range(0, steps).Sum(i => Walk(node, i).Number);

    private static Node Walk(Node node, int steps)
    {
        for (var i = 0; i < steps; i++)
            node = node.Next!;
        return node;
    }

    private static Node MakeChain(int length)
    {
        Node? node = null;
        for (var i = 0; i < length; i++)
            node = new Node { Number = i, Next = node };
        return node!;
    }

    private static Node MakeDouble(int length)
    {
        var first = MakeChain(length);
        var node = first;
        while (node.Next is { } next)
        {
            next.Previous = node;
            node = next;
        }
        return first;
    }

    private static int Length(Node? node)
    {
        var length = 0;
        for (; node is not null; node = node.Next)
            length++;
        return length;
    }

    private static Cons? MakeRecords(int length)
    {
        Cons? cons = null;
        for (var i = 0; i < length; i++)
            cons = new Cons(i, cons);
        return cons;
    }

    private static int Length(Cons? cons)
    {
        var length = 0;
        for (; cons is not null; cons = cons.Tail)
            length++;
        return length;
    }

    private static Nested MakeNested(int depth)
    {
        var nested = new Nested([]);
        for (var i = 1; i < depth; i++)
            nested = new Nested([nested]);
        return nested;
    }

    private static int Depth(Nested nested)
    {
        var depth = 1;
        for (; nested.Inner.Count > 0; nested = nested.Inner[0])
            depth++;
        return depth;
    }

    private static Branch MakeBranch(int length)
    {
        var branch = new Branch("end", []);
        for (var i = 1; i < length; i++)
            branch = new Branch($"{i}", [new Branch("side", []), branch]);
        return branch;
    }

    private static int Length(Branch branch)
    {
        var length = 1;
        for (; branch.Branches.Count > 0; branch = branch.Branches[^1])
            length++;
        return length;
    }

    private static Folder MakeTree()
    {
        var root = new Folder { Name = "root" };
        root.Children.Add(new Folder { Name = "a", Parent = root });
        root.Children.Add(new Folder { Name = "b", Parent = root });
        return root;
    }

    private static List<object> MakeSelfList()
    {
        List<object> list = [];
        list.Add(list);
        return list;
    }

    private static Dictionary<string, object> MakeSelfDictionary()
    {
        Dictionary<string, object> map = [];
        map["self"] = map;
        return map;
    }

    private static City MakeCycle()
    {
        var (a, b) = (new City(), new City());
        (a.Neighbours["b"], b.Neighbours["a"]) = (b, a);
        return a;
    }

    private static Member MakeSetCycle()
    {
        var (a, b) = (new Member(), new Member());
        a.Friends.Add(b);
        b.Friends.Add(a);
        return a;
    }

    private static Weighted MakeStructCycle()
    {
        var weighted = new Weighted();
        weighted.Link = new Link(weighted, 5);
        return weighted;
    }

    private static Part MakeArrayCycle()
    {
        var (a, b) = (new Part(), new Part());
        a.Parts = [b];
        b.Parts = [a];
        return a;
    }

    private static Task MakeDelegateCycle()
    {
        var task = new Task { Number = 6 };
        task.Run = () => task.Number;
        return task;
    }

    private static List<Order> MakeEntities()
    {
        var customer = new Customer();
        customer.Orders.AddRange(Enumerable.Range(0, 5).Select(i => new Order(i, customer)));
        return customer.Orders;
    }

    private static Diamond MakeDiamond()
    {
        var leaf = new Leaf(1);
        return new(new(leaf), new(leaf));
    }

    private static Level MakeLevels(int depth)
    {
        var level = new Level(null, null);
        for (var i = 1; i < depth; i++)
            level = new Level(level, level);
        return level;
    }

    private static int Depth(Level? level)
    {
        var depth = 0;
        for (; level is not null; level = level.Left)
            depth++;
        return depth;
    }

    private static Trie MakeTrie()
    {
        var trie = new Trie();
        foreach (var word in new[] { "car", "cart", "cat" })
            trie.Add(word);
        return trie;
    }

    private static Leaf[,] MakeCells()
    {
        var (black, white) = (new Leaf(0), new Leaf(1));
        return new[,] { { black, white }, { white, black } };
    }

    private static Register MakeTwoLists()
    {
        Named[] all = [new("a"), new("b")];
        return new([.. all], all.ToDictionary(one => one.Name, StringComparer.Ordinal));
    }

    private static (Dictionary<string, int> First, Dictionary<string, int> Second) MakeMaps()
    {
        var comparer = new IgnoringCase();
        return (new(comparer) { ["a"] = 1 }, new(comparer) { ["b"] = 2 });
    }

    public sealed class Leaf(int number)
    {
        public int Number { get; } = number;
    }

    public sealed record Pair(Leaf First, Leaf Second);

    public sealed record Lists(List<int> All, List<int> Active);

    public sealed record Graph(List<Node> All, Dictionary<Node, int> Index, Node Root);

    public sealed record Group(HashSet<Node> Members, Node Leader);

    public sealed class Node
    {
        public int Number { get; init; }
        public Node? Next { get; set; }
        public Node? Previous { get; set; }
    }

    public sealed record Cons(int Head, Cons? Tail);

    public sealed record Nested(List<Nested> Inner);

    public sealed record Branch(string Name, List<Branch> Branches);

    public sealed class Folder
    {
        public string Name { get; init; } = "";
        public Folder? Parent { get; init; }
        public List<Folder> Children { get; } = [];
    }

    public sealed class City
    {
        public Dictionary<string, City> Neighbours { get; } = [];
    }

    public sealed class Member
    {
        public HashSet<Member> Friends { get; } = [];
    }

    public readonly record struct Link(Weighted Target, int Weight);

    public sealed class Weighted
    {
        public Link Link { get; set; }
    }

    public sealed class Part
    {
        public Part[] Parts { get; set; } = [];
    }

    public sealed class Task
    {
        public int Number { get; init; }
        public Func<int>? Run { get; set; }
    }

    public sealed class Order(int id, Customer customer)
    {
        public int Id { get; } = id;
        public Customer Customer { get; } = customer;
    }

    public sealed class Customer
    {
        public List<Order> Orders { get; } = [];
    }

    public sealed record Side(Leaf Below);

    public sealed record Diamond(Side Left, Side Right);

    public sealed record Level(Level? Left, Level? Right);

    public sealed class Trie
    {
        private readonly SortedDictionary<char, Trie> _next = [];
        private bool _isEnd;

        public void Add(string word)
        {
            var at = this;
            foreach (var c in word)
            {
                if (!at._next.TryGetValue(c, out var next))
                    at._next[c] = next = new Trie();
                at = next;
            }
            at._isEnd = true;
        }

        public bool Has(string word)
        {
            var at = this;
            foreach (var c in word)
            {
                if (!at._next.TryGetValue(c, out at))
                    return false;
            }
            return at._isEnd;
        }
    }

    public sealed record Named(string Name);

    public sealed record Register(List<Named> ById, Dictionary<string, Named> ByName);

    private sealed class IgnoringCase : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.OrdinalIgnoreCase);

        public int GetHashCode(string obj) => obj.ToUpperInvariant().GetHashCode(StringComparison.Ordinal);
    }
}
