using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.ComponentModel;
using static ActorPool.Values.Answer;

namespace ActorPool.Values.Kinds;

/// <summary>The collections of the framework, declared as what they are.</summary>
public sealed class CollectionKinds : IKindSource
{
    private static readonly string[] s_words = ["delta", "alpha", "Echo", "bravo", "charlie"];
    private static readonly Dictionary<string, int> s_map = new() { ["a"] = 1, ["b"] = 2, ["c"] = 3 };

    public IEnumerable<Kind> Create() =>
    [
        Kind.Of("List", () => new List<int> { 3, 1, 2 }, v => Items(v)),
        Kind.Of("List: null", () => (List<int>?)null, v => Of(v is null)),
        Kind.Of("List of texts", () => new List<string?> { "a", null }, v => Items(v)),
        Kind.Of("List of lists", () => new List<List<int>> { new() { 1 }, new() }, v => Of(v[0][0], v[1].Count)),
        Kind.Of("List of objects", () => new List<object?> { 1, "a", null, 1.5m }, v => Items(v.Select(x => $"{x?.GetType().Name} {x}"))),
        Kind.Of("Dictionary", () => new Dictionary<string, int>(s_map), v => Of(v["b"], v.Count, v.ContainsKey("B"))),
        Kind.Of("Dictionary: order", () => new Dictionary<int, int> { [3] = 1, [1] = 2, [2] = 3 }, v => Items(v.Keys)),
        Kind.Of("Dictionary: beside its keys", () => MakeMenu(new Dictionary<string, int>(s_map)), v => Of(v.Add("z"), v.Names.Count)),
        Kind.Of("SortedList: beside its keys", () => MakeMenu(new SortedList<string, int>(s_map)), v => Of(v.Add("z"), v.Names.Count)),
        Kind.Of("List: beside a query of it", () => MakeReport([1, 2]), v => Of(v.Add(4), v.Even.Count())),
        Kind.Of("Dictionary: keys are sets",
            () => new Dictionary<HashSet<int>, string>(HashSet<int>.CreateSetComparer()) { [[1, 2]] = "a" }, v => Of(v[[2, 1]])),
        Kind.Of("SortedSet: comparer of a base class", () => new SortedSet<string>(Comparer<object>.Default) { "b", "a" }, v => Items(v)),
        Kind.Of("Dictionary of objects", () => new Dictionary<string, object?> { ["a"] = 1, ["b"] = "x", ["c"] = null, ["d"] = s_words },
            v => Of(v["a"], v["b"], v["c"], ((string[])v["d"]!)[0])),
        Kind.Of("Dictionary: record keys", () => new Dictionary<Key, int> { [new(1, "a")] = 5 }, v => Of(v[new(1, "a")])),
        Kind.Of("Dictionary: tuple keys", () => new Dictionary<(int, string), int> { [(1, "a")] = 5 }, v => Of(v[(1, "a")])),
        Kind.Of("Dictionary: object keys", () => new Dictionary<object, int> { ["a"] = 1, [2] = 2 }, v => Of(v["a"], v[2])),
        Kind.Of("HashSet", () => new HashSet<string>(s_words), v => Of(v.Contains("alpha"), v.Contains("ALPHA"), v.Count)),
        Kind.Of("SortedSet", () => new SortedSet<string>(s_words), v => Of(Items(v), s_words.All(v.Contains))),
        Kind.Of("SortedDictionary", () => new SortedDictionary<string, int>(s_map), v => Of(Items(v.Keys), v["b"])),
        Kind.Of("SortedList", () => new SortedList<string, int>(s_map), v => Of(Items(v.Values), v.IndexOfKey("c"))),
        Kind.Of("LinkedList", () => new LinkedList<int>([1, 2, 3]), v => Of(Items(v), v.Last!.Previous!.Value)),
        Kind.Of("LinkedListNode", () => new LinkedList<int>([1, 2, 3]).First!.Next!, v => Of(v.Value, v.Next!.Value)),
        Kind.Of("Queue", () => new Queue<int>([1, 2, 3]), v => Of(Items(v), v.Peek())),
        Kind.Of("Stack", () => new Stack<int>([1, 2, 3]), v => Of(Items(v), v.Peek())),
        Kind.Of("PriorityQueue", () => new PriorityQueue<string, int>([("b", 2), ("a", 1), ("c", 3)]), v => Of(v.Peek(), v.Count)),
        Kind.Of("OrderedDictionary", () => new OrderedDictionary<string, int>(s_map), v => Of(v.GetAt(1).Key, v.IndexOf("c"))),
        Kind.Of("ReadOnlyCollection", () => new ReadOnlyCollection<int>([1, 2]), v => Items(v)),
        Kind.Of("ReadOnlyDictionary", () => new ReadOnlyDictionary<string, int>(s_map), v => Of(v["b"], v.Count)),
        Kind.Of("ReadOnlySet", () => new ReadOnlySet<string>(new HashSet<string>(s_words)), v => Of(v.Contains("alpha"), v.Count)),
        Kind.Of("Collection", () => new Collection<int>([1, 2]), v => Items(v)),
        Kind.Of("ObservableCollection", () => new ObservableCollection<int>(new[] { 1, 2 }), v => Items(v)),
        Kind.Of("ObservableCollection with a handler", MakeWatched, v => Items(v)),
        Kind.Of("ReadOnlyObservableCollection", () => new ReadOnlyObservableCollection<int>([1, 2]), v => Items(v)),
        Kind.Of("BindingList", () => new BindingList<int>([1, 2]), v => Items(v)),
        Kind.Of("KeyedCollection", () => new Words { "one", "three" }, v => Of(v[3], v.Contains(5))),
        Kind.Of("Keys of a dictionary", () => new Dictionary<string, int>(s_map).Keys, v => Of(Items(v), v.Contains("b"))),
        Kind.Of("Values of a dictionary", () => new Dictionary<string, int>(s_map).Values, v => Items(v)),
        Kind.Of("Keys of a sorted dictionary", () => new SortedDictionary<string, int>(s_map).Keys, v => Items(v)),
        Kind.Of("ConcurrentDictionary", () => new ConcurrentDictionary<string, int>(s_map), v => Of(v["b"], Sorted(v.Keys))),
        Kind.Of("ConcurrentQueue", () => new ConcurrentQueue<int>([1, 2, 3]), v => Items(v)),
        Kind.Of("ConcurrentStack", () => new ConcurrentStack<int>([1, 2, 3]), v => Items(v)),
        Kind.Of("ConcurrentBag", () => new ConcurrentBag<int>([1, 2, 3]), v => Sorted(v)),
        Kind.Of("BlockingCollection", () => new BlockingCollection<int> { 1, 2 }, v => Items(v)),
        Kind.Of("ImmutableArray", () => ImmutableArray.Create(1, 2, 3), v => Items(v)),
        Kind.Of("ImmutableArray: default", () => default(ImmutableArray<int>), v => Of(v.IsDefault)),
        Kind.Of("ImmutableArray: empty", () => ImmutableArray<int>.Empty, v => Of(v.IsDefault, v.IsEmpty)),
        Kind.Of("ImmutableArray?: null", () => (ImmutableArray<int>?)null, v => Of(v is null)),
        Kind.Of("ImmutableList", () => ImmutableList.Create(1, 2, 3), v => Items(v)),
        Kind.Of("ImmutableQueue", () => ImmutableQueue.Create(1, 2, 3), v => Items(v)),
        Kind.Of("ImmutableStack", () => ImmutableStack.Create(1, 2, 3), v => Items(v)),
        Kind.Of("ImmutableHashSet", () => s_words.ToImmutableHashSet(), v => Of(Sorted(v), s_words.All(v.Contains))),
        Kind.Of("ImmutableSortedSet", () => s_words.ToImmutableSortedSet(), v => Of(Items(v), s_words.All(v.Contains))),
        Kind.Of("ImmutableDictionary", () => s_map.ToImmutableDictionary(), v => Of(v["b"], v.Count)),
        Kind.Of("ImmutableSortedDictionary", () => s_map.ToImmutableSortedDictionary(), v => Of(v["b"], Items(v.Keys))),
        Kind.Of("ImmutableArray.Builder", MakeBuilder, v => Items(v)),
        Kind.Of("ImmutableDictionary.Builder", () => s_map.ToImmutableDictionary().ToBuilder(), v => Of(v["b"], v.Count)),
        Kind.Of("FrozenSet", () => s_words.ToFrozenSet(), v => Of(Sorted(v), v.Contains("alpha"), v.Contains("ALPHA"))),
        Kind.Of("FrozenSet of numbers", () => Enumerable.Range(0, 50).ToFrozenSet(), v => Of(v.Contains(49), v.Contains(50))),
        Kind.Of("FrozenDictionary", () => s_map.ToFrozenDictionary(), v => Of(v["b"], v.Count)),
        Kind.Of("ArrayList", () => new ArrayList { 1, "a", null }, v => Of(v[0], v[1], v[2], v.Count)),
        Kind.Of("Hashtable", () => new Hashtable { ["a"] = 1, [2] = "b" }, v => Of(v["a"], v[2], v.Count)),
        Kind.Of("Queue without a type", () => new Queue(new[] { 1, 2 }), v => Of(v.Peek(), v.Count)),
        Kind.Of("Stack without a type", () => new Stack(new[] { 1, 2 }), v => Of(v.Peek(), v.Count)),
        Kind.Of("SortedList without a type", () => new SortedList { ["b"] = 1, ["a"] = 2 }, v => Of(v.GetByIndex(0), v["b"])),
        Kind.Of("NameValueCollection", MakeNames, v => Of(v["A"], v.GetValues("b")!.Length, v.Count)),
        Kind.Of("StringCollection", () => new StringCollection { "a", "b" }, v => Of(v[1], v.Contains("a"))),
        Kind.Of("StringDictionary", () => new StringDictionary { ["A"] = "x" }, v => Of(v["a"])),
        Kind.Of("HybridDictionary", () => new HybridDictionary(caseInsensitive: true) { ["a"] = 1 }, v => Of(v["A"])),
        Kind.Of("ListDictionary", () => new ListDictionary { ["a"] = 1 }, v => Of(v["a"])),
        Kind.Of("OrderedDictionary without types", () => new OrderedDictionary { ["b"] = 1, ["a"] = 2 }, v => Of(v[0], v["a"])),
        Kind.Of("class that derives from List", () => new Route { 1, 2, 3 }, v => Of(Items(v), v.Name, v.Total)),
        Kind.Of("class that derives from Dictionary", () => new Settings { ["A"] = "x" }, v => Of(v["a"], v.Version)),
        Kind.Of("class that derives from HashSet", () => new Tags { "a" }, v => Of(v.Contains("A"), v.Owner)),
        Kind.Of("class that derives from Collection", () => new Positive { 1, 2 }, v => Of(Items(v), v.Inserted)),
        Kind.Of("class that derives from Queue", () => new Line { Name = "x" }, v => Of(v.Name, v.Count)),
        Kind.Of("class that derives from Stack", () => new Pile { Name = "x" }, v => Of(v.Name, v.Count)),
        Kind.Of("class that derives from ObservableCollection", () => new Shown { 1, 2 }, v => Of(Items(v), v.Name)),
        Kind.Of("class that derives from SortedSet", () => new Ordered { "b", "A" }, v => Of(Items(v), v.Contains("a"))),
        Kind.Of("class that derives from ConcurrentDictionary", () => new Table { ["b"] = 1 }, v => Of(v["B"], v.Count)),
        Kind.Of("class that is a collection of its own", () => new Ring(3) { 1, 2, 3, 4 }, v => Items(v)),
        Kind.Of("empty collections", () => (new List<int>(), new Dictionary<string, int>(), new HashSet<int>(), new Queue<int>()),
            v => Of(v.Item1.Count, v.Item2.Count, v.Item3.Count, v.Item4.Count)),
    ];

    private static ImmutableArray<int>.Builder MakeBuilder()
    {
        var builder = ImmutableArray.CreateBuilder<int>();
        builder.AddRange(1, 2);
        return builder;
    }

    private static ObservableCollection<int> MakeWatched()
    {
        var items = new ObservableCollection<int> { 1, 2 };
        items.CollectionChanged += static (_, _) => { };
        return items;
    }

    private static NameValueCollection MakeNames()
    {
        var names = new NameValueCollection { { "a", "1" }, { "b", "2" } };
        names.Add("B", "3");
        return names;
    }

    private static Menu MakeMenu(IDictionary<string, int> all) => new(all, all.Keys);

    private static Report MakeReport(List<int> numbers) => new(numbers, numbers.Where(x => x % 2 == 0));

    public sealed record Menu(IDictionary<string, int> All, ICollection<string> Names)
    {
        public int Add(string name)
        {
            All.Add(name, 1);
            return All.Count;
        }
    }

    public sealed record Report(List<int> Numbers, IEnumerable<int> Even)
    {
        public int Add(int number)
        {
            Numbers.Add(number);
            return Numbers.Count;
        }
    }

    public sealed record Key(int Number, string Text);

    public sealed class Words : KeyedCollection<int, string>
    {
        protected override int GetKeyForItem(string item) => item.Length;
    }

    public sealed class Route : List<int>
    {
        public string Name { get; set; } = "route";

        public int Total => this.Sum();
    }

    public sealed class Settings() : Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        public int Version { get; set; } = 4;
    }

    public sealed class Tags() : HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        public string Owner { get; set; } = "me";
    }

    public sealed class Positive : Collection<int>
    {
        public int Inserted { get; private set; }

        protected override void InsertItem(int index, int item)
        {
            Inserted++;
            base.InsertItem(index, Math.Abs(item));
        }
    }

    public sealed class Pile : Stack<int>
    {
        public string Name { get; set; } = "";
    }

    public sealed class Shown : ObservableCollection<int>
    {
        public string Name { get; set; } = "shown";
    }

    public sealed class Ordered() : SortedSet<string>(StringComparer.OrdinalIgnoreCase);

    public sealed class Table() : ConcurrentDictionary<string, int>(StringComparer.OrdinalIgnoreCase);

    public sealed class Line : Queue<int>
    {
        public string Name { get; set; } = "";
    }

    public sealed class Ring(int size) : IEnumerable<int>
    {
        private readonly int[] _items = new int[size];
        private int _next;

        public void Add(int item) => _items[_next++ % _items.Length] = item;

        public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)_items).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
