using System.Collections;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using static ActorPool.Values.Answer;

namespace ActorPool.Values.Kinds;

/// <summary>Values that are declared as an interface, a base class or an object.</summary>
public sealed class InterfaceKinds : IKindSource
{
    private static readonly string[] s_words = ["b", "A", "c"];

    public IEnumerable<Kind> Create() =>
    [
        Kind.Of<object>("object: int", () => 5, v => Of(v.GetType().Name, v)),
        Kind.Of<object>("object: string", () => "text", v => Of(v.GetType().Name, v)),
        Kind.Of<object?>("object: null", () => null, v => Of(v is null)),
        Kind.Of<object>("object: decimal", () => 1.10m, v => Of(v.GetType().Name, v)),
        Kind.Of<object>("object: enum", () => DayOfWeek.Friday, v => Of(v.GetType().Name, v)),
        Kind.Of<object>("object: an array", () => new[] { 1, 2 }, v => Of(v.GetType().Name, ((int[])v)[1])),
        Kind.Of<object>("object: a list", () => new List<string> { "a" }, v => Of(v.GetType().Name, ((List<string>)v)[0])),
        Kind.Of<object>("object: a dictionary", () => new Dictionary<string, object> { ["a"] = 1 },
            v => Of(((Dictionary<string, object>)v)["a"])),
        Kind.Of<object>("object: a record", () => new Point(1, 2), v => Of(v.Equals(new Point(1, 2)))),
        Kind.Of<object>("object: a struct", () => new Size(3, 4), v => Of(v.Equals(new Size(3, 4)))),
        Kind.Of<object>("object: an anonymous type", () => new { A = 1, B = "x" }, v => Of(v)),
        Kind.Of<object>("object: a tuple", () => (1, "a"), v => Of(v)),
        Kind.Of<object>("object: only an object", () => new object(), v => Of(v.GetType().Name)),
        Kind.Of<ValueType>("ValueType: a DateTime", () => DateTime.UnixEpoch, v => Of(v.GetType().Name, v)),
        Kind.Of<Enum>("Enum: a DayOfWeek", () => DayOfWeek.Monday, v => Of(v.GetType().Name, v)),
        Kind.Of<Shape>("abstract class: Circle", () => new Circle { Radius = 2 }, v => Of(v.Area())),
        Kind.Of<Shape?>("abstract class: null", () => null, v => Of(v is null)),
        Kind.Of("abstract class: list", () => new List<Shape> { new Circle { Radius = 2 }, new Square { Side = 3 } },
            v => Items(v.Select(x => x.Area()))),
        Kind.Of("abstract class: dictionary", () => new Dictionary<string, Shape> { ["a"] = new Square { Side = 3 } },
            v => Of(v["a"].Area())),
        Kind.Of("abstract class: field", () => new Drawing(new Circle { Radius = 1 }, [new Square { Side = 3 }]),
            v => Of(v.Main.Area(), v.Others[0].Area())),
        Kind.Of("base class: derived", () => new List<Person> { new Manager { Name = "A", Reports = 3 }, new() { Name = "B" } },
            v => Items(v.Select(x => x.Describe()))),
        Kind.Of<Person>("base class: itself", () => new Person { Name = "A" }, v => Of(v.Describe(), v.GetType().Name)),
        Kind.Of<Event>("base record: derived", () => new Paid(1, 12.5m), v => Of(v, v.Equals(new Paid(1, 12.5m)))),
        Kind.Of("base record: list", () => new List<Event> { new Paid(1, 2), new Shipped(2, "DHL") }, v => Items(v)),
        Kind.Of<IShape>("interface of its own", () => new Circle { Radius = 3 }, v => Of(v.Area())),
        Kind.Of<IShape>("interface of its own: a struct", () => new Dot(4), v => Of(v.Area())),
        Kind.Of("interface of its own: array", () => new IShape[] { new Dot(4), new Circle { Radius = 1 } },
            v => Items(v.Select(x => x.Area()))),
        Kind.Of<IBox<int>>("generic interface", () => new Box<int>(5), v => Of(v.Content)),
        Kind.Of<IBox<object>>("generic interface: covariant", () => new Box<string>("a"), v => Of(v.Content)),
        Kind.Of<INamed>("interface with a default method", () => new Named("x"), v => Of(v.Greet())),
        Kind.Of<IComparable>("IComparable", () => 5, v => Of(v.CompareTo(4))),
        Kind.Of<IComparable<string>>("IComparable of string", () => "b", v => Of(v.CompareTo("a"))),
        Kind.Of<IFormattable>("IFormattable", () => 1.5, v => Of(v)),
        Kind.Of<IConvertible>("IConvertible", () => 7, v => Of(v.ToDouble(null))),
        Kind.Of<IEquatable<int>>("IEquatable", () => 7, v => Of(v.Equals(7))),
        Kind.Of<ICloneable>("ICloneable", () => "text", v => Of(v.Clone())),
        Kind.Of<ITuple>("ITuple", () => (1, "a", 3), v => Of(v.Length, v[1])),
        Kind.Of<IStructuralEquatable>("IStructuralEquatable", () => (1, 2), v => Of(v.Equals((1, 2), EqualityComparer<int>.Default))),
        Kind.Of<IEnumerable>("IEnumerable without a type", () => new List<int> { 1, 2 }, v => Items(v.Cast<object>())),
        Kind.Of<IList>("IList without a type", () => new List<int> { 1, 2 }, v => Of(v[1], v.GetType().Name)),
        Kind.Of<IDictionary>("IDictionary without types", () => new Dictionary<string, int> { ["a"] = 1 }, v => Of(v["a"])),
        Kind.Of<ICollection>("ICollection without a type", () => new Queue<int>([1, 2]), v => Of(v.Count)),
        Kind.Of<IEnumerable<int>>("IEnumerable: an array", () => new[] { 1, 2 }, v => Of(Items(v), v.Count())),
        Kind.Of<IEnumerable<int>>("IEnumerable: a list", () => new List<int> { 1, 2 }, v => Items(v)),
        Kind.Of<IEnumerable<int>>("IEnumerable: a stack", () => new Stack<int>([1, 2]), v => Items(v)),
        Kind.Of<IList<int>>("IList: an array", () => new[] { 1, 2 }, v => Of(v[1], v.IsReadOnly, Adds(v))),
        Kind.Of<IList<int>>("IList: a list", () => new List<int> { 1, 2 }, v => Of(v[1], v.IsReadOnly)),
        Kind.Of<IList<int>>("IList: a read-only collection", () => new ReadOnlyCollection<int>([1, 2]),
            v => Of(v[1], v.IsReadOnly, Adds(v))),
        Kind.Of<IList<int>>("IList: an ImmutableList", () => ImmutableList.Create(1, 2), v => Of(v[1], v.IsReadOnly, Adds(v))),
        Kind.Of<IReadOnlyList<int>>("IReadOnlyList: an array", () => new[] { 1, 2 }, v => Of(v[1], v.Count)),
        Kind.Of<IReadOnlyList<int>>("IReadOnlyList: a list", () => new List<int> { 1, 2 }, v => Of(v[1], v.Count)),
        Kind.Of<IReadOnlyList<int>>("IReadOnlyList: an ImmutableArray", () => ImmutableArray.Create(1, 2), v => Of(v[1], v.Count)),
        Kind.Of<IReadOnlyCollection<int>>("IReadOnlyCollection: a queue", () => new Queue<int>([1, 2]), v => Of(Items(v), v.Count)),
        Kind.Of<IReadOnlyCollection<int>>("IReadOnlyCollection: a SortedSet", () => new SortedSet<int> { 2, 1 }, v => Items(v)),
        Kind.Of<ICollection<int>>("ICollection: a LinkedList", () => new LinkedList<int>([1, 2]), v => Of(Items(v), v.Contains(2))),
        Kind.Of<ICollection<string>>("ICollection: a HashSet stays a set", () => new HashSet<string>(s_words), v => Of(AddsTwice(v))),
        Kind.Of<ICollection<int>>("ICollection: keys", () => new Dictionary<int, int> { [1] = 2 }.Keys,
            v => Of(v.Contains(1), v.IsReadOnly)),
        Kind.Of<ISet<int>>("ISet: a SortedSet stays sorted", () => new SortedSet<int> { 3, 1, 2 }, v => Items(v)),
        Kind.Of<IReadOnlySet<int>>("IReadOnlySet: a SortedSet", () => new SortedSet<int> { 3, 1, 2 }, v => Items(v)),
        Kind.Of<IReadOnlySet<string>>("IReadOnlySet: a HashSet ignoring case",
            () => new HashSet<string>(s_words, StringComparer.OrdinalIgnoreCase),
            v => Of(v.Contains("a"), v.IsSupersetOf(["B"]))),
        Kind.Of<IDictionary<string, int>>("IDictionary: read-only",
            () => new ReadOnlyDictionary<string, int>(new Dictionary<string, int>()),
            v => Of(v.IsReadOnly)),
        Kind.Of<IDictionary<string, object?>>("IDictionary: an ExpandoObject", () => MakeExpando(), v => Of(v["a"], v["b"])),
        Kind.Of<IReadOnlyDictionary<string, IReadOnlyList<int>>>("interfaces inside interfaces",
            () => new Dictionary<string, IReadOnlyList<int>> { ["a"] = ImmutableList.Create(1, 2) }, v => Of(v["a"][1])),
        Kind.Of<IImmutableList<int>>("IImmutableList", () => ImmutableList.Create(1, 2), v => Of(Items(v), v.Add(3).Count)),
        Kind.Of<IImmutableQueue<int>>("IImmutableQueue", () => ImmutableQueue.Create(1, 2), v => Of(v.Peek())),
        Kind.Of<IImmutableStack<int>>("IImmutableStack", () => ImmutableStack.Create(1, 2), v => Of(v.Peek())),
        Kind.Of("ILookup", () => s_words.ToLookup(word => word.Length), v => Of(Items(v[1]), v.Count)),
        Kind.Of("ILookup: a null key", () => s_words.ToLookup(word => word is "b" ? null : word), v => Of(Items(v[null]), v.Count)),
        Kind.Of("IGrouping", () => s_words.GroupBy(word => word.Length).First(), v => Of(v.Key, Items(v))),
        Kind.Of("groupings", () => s_words.GroupBy(word => word is "b").ToList(),
            v => Items(v.Select(group => Of(group.Key, Items(group))))),
        Kind.Of("iterator", () => Count(4), v => Items(v)),
        Kind.Of("Range of LINQ", () => Enumerable.Range(1, 4), v => Items(v)),
        Kind.Of("Select of LINQ", () => s_words.Select(word => word.ToUpperInvariant()), v => Items(v)),
        Kind.Of("Where of LINQ", () => s_words.Where(word => word is not "b"), v => Items(v)),
        Kind.Of("OrderBy of LINQ", () => s_words.OrderBy(word => word, StringComparer.Ordinal), v => Items(v)),
        Kind.Of("Zip of LINQ", () => s_words.Zip([1, 2, 3]), v => Items(v)),
        Kind.Of("Chunk of LINQ", () => Enumerable.Range(0, 5).Chunk(2), v => Items(v.Select(part => Items(part)))),
        Kind.Of("IQueryable", () => s_words.AsQueryable().Where(word => word != "b"), v => Items(v)),
        Kind.Of<IEnumerator<int>>("IEnumerator", () => new List<int> { 1, 2 }.GetEnumerator(), v => Of(v.MoveNext(), v.Current)),
        Kind.Of("List.Enumerator", () => new List<int> { 1, 2 }.GetEnumerator(), v => Of(v.MoveNext(), v.Current)),
        Kind.Of("IAsyncEnumerable", () => CountAsync(), v => Of(v.ToBlockingEnumerable().Sum())),
    ];

    private static bool Adds(ICollection<int> items)
    {
        try
        {
            items.Add(3);
            return true;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }

    private static int AddsTwice(ICollection<string> items)
    {
        items.Add("x");
        items.Add("x");
        return items.Count;
    }

    private static IDictionary<string, object?> MakeExpando()
    {
        IDictionary<string, object?> expando = new System.Dynamic.ExpandoObject();
        (expando["a"], expando["b"]) = (1, "x");
        return expando;
    }

    private static IEnumerable<int> Count(int to)
    {
        for (var i = 0; i < to; i++)
            yield return i;
    }

    private static async IAsyncEnumerable<int> CountAsync()
    {
        await Task.Yield();
        yield return 1;
        yield return 2;
    }

    public sealed record Point(int X, int Y);

    public readonly record struct Size(int Width, int Height);

    public interface IShape
    {
        double Area();
    }

    public abstract class Shape : IShape
    {
        public abstract double Area();
    }

    public sealed class Circle : Shape
    {
        public double Radius { get; init; }

        public override double Area() => 3 * Radius * Radius;
    }

    public sealed class Square : Shape
    {
        public double Side { get; init; }

        public override double Area() => Side * Side;
    }

    public readonly struct Dot(double area) : IShape
    {
        public double Area() => area;
    }

    public sealed record Drawing(Shape Main, IReadOnlyList<IShape> Others);

    public class Person
    {
        public string Name { get; init; } = "";

        public virtual string Describe() => Name;
    }

    public sealed class Manager : Person
    {
        public int Reports { get; init; }

        public override string Describe() => $"{Name} leads {Reports}";
    }

    public abstract record Event(int Id);

    public sealed record Paid(int Id, decimal Amount) : Event(Id);

    public sealed record Shipped(int Id, string By) : Event(Id);

    public interface IBox<out T>
    {
        T Content { get; }
    }

    public sealed class Box<T>(T content) : IBox<T>
    {
        public T Content { get; } = content;
    }

    public interface INamed
    {
        string Name { get; }

        string Greet() => $"hello {Name}";
    }

    public sealed record Named(string Name) : INamed;
}
