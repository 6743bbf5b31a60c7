#pragma warning disable SYSLIB0050 // .NET's formatters are obsolete, but the contracts for them are in use, also in F#'s library
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Serialization;
using ActorPool.Serialization;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

public sealed class SerializationContractTests
{
    [Fact]
    public async Task Objects_of_static_read_only_fields_arrive_as_those_objects()
    {
        Assert.Same(Color.Red, await TripOneAsync(Color.Red));
        Assert.Same(Color.Dark, (await TripOneAsync(new List<Color> { Color.Red, Color.Dark }))[1]);
        Assert.Equal("red", (await TripOneAsync(new Dictionary<Color, string> { [Color.Red] = "red" }))[Color.Red]);
        Assert.NotSame(Color.Red, await TripOneAsync(new Color("Red")));
        Assert.Same(Maybe<int>.None, await TripOneAsync(Maybe<int>.None));
        Assert.Same(Color.Red, (await TripOneAsync(new object[] { Color.Red }))[0]);
    }

    [Fact]
    public async Task A_sentinel_inside_its_own_type_is_the_sentinel_and_changed_settings_are_a_copy()
    {
        var tree = new Tree { Left = new Tree() };
        var copy = await TripOneAsync(tree);
        Assert.Same(Tree.Nil, copy.Right);
        Assert.Same(Tree.Nil, copy.Left.Left);
        Settings.Default.Factor = 7;
        var settings = await TripOneAsync(Settings.Default);
        Assert.NotSame(Settings.Default, settings);
        Assert.Equal(7, settings.Factor);
    }

    [Fact]
    public async Task A_static_field_around_the_class_or_inside_it_is_found_too()
    {
        Assert.Same(Forest.Leaf, await TripOneAsync(Forest.Leaf));
        var forest = await TripOneAsync(new Forest());
        Assert.Same(Forest.Nil, forest.Root);
        Assert.Same(Shape.Known.Square, await TripOneAsync(Shape.Known.Square));
        Assert.Same(Shelf<int>.Empty, (await TripOneAsync(new List<Shelf<int>.Book> { Shelf<int>.Empty }))[0]);
    }

    [Fact]
    public void The_content_of_a_static_field_tells_whether_it_is_the_same()
    {
        var digest = StaticContent.ComputeDigest(new Region("here", [1, 2]));
        Assert.Equal(digest, StaticContent.ComputeDigest(new Region("here", [1, 2])));
        Assert.NotEqual(digest, StaticContent.ComputeDigest(new Region("there", [1, 2])));
        Assert.NotEqual(digest, StaticContent.ComputeDigest(new Region("here", [1, 3])));
        Assert.NotEqual(digest, StaticContent.ComputeDigest(new Region("here", [1, 2]), "0,2"));
        object[] contents =
        [
            TimeZoneInfo.Utc, TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo"), CultureInfo.InvariantCulture, new Uri("http://a"),
            typeof(int),
            new[,] { { 1 }, { 2 } }, new[,] { { 1, 2 } }, FrozenSet.Create(1), FrozenSet.Create(2), ImmutableList.Create(1, 2),
            ImmutableList.Create(2, 1), new Dog(), new Cat(), new Settings { Factor = 1 }, new Settings { Factor = 2 },
            (Func<int, int>)Math.Abs, new List<int>(), new List<int> { 5 }, new Dictionary<int, string> { [1] = "a" },
            new Dictionary<int, string> { [1] = "b" }, new HashSet<int> { 7 }, Enumerable.Range(0, 300).ToList(),
            Enumerable.Range(0, 301).ToList(),
        ];
        Assert.Equal(contents.Length, contents.Select(content => StaticContent.ComputeDigest(new Holding(content))).Distinct().Count());
        Assert.Equal(
            StaticContent.ComputeDigest(new Holding(FrozenSet.Create(StringComparer.Ordinal, "a", "b"))),
            StaticContent.ComputeDigest(new Holding(FrozenSet.Create(StringComparer.Ordinal, "b", "a"))));
        Assert.Equal(
            StaticContent.ComputeDigest(new Holding(new ConcurrentDictionary<int, int> { [1] = 2 })),
            StaticContent.ComputeDigest(new Holding(new ConcurrentDictionary<int, int>())));
        Assert.NotEqual(
            StaticContent.ComputeDigest(new Region("", []) { Zone = new Zone(1, "a") }),
            StaticContent.ComputeDigest(new Region("", []) { Zone = new Zone(1, "b") }));
        Assert.Equal(digest, StaticContent.ComputeDigest(new Region("here", [1, 2]) { Uses = 3 }));
        Assert.NotEqual(
            StaticContent.ComputeDigest(new Since(DateTime.UnixEpoch)), StaticContent.ComputeDigest(new Since(DateTime.MaxValue)));
        Assert.Equal(
            StaticContent.ComputeDigest(new Since(DateTime.UnixEpoch.ToLocalTime())),
            StaticContent.ComputeDigest(new Since(DateTime.UnixEpoch)));
        Assert.Equal(StaticContent.ComputeDigest(new Ring()), StaticContent.ComputeDigest(new Ring()));
    }

    [Fact]
    public async Task Callbacks_of_the_type_run_in_their_order_base_first()
    {
        var copy = await TripOneAsync(new WithCallbacks { Number = 3 });
        Assert.Equal("base reading,reading,base read,read,done", string.Join(',', copy.Log));
        Assert.Equal(9, copy.Square);
        var pairs = await TripOneAsync(new SelfFilling("a", "b"));
        Assert.Equal(2, pairs.Find("b"));
        Assert.Equal(4, (await TripOneAsync(new StructWithCallback { Number = 2 })).Doubled);
    }

    [Fact]
    public async Task Objects_that_write_themselves_are_read_by_their_constructor()
    {
        var money = new Money(12.5m, "EUR") { Next = new Money(1, "USD") };
        money.Next.Next = money;
        var copy = await TripOneAsync(money);
        Assert.Equal("12.5 EUR", copy.ToString());
        Assert.Equal("1 USD", copy.Next!.ToString());
        Assert.Same(copy, copy.Next.Next);
        Assert.Contains("no constructor", Refusal<Mute>().Message, StringComparison.Ordinal);
        Assert.Contains("IObjectReference", Refusal<Replaced>().Message, StringComparison.Ordinal);
    }

    private sealed class Color(string name)
    {
        public static readonly Color Red = new("Red");
        public static Color Dark { get; } = new("Dark");
        public string Name { get; } = name;
    }

    private abstract class Maybe<T>
    {
        public static readonly Maybe<T> None = new Nothing();
        private sealed class Nothing : Maybe<T>;
    }

    private sealed class Tree
    {
        public static readonly Tree Nil = new(isNil: true);
        public Tree() => (Left, Right) = (Nil, Nil);
        private Tree(bool isNil) => (Left, Right) = isNil ? (this, this) : (Nil, Nil);
        public Tree Left { get; set; }
        public Tree Right { get; set; }
    }

    private sealed class Forest
    {
        public static readonly Node Nil = new();
        public static readonly Fixed Leaf = new();
        public Node Root { get; set; } = Nil;

        internal sealed class Node
        {
            public Node? Next { get; set; }
        }

        internal sealed class Fixed;
    }

    private sealed class Shape
    {
        private Shape(int corners) => Corners = corners;
        public int Corners { get; }

        internal static class Known
        {
            public static readonly Shape Square = new(4);
        }
    }

    private static class Shelf<T>
    {
        public static readonly Book Empty = new(default);

        internal sealed class Book(T? first)
        {
            public T? First { get; } = first;
        }
    }

    private sealed class Region(string name, int[] codes)
    {
        private readonly string _name = name;
        private readonly int[] _codes = codes;
        public Zone? Zone { get; init; }
        public int Uses { get; set; }
        public override string ToString() => $"{_name} {_codes.Length}";
    }

    private sealed record Zone(int Offset, string Name);

    private sealed record Holding(object Content);

    private sealed class Dog;

    private sealed class Cat;

    private sealed record Since(DateTime Time);

    private sealed class Ring
    {
        private readonly Ring _next;
        public Ring() => _next = this;
        public Ring Next => _next;
    }

    private sealed class Settings
    {
        public static readonly Settings Default = new();
        public int Factor { get; set; }
    }

    private class WithCallbacksBase
    {
        [NonSerialized]
        private List<string>? _log;
        public List<string> Log => _log ??= [];

        [OnDeserializing]
        private void OnReading(StreamingContext context) => Log.Add("base reading");

        [OnDeserialized]
        private void OnRead(StreamingContext context) => Log.Add("base read");
    }

    private sealed class WithCallbacks : WithCallbacksBase, IDeserializationCallback
    {
        [NonSerialized]
        private int _square;
        public int Number { get; set; }
        public int Square => _square;

        [OnDeserializing]
        private void OnReading(StreamingContext context) => Log.Add("reading");

        [OnDeserialized]
        private void OnRead(StreamingContext context)
        {
            _square = Number * Number;
            Log.Add("read");
        }

        public void OnDeserialization(object? sender) => Log.Add("done");
    }

    private sealed class SelfFilling(params string[] keys)
    {
        [NonSerialized]
        private Dictionary<string, int>? _index;
        private string[]? _keys;
        private readonly string[] _initial = keys;

        [OnSerializing]
        private void OnWriting(StreamingContext context) => _keys = _initial;

        [OnSerialized]
        private void OnWritten(StreamingContext context) => _keys = null;

        [OnDeserialized]
        private void OnRead(StreamingContext context) =>
            _index = _keys!.Index().ToDictionary(k => k.Item, k => k.Index + 1, StringComparer.Ordinal);

        public int Find(string key) => _index![key];
    }

    [StructLayout(LayoutKind.Auto)]
    private struct StructWithCallback
    {
        [NonSerialized]
        private int _doubled;
        public int Number;
        public readonly int Doubled => _doubled;

        [OnDeserialized]
        private void OnRead(StreamingContext context) => _doubled = 2 * Number;
    }

    private sealed class Money : ISerializable
    {
        private readonly decimal _amount;
        private readonly string _currency;

        public Money(decimal amount, string currency) => (_amount, _currency) = (amount, currency);

        private Money(SerializationInfo info, StreamingContext context)
        {
            _amount = info.GetDecimal("a");
            _currency = info.GetString("c")!;
            Next = (Money?)info.GetValue("next", typeof(Money));
        }

        public Money? Next { get; set; }

        public void GetObjectData(SerializationInfo info, StreamingContext context)
        {
            info.AddValue("a", _amount);
            info.AddValue("c", _currency);
            info.AddValue("next", Next);
        }

        public override string ToString() => FormattableString.Invariant($"{_amount} {_currency}");
    }

    private sealed class Mute : ISerializable
    {
        public void GetObjectData(SerializationInfo info, StreamingContext context) { }
    }

    private sealed class Replaced : IObjectReference
    {
        public object GetRealObject(StreamingContext context) => this;
    }
}
