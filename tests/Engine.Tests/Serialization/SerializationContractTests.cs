#pragma warning disable SYSLIB0050 // .NET's formatters are obsolete, but the contracts for them are in use, also in F#'s library
using System.Runtime.InteropServices;
using System.Runtime.Serialization;
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

    [Fact]
    public async Task A_hash_code_that_GetHashCode_keeps_does_not_travel()
    {
        var key = new Cached("text");
        Assert.NotEqual(0, key.GetHashCode());
        var copy = await TripOneAsync(key);
        Assert.Null(copy.Kept);
        Assert.Equal(key, copy);
        var lazy = new LazyHash { Name = "x" };
        _ = lazy.GetHashCode();
        Assert.Equal((false, 0), (await TripOneAsync(lazy)).State);
    }

    [Fact]
    public async Task A_property_called_Hash_is_data()
    {
        Assert.Equal(5, (await TripOneAsync(new Block { Hash = 5, HasHash = true })).Hash);
        Assert.True((await TripOneAsync(new Block { Hash = 5, HasHash = true })).HasHash);
        Assert.Equal(new Digest("a", 7), await TripOneAsync(new Digest("a", 7)));
    }

    [Fact]
    public void What_follows_from_hash_codes_of_strings_is_refused_by_name()
    {
        Assert.Contains("[SerializationContractTests.Stored] keeps a hash code of its constructor in the field [_hash]",
            Refusal<Stored>().Message, StringComparison.Ordinal);
        Assert.Contains("[_buckets]", Refusal<OwnMap<string>>().Message, StringComparison.Ordinal);
        Assert.NotNull(New().GetCodec<OwnMap<int>>());
        Assert.Contains("[_entries]", Refusal<SplitMap<string>>().Message, StringComparison.Ordinal);
        Assert.NotNull(New().GetCodec<Point>());
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

    private sealed class Cached(string text)
    {
        private readonly string _text = text;
        private int? _hash;
        public int? Kept => _hash;
        public override int GetHashCode() => _hash ??= _text.GetHashCode(StringComparison.Ordinal);
        public override bool Equals(object? obj) => obj is Cached other && string.Equals(other._text, _text, StringComparison.Ordinal);
    }

    private sealed class LazyHash
    {
        private bool _isKnown;
        private int _hash;
        public string Name { get; set; } = "";
        public (bool, int) State => (_isKnown, _hash);

        public override int GetHashCode()
        {
            if (!_isKnown)
                (_hash, _isKnown) = (Name.GetHashCode(StringComparison.Ordinal), true);
            return _hash;
        }

        public override bool Equals(object? obj) => obj is LazyHash other && string.Equals(other.Name, Name, StringComparison.Ordinal);
    }

    private sealed class Stored(string text)
    {
        private readonly string _text = text;
        private readonly int _hash = text.GetHashCode(StringComparison.Ordinal);
        public override int GetHashCode() => _hash;
        public override bool Equals(object? obj) => obj is Stored other && string.Equals(other._text, _text, StringComparison.Ordinal);
    }

    private sealed class OwnMap<TKey> where TKey : notnull
    {
        private readonly TKey[]?[] _buckets = new TKey[]?[16];
        public void Add(TKey key) => _buckets[(key.GetHashCode() & int.MaxValue) % 16] = [key];
    }

    private sealed class SplitMap<TKey>(IEqualityComparer<TKey> comparer) where TKey : notnull
    {
        private readonly IEqualityComparer<TKey> _comparer = comparer;
        private readonly TKey[] _entries = new TKey[16];
        public void Add(TKey key) => _entries[Find(key)] = key;
        public bool Has(TKey key) => _comparer.Equals(_entries[Find(key)], key);
        private int Find(TKey key) => (_comparer.GetHashCode(key) & int.MaxValue) % 16;
    }

    private sealed class Block
    {
        public int Hash { get; set; }
        public bool HasHash { get; set; }
    }

    private sealed record Digest(string Text, int Hash);
    private sealed record Point(int X, int Y);
}
