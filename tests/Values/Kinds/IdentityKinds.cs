using System.Collections.Immutable;
using System.Reflection;
using static ActorPool.Values.Answer;

namespace ActorPool.Values.Kinds;

/// <summary>Objects that are compared by reference with a static field.</summary>
public sealed class IdentityKinds : IKindSource
{
    public IEnumerable<Kind> Create() =>
    [
        Kind.Of("type-safe enum", () => Color.Red, v => Of(v == Color.Red, v == Color.Green, v.Name)),
        Kind.Of("type-safe enum: as key", () => new Dictionary<Color, int> { [Color.Green] = 2 }, v => Of(v.ContainsKey(Color.Green))),
        Kind.Of("type-safe enum: list", () => new List<Color> { Color.Red, Color.Green, Color.Red },
            v => Of(v.Count(x => x == Color.Red), v.IndexOf(Color.Green))),
        Kind.Of("type-safe enum: field", () => new Car("x", Color.Green), v => Of(v == new Car("x", Color.Green))),
        Kind.Of("type-safe enum: switch", () => Color.Green, v => Of(v == Color.Red ? "stop" : v == Color.Green ? "go" : "unknown")),
        Kind.Of("type-safe enum: behaviour in derived classes", () => Operation.Times, v => Of(v.Apply(3, 4), v == Operation.Times)),
        Kind.Of("type-safe enum: base class of its own", () => Status.Done, v => Of(v == Status.Done, Status.All().Contains(v))),
        Kind.Of("type-safe enum: property without a field", () => Level.High, v => Of(v == Level.High, v.Number)),
        Kind.Of("type-safe enum: lazy", () => Unit.Gram, v => Of(ReferenceEquals(v, Unit.Gram), v.Symbol)),
        Kind.Of("type-safe enum: public fields", () => OpenLevel.High, v => Of(v == OpenLevel.High, v.Weight)),
        Kind.Of("type-safe enum: not one of them", () => new Color("red"), v => Of(v == Color.Red, v.Name)),
        Kind.Of("type-safe enum: record", () => Currency.Euro, v => Of(ReferenceEquals(v, Currency.Euro), v == new Currency("EUR"))),
        Kind.Of("null object", () => Logger.None, v => Of(ReferenceEquals(v, Logger.None), v.IsEnabled)),
        Kind.Of<ILog>("null object behind an interface", () => NullLog.Instance, v => Of(v == NullLog.Instance)),
        Kind.Of("static field of an interface", () => IShape.Empty, v => Of(v == IShape.Empty, v.Area)),
        Kind.Of<object>("static field of an interface: as object", () => IShape.Unit, v => Of(v == IShape.Unit, v == IShape.Empty)),
        Kind.Of("static field of an interface: field", () => new Frame(IShape.Unit), v => Of(v.Shape == IShape.Unit)),
        Kind.Of("comparer held as an interface", () => new Held(ByLength.Instance), v => Of(v.Comparer == ByLength.Instance)),
        Kind.Of("option: none", () => Option<int>.None, v => Of(v == Option<int>.None, v.HasValue)),
        Kind.Of("option: some", () => Option<int>.Some(5), v => Of(v == Option<int>.None, v.Value)),
        Kind.Of("option: none of strings in a list", () => new List<Option<string>> { Option<string>.None, Option<string>.Some("a") },
            v => Of(v.Count(x => x != Option<string>.None))),
        Kind.Of("list of its own with a sentinel", () => Chain.Nil.Push(1).Push(2), v => Of(v.Count, v.Sum)),
        Kind.Of("list of its own: the sentinel", () => Chain.Nil, v => Of(v == Chain.Nil, v.Count)),
        Kind.Of("tree with a sentinel leaf", () => Tree.Empty.Add(2).Add(1).Add(3), v => Of(v.Count, v.Has(3), v.Has(4))),
        Kind.Of("marker for what is missing", () => new Dictionary<string, object> { ["a"] = Marker.Missing },
            v => Of(v["a"] == Marker.Missing)),
        Kind.Of("marker: an object", () => new Slot(Slot.Unset), v => Of(v.IsSet)),
        Kind.Of("sentinel of the enclosing class", () => new Wood(), v => Of(v.IsEmpty)),
        Kind.Of("constants of a class inside", () => Coin.Known.Penny, v => Of(ReferenceEquals(v, Coin.Known.Penny), v.Cents)),
        Kind.Of("static field with what the process has", () => Started.Here,
            v => Of(ReferenceEquals(v, Started.Here), v.IsOf(Environment.ProcessId))),
        Kind.Of("states of a machine", () => new Door(), v => Of(v.Toggle(), v.Toggle(), v.Toggle())),
        Kind.Of("strategy in a field", () => new Sorter(Sorter.Down), v => Items(v.Sort(3, 1, 2))),
        Kind.Of("static field that can change", () => Mutable.Default, v => Of(v.Number)),
        Kind.Of("struct with a static value", () => Angle.Right, v => Of(v == Angle.Right)),
        Kind.Of("DBNull", () => DBNull.Value, v => Of(v == DBNull.Value)),
        Kind.Of<object>("DBNull as object", () => DBNull.Value, v => Of(v == DBNull.Value, v is DBNull)),
        Kind.Of<object>("Missing", () => Missing.Value, v => Of(v == Missing.Value)),
        Kind.Of("EventArgs.Empty", () => EventArgs.Empty, v => Of(v == EventArgs.Empty)),
        Kind.Of("Stream.Null", () => Stream.Null, v => Of(v == Stream.Null, v.CanRead)),
        Kind.Of("TextWriter.Null", () => TextWriter.Null, v => Of(v == TextWriter.Null)),
        Kind.Of("Random.Shared", () => Random.Shared, v => Of(v == Random.Shared)),
        Kind.Of("ImmutableList.Empty", () => ImmutableList<int>.Empty, v => Of(v == ImmutableList<int>.Empty)),
        Kind.Of("ImmutableDictionary.Empty", () => ImmutableDictionary<string, int>.Empty,
            v => Of(v == ImmutableDictionary<string, int>.Empty)),
        Kind.Of("EqualityComparer.Default", () => EqualityComparer<int>.Default,
            v => Of(v == EqualityComparer<int>.Default, v.Equals(1, 1))),
        Kind.Of("Comparer.Default", () => Comparer<int>.Default, v => Of(v == Comparer<int>.Default, v.Compare(1, 2))),
        Kind.Of<IEqualityComparer<object?>>("ReferenceEqualityComparer", () => ReferenceEqualityComparer.Instance,
            v => Of(v == ReferenceEqualityComparer.Instance)),
        Kind.Of("StringComparer.Ordinal", () => StringComparer.Ordinal, v => Of(v == StringComparer.Ordinal, v.Equals("a", "A"))),
        Kind.Of("StringComparer.OrdinalIgnoreCase", () => StringComparer.OrdinalIgnoreCase,
            v => Of(v == StringComparer.OrdinalIgnoreCase, v.Equals("a", "A"))),
        Kind.Of("dictionary by reference", MakeByReference, v => Of(v.Map.ContainsKey(v.Key), v.Map.ContainsKey(new string("key")))),
        Kind.Of("string.Empty", () => string.Empty, v => Of(ReferenceEquals(v, string.Empty))),
        Kind.Of("literal", () => "a literal", v => Of(v == "a literal", v.GetHashCode() == "a literal".GetHashCode())),
    ];

    private static ByReference MakeByReference()
    {
        var key = new string("key");
        return new(new Dictionary<object, int>(ReferenceEqualityComparer.Instance) { [key] = 1 }, key);
    }

    public interface IShape
    {
        static readonly IShape Empty = new Square(0);
        static readonly IShape Unit = new Square(1);

        int Area { get; }
    }

    private sealed class Square(int side) : IShape
    {
        private readonly int _side = side;

        public int Area => _side * _side;
    }

    public sealed record Frame(IShape Shape);

    public sealed record Held(IComparer<string> Comparer);

    private sealed class ByLength : IComparer<string>
    {
        public static readonly IComparer<string> Instance = new ByLength();

        public int Compare(string? x, string? y) => (x?.Length ?? 0).CompareTo(y?.Length ?? 0);
    }

    public sealed class Wood
    {
        private static readonly Branch s_end = new();
        private readonly Branch _root = s_end;

        public bool IsEmpty => _root == s_end && _root.Next is null;

        public sealed class Branch
        {
            public Branch? Next { get; set; }
        }
    }

    public sealed class Coin
    {
        private Coin(int cents) => Cents = cents;

        public int Cents { get; }

        public static class Known
        {
            public static readonly Coin Penny = new(1);
        }
    }

    public sealed class Started
    {
        public static readonly Started Here = new(Environment.ProcessId);

        private readonly int _process;

        private Started(int process) => _process = process;

        public bool IsOf(int process) => _process == process;
    }

    public sealed class Color(string name)
    {
        public static readonly Color Red = new("red");
        public static readonly Color Green = new("green");

        public string Name { get; } = name;
    }

    public sealed record Car(string Name, Color Color);

    public abstract class Operation
    {
        public static readonly Operation Plus = new Adding();
        public static readonly Operation Times = new Multiplying();

        private Operation() { }

        public abstract int Apply(int a, int b);

        private sealed class Adding : Operation
        {
            public override int Apply(int a, int b) => a + b;
        }

        private sealed class Multiplying : Operation
        {
            public override int Apply(int a, int b) => a * b;
        }
    }

    public abstract class Enumeration<T>(int id, string name)
        where T : Enumeration<T>
    {
        public int Id { get; } = id;
        public string Name { get; } = name;

        public static IEnumerable<T> All() =>
            typeof(T).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (T)field.GetValue(null)!);
    }

    public sealed class Status : Enumeration<Status>
    {
        public static readonly Status Open = new(1, "open");
        public static readonly Status Done = new(2, "done");

        private Status(int id, string name) : base(id, name) { }
    }

    public sealed class Level
    {
        private Level(int number) => Number = number;

        public static Level Low { get; } = new(1);
        public static Level High { get; } = new(9);

        public int Number { get; }
    }

    public sealed class Unit
    {
        private static readonly Lazy<Unit> s_gram = new(() => new("g"));

        private Unit(string symbol) => Symbol = symbol;

        public static Unit Gram => s_gram.Value;

        public string Symbol { get; }
    }

    public sealed record Currency(string Code)
    {
        public static readonly Currency Euro = new("EUR");
    }

    public class Logger
    {
        public static readonly Logger None = new();

        public bool IsEnabled => this != None;
    }

    public interface ILog;

    public sealed class NullLog : ILog
    {
        public static readonly NullLog Instance = new();
    }

    public sealed class Option<T>
    {
        public static readonly Option<T> None = new(default!);

        private Option(T value) => Value = value;

        public T Value { get; }

        public bool HasValue => this != None;

        public static Option<T> Some(T value) => new(value);
    }

    public sealed class Chain
    {
        public static readonly Chain Nil = new(0, null!);

        private readonly int _head;
        private readonly Chain _tail;

        private Chain(int head, Chain tail) => (_head, _tail) = (head, tail);

        public int Count => this == Nil ? 0 : 1 + _tail.Count;

        public int Sum => this == Nil ? 0 : _head + _tail.Sum;

        public Chain Push(int head) => new(head, this);
    }

    public sealed class Tree
    {
        public static readonly Tree Empty = new(0, null!, null!);

        private readonly int _value;
        private readonly Tree _left;
        private readonly Tree _right;

        private Tree(int value, Tree left, Tree right) => (_value, _left, _right) = (value, left, right);

        public int Count => this == Empty ? 0 : 1 + _left.Count + _right.Count;

        public bool Has(int value) => this != Empty && (value == _value || (value < _value ? _left : _right).Has(value));

        public Tree Add(int value) => this == Empty
            ? new Tree(value, Empty, Empty)
            : value < _value ? new Tree(_value, _left.Add(value), _right) : new Tree(_value, _left, _right.Add(value));
    }

    public sealed class Marker
    {
        public static readonly Marker Missing = new();

        private Marker() { }
    }

    public sealed class Slot(object value)
    {
        public static readonly object Unset = new();

        private readonly object _value = value;

        public bool IsSet => _value != Unset;
    }

    public sealed class Door
    {
        private static readonly State s_open = new("open");
        private static readonly State s_closed = new("closed");

        private State _state = s_open;

        public string Toggle()
        {
            _state = _state == s_open ? s_closed : s_open;
            return _state.Name;
        }

        private sealed record State(string Name);
    }

    public sealed class Sorter(IComparer<int> order)
    {
        public static readonly IComparer<int> Down = Comparer<int>.Create((a, b) => b.CompareTo(a));

        public IEnumerable<int> Sort(params int[] numbers) => numbers.Order(order);
    }

    public sealed class Mutable
    {
        public static readonly Mutable Default = new() { Number = 5 };

        public int Number { get; set; }
    }

    public readonly record struct Angle(double Degrees)
    {
        public static readonly Angle Right = new(90);
    }

    public sealed record ByReference(Dictionary<object, int> Map, string Key);
}
