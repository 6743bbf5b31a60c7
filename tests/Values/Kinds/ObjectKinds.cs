using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.ComponentModel;
using System.Dynamic;
using static ActorPool.Values.Answer;

namespace ActorPool.Values.Kinds;

/// <summary>Classes, records and structs as people write them.</summary>
public sealed class ObjectKinds : IKindSource
{
    public IEnumerable<Kind> Create() =>
    [
        Kind.Of("record", () => new Order(1, "A", [1.5m, 2m]), v => Of(v.Id, v.Customer, v.Prices.Sum())),
        Kind.Of("record: equality", () => new Name("a", "b"),
            v => Of(v == new Name("a", "b"), v.GetHashCode() == new Name("a", "b").GetHashCode())),
        Kind.Of("record: null", () => (Name?)null, v => Of(v is null)),
        Kind.Of("record struct", () => new Position(1, 2), v => Of(v == new Position(1, 2), v)),
        Kind.Of("record: inside records", () => new Outer(new Name("a", "b"), new Position(1, 2)), v => Of(v)),
        Kind.Of("record: with a changed copy", () => new Name("a", "b") with { Last = "c" }, v => Of(v)),
        Kind.Of("record: generic", () => new Pair<int, List<string>>(1, ["a"]), v => Of(v.First, v.Second[0])),
        Kind.Of("class: properties", () => new Settings { Host = "h", Port = 80 }, v => Of(v.Host, v.Port, v.Retries)),
        Kind.Of("class: private fields", () => new Counter(5), v => Of(v.Next(), v.Next())),
        Kind.Of("class: parameters of the constructor", () => new Adder(3), v => Of(v.Add(4))),
        Kind.Of("class: constructor that throws", () => Checked.Create(5), v => Of(v.Value)),
        Kind.Of("class: private constructor", () => Closed.Make("x"), v => Of(v.Text)),
        Kind.Of("class: required and init", () => new Required { Id = 1, Name = "a" }, v => Of(v.Id, v.Name)),
        Kind.Of("class: fields of one name in two classes", () => new Lower(1, 2), v => Of(v.Sum())),
        Kind.Of("class: three levels", () => new Third { A = 1, B = 2, C = 3 }, v => Of(v.A, v.B, v.C)),
        Kind.Of("class: operators", () => new Fraction(1, 3), v => Of(v + new Fraction(1, 6), v == new Fraction(2, 6))),
        Kind.Of("class: indexer", () => new Grid(2) { [0, 1] = 5 }, v => Of(v[0, 1], v[1, 1])),
        Kind.Of("class: nested generic", () => new Tree<int>.Leaf(5), v => Of(v.Value)),
        Kind.Of("class: every primitive", MakeAll, v => Of(v)),
        Kind.Of("class: default values", () => new Defaults(), v => Of(v.Number, v.Text, v.List.Count)),
        Kind.Of("class: cached field", () => new Lazily(4), v => Of(v.Square, v.Square)),
        Kind.Of("class: NonSerialized cache", () => new Cached { Text = "abc" }, v => Of(v.Text, v.Length)),
        Kind.Of("class: lock object", () => new Gated(3), v => Of(v.Increment(), v.Increment())),
        Kind.Of("class: Lock", () => new Locked(3), v => Of(v.Increment())),
        Kind.Of("class: event without handlers", () => new Notifying { Value = 3 }, v => Of(v.Value, v.Raise())),
        Kind.Of("class: event with a handler", MakeNotifying, v => Of(v.Value, v.Raise())),
        Kind.Of("class: delegate field", () => new Rule("big", x => x > 10), v => Of(v.Matches(11), v.Matches(9))),
        Kind.Of("class: delegate field with a capture", () => MakeRule(20), v => Of(v.Matches(21), v.Matches(19))),
        Kind.Of("class: null delegate field", () => new Rule("none", null), v => Of(v.Name, v.Matches(3))),
        Kind.Of("class: function pointer", () => new Operation(), v => Of(v.IsSet)),
        Kind.Of("class: semaphore", () => new Limited(), v => Of(v.Free)),
        Kind.Of("class: INotifyPropertyChanged", () => new Model { Name = "a" }, v => Of(v.Name)),
        Kind.Of("class: IDisposable", () => new Resource(5), v => Of(v.Id)),
        Kind.Of("class: finalizer", () => new Finalized(5), v => Of(v.Id)),
        Kind.Of("class: static counter", () => new Counted("a"), v => Of(v.Name)),
        Kind.Of("class: collection without a setter", () => new Basket { Items = { "a", "b" } }, v => Items(v.Items)),
        Kind.Of("class: read-only view of its list", () => new Team("a", "b"), v => Of(v.Members.Count, v.Members[1], v.AddAndCount("c"))),
        Kind.Of("class: concurrent parts", () => new Index { Words = { ["a"] = new() { [1] = true } } },
            v => Of(v.Words["a"].ContainsKey(1))),
        Kind.Of("class: immutable parts", () => new Snapshot([1, 2], ImmutableDictionary<string, int>.Empty.Add("a", 1)),
            v => Of(Items(v.Numbers), v.Map["a"])),
        Kind.Of("class: proxy that derives from an entity", () => new BlogProxy { Id = 1, Title = "x" }, v => Of(v.Title, v.Loads)),
        Kind.Of<Blog>("class: proxy as its entity", () => new BlogProxy { Id = 1, Title = "x" }, v => Of(v.Title, v.GetType().Name)),
        Kind.Of("class: navigation of an entity", MakeBlog, v => Of(v.Posts[0].Title, v.Posts[0].Blog!.Title)),
        Kind.Of("anonymous type", () => new { A = 1, B = "x" }, v => Of(v.A, v.B, v)),
        Kind.Of("list of anonymous types", () => new[] { new { A = 1 } }.ToList(), v => Of(v[0].A)),
        Kind.Of("Tuple", () => Tuple.Create(1, "a", 2.5), v => Of(v.Item1, v.Item2, v.Item3)),
        Kind.Of("ValueTuple of nine", () => (1, 2, 3, 4, 5, 6, 7, "eight", 9m), v => Of(v.Item8, v.Item9)),
        Kind.Of("tuple with names", () => (Id: 1, Names: new[] { "a" }), v => Of(v.Id, v.Names[0])),
        Kind.Of("KeyValuePair", () => KeyValuePair.Create("a", 1), v => Of(v)),
        Kind.Of("Lazy: made", MakeLazy, v => Of(v.Value)),
        Kind.Of("Lazy: not made yet", () => new Lazy<int>(() => 5), v => Of(v.Value)),
        Kind.Of("ExpandoObject", MakeExpando, v => Of(((IDictionary<string, object?>)v)["a"])),
        Kind.Of("WeakReference", () => new WeakReference<string>("text"), v => Of(v.TryGetTarget(out var text), text)),
        Kind.Of("StrongBox", () => new System.Runtime.CompilerServices.StrongBox<int>(5), v => Of(v.Value)),
        Kind.Of("Random with a seed", () => new Random(5), v => Of(v.Next(), v.Next())),
        Kind.Of("Progress", () => new Progress<int>(), v => Of(v is not null)),
        Kind.Of("AsyncLocal", () => new AsyncLocal<int>(), v => Of(v.Value)),
        Kind.Of("ThreadLocal", () => new ThreadLocal<int>(() => 5), v => Of(v.Value)),
    ];

    private static Everything MakeAll() => new(
        true, 1, -2, 'c', 3, 4, -5, 6, -7, 8, 1.5f, 2.5, 3.5m, "s", DayOfWeek.Monday, null, new DateTime(5, DateTimeKind.Utc), Guid.Empty);

    private static Notifying MakeNotifying()
    {
        var notifying = new Notifying { Value = 3 };
        notifying.Changed += (_, _) => notifying.Value++;
        return notifying;
    }

    private static Rule MakeRule(int limit) => new("limit", x => x > limit);

    private static Lazy<int> MakeLazy()
    {
        var lazy = new Lazy<int>(() => 5);
        _ = lazy.Value;
        return lazy;
    }

    private static ExpandoObject MakeExpando()
    {
        dynamic expando = new ExpandoObject();
        expando.a = 1;
        return expando;
    }

    private static Blog MakeBlog()
    {
        var blog = new Blog { Id = 1, Title = "b" };
        blog.Posts.Add(new Post { Title = "p", Blog = blog });
        return blog;
    }

    public sealed unsafe class Operation
    {
        private readonly delegate*<int, string, void> _function = &Run;

        public bool IsSet => _function is not null;

        private static void Run(int number, string text) { }
    }

    public sealed record Order(int Id, string Customer, IReadOnlyList<decimal> Prices);

    public sealed record Name(string First, string Last);

    public readonly record struct Position(double X, double Y);

    public sealed record Outer(Name Name, Position Position);

    public sealed record Pair<TFirst, TSecond>(TFirst First, TSecond Second);

    public sealed record Everything(
        bool A, byte B, sbyte C, char D, ushort E, uint F, short G, ulong H, long I, int J, float K, double L, decimal M, string N,
        DayOfWeek O, int? P, DateTime Q, Guid R);

    public sealed class Settings
    {
        public string Host { get; set; } = "";
        public int Port { get; init; }
        public int Retries { get; private set; } = 3;
    }

    public sealed class Counter(int start)
    {
        private int _next = start;

        public int Next() => _next++;
    }

    public sealed class Adder(int number)
    {
        public int Add(int other) => number + other;
    }

    public sealed class Checked
    {
        private Checked(int value) => Value = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));

        public int Value { get; }

        public static Checked Create(int value) => new(value);
    }

    public sealed class Closed
    {
        private Closed() { }

        public string Text { get; private set; } = "";

        public static Closed Make(string text) => new() { Text = text };
    }

    public sealed class Required
    {
        public required int Id { get; init; }
        public required string Name { get; init; }
    }

    public class Upper(int number)
    {
        private readonly int _number = number;

        protected int Above => _number;
    }

    public sealed class Lower(int above, int number) : Upper(above)
    {
        private readonly int _number = number;

        public int Sum() => 10 * Above + _number;
    }

    public class First
    {
        public int A { get; set; }
    }

    public class Second : First
    {
        public int B { get; set; }
    }

    public sealed class Third : Second
    {
        public int C { get; set; }
    }

    public sealed class Fraction(int top, int bottom) : IEquatable<Fraction>
    {
        private readonly int _top = top;
        private readonly int _bottom = bottom;

        public static Fraction operator +(Fraction a, Fraction b) => new(a._top * b._bottom + b._top * a._bottom, a._bottom * b._bottom);

        public static bool operator ==(Fraction a, Fraction b) => a.Equals(b);

        public static bool operator !=(Fraction a, Fraction b) => !a.Equals(b);

        public bool Equals(Fraction? other) => other is not null && _top * other._bottom == other._top * _bottom;

        public override bool Equals(object? obj) => Equals(obj as Fraction);

        public override int GetHashCode() => ((double)_top / _bottom).GetHashCode();

        public override string ToString() => $"{_top}/{_bottom}";
    }

    public sealed class Grid(int size)
    {
        private readonly int[,] _cells = new int[size, size];

        public int this[int row, int column]
        {
            get => _cells[row, column];
            set => _cells[row, column] = value;
        }
    }

    public static class Tree<T>
    {
        public sealed record Leaf(T Value);
    }

    public sealed class Defaults
    {
        public int Number = 7;
        public string? Text;
        public List<int> List { get; } = [];
    }

    public sealed class Lazily(int number)
    {
        private int? _square;

        public int Square => _square ??= number * number;
    }

    public sealed class Cached
    {
        [NonSerialized] private string? _seen;
        [NonSerialized] private int _length;

        public string Text { get; set; } = "";

        public int Length
        {
            get
            {
                if (!ReferenceEquals(_seen, Text))
                    (_seen, _length) = (Text, Text.Length);
                return _length;
            }
        }
    }

    public sealed class Gated(int value)
    {
        private readonly object _gate = new();
        private int _value = value;

        public int Increment()
        {
            lock (_gate)
                return ++_value;
        }
    }

    public sealed class Locked(int value)
    {
        private readonly Lock _lock = new();
        private int _value = value;

        public int Increment()
        {
            lock (_lock)
                return ++_value;
        }
    }

    public sealed class Notifying
    {
        public event EventHandler? Changed;

        public int Value { get; set; }

        public int Raise()
        {
            Changed?.Invoke(this, EventArgs.Empty);
            return Value;
        }
    }

    public sealed record Rule(string Name, Func<int, bool>? Predicate)
    {
        public bool Matches(int x) => Predicate?.Invoke(x) ?? false;
    }

    public sealed class Limited
    {
        private readonly SemaphoreSlim _free = new(3);

        public int Free => _free.CurrentCount;
    }

    public sealed class Model : INotifyPropertyChanged
    {
        private string _name = "";

        public event PropertyChangedEventHandler? PropertyChanged;

        public string Name
        {
            get => _name;
            set
            {
                _name = value;
                PropertyChanged?.Invoke(this, new PropertyChangedEventArgs(nameof(Name)));
            }
        }
    }

    public sealed class Resource(int id) : IDisposable
    {
        public int Id { get; } = id;

        public void Dispose() => throw new InvalidOperationException("Nobody disposes of an input.");
    }

    public sealed class Finalized(int id)
    {
        private readonly List<int> _parts = [id];

        ~Finalized() => _parts.Clear();

        public int Id => _parts[0];
    }

    public sealed class Counted
    {
        private static int s_count;

        public Counted(string name) => (Name, _) = (name, ++s_count);

        public string Name { get; }
    }

    public sealed class Basket
    {
        public List<string> Items { get; } = [];
    }

    public sealed class Team
    {
        private readonly List<string> _members;

        public Team(params string[] members)
        {
            _members = [.. members];
            Members = _members.AsReadOnly();
        }

        public IReadOnlyList<string> Members { get; }

        public int AddAndCount(string member)
        {
            _members.Add(member);
            var count = Members.Count;
            _members.Remove(member);
            return count;
        }
    }

    public sealed class Index
    {
        public ConcurrentDictionary<string, ConcurrentDictionary<int, bool>> Words { get; } = new();
    }

    public sealed record Snapshot(ImmutableArray<int> Numbers, IImmutableDictionary<string, int> Map);

    public class Blog
    {
        public int Id { get; set; }
        public virtual string Title { get; set; } = "";
        public virtual List<Post> Posts { get; set; } = [];
    }

    public class Post
    {
        public string Title { get; set; } = "";
        public Blog? Blog { get; set; }
    }

    public sealed class BlogProxy : Blog
    {
        public int Loads { get; private set; }

        public override string Title
        {
            get => base.Title;
            set => (base.Title, Loads) = (value, Loads + 1);
        }
    }
}
