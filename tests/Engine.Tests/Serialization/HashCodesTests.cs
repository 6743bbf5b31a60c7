using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using ActorPool.Serialization;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

/// <summary>What objects keep of hash codes, which differ from process to process.</summary>
public sealed class HashCodesTests
{
    [Fact]
    public async Task A_hash_code_that_GetHashCode_keeps_does_not_travel()
    {
        var key = new Cached("text");
        Assert.NotEqual(0, key.GetHashCode());
        var copy = await TripOneAsync(key);
        Assert.Null(FieldOf(copy, "_hash"));
        Assert.Equal(key, copy);
        var lazy = new LazyHash { Name = "x" };
        _ = lazy.GetHashCode();
        var copied = await TripOneAsync(lazy);
        Assert.Equal((false, 0), (FieldOf(copied, "_isKnown"), FieldOf(copied, "_hash")));
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
        Assert.Contains("[HashCodesTests.Stored] keeps a hash code in the field [_hash]",
            Refusal<Stored>().Message, StringComparison.Ordinal);
        Assert.Contains("[_buckets]", Refusal<OwnMap<string>>().Message, StringComparison.Ordinal);
        Assert.NotNull(New().GetCodec<OwnMap<int>>());
        Assert.Contains("[_entries]", Refusal<SplitMap<string>>().Message, StringComparison.Ordinal);
        Assert.NotNull(New().GetCodec<Point>());
    }

    [Fact]
    public async Task A_kept_hash_code_starts_as_its_class_starts_it()
    {
        var minus = new StartsAtMinusOne("text");
        _ = minus.GetHashCode();
        Assert.Equal(-1, (await TripOneAsync(minus)).State);
        Assert.Equal(-1, (await TripOneAsync(new List<StartsAtMinusOne> { minus, minus }))[1].State);
        var dirty = new Dirty { Name = "a" };
        _ = dirty.GetHashCode();
        Assert.Equal((true, 0), (await TripOneAsync(dirty)).State);
        var atomic = new Atomic("a");
        _ = atomic.GetHashCode();
        Assert.Equal(0, (await TripOneAsync(atomic)).State);
    }

    [Fact]
    public async Task A_number_that_GetHashCode_fills_and_others_read_is_data()
    {
        var numbered = new Numbered();
        var id = numbered.GetHashCode();
        Assert.Equal(id, (await TripOneAsync(numbered)).Id);
        var measured = new Measured("abc");
        _ = measured.GetHashCode();
        Assert.Equal(3, (await TripOneAsync(measured)).Length);
    }

    [Theory]
    [InlineData(typeof(Shown), "_hash")]
    [InlineData(typeof(InHelper), "_hash")]
    [InlineData(typeof(InLazy), "_hash")]
    [InlineData(typeof(InRecord), "Code")]
    [InlineData(typeof(InFactory), "_hash")]
    [InlineData(typeof(AsVersion), "_version")]
    [InlineData(typeof(ByIdentity), "_hash")]
    [InlineData(typeof(InSetter), "_hash")]
    [InlineData(typeof(Fingerprint), "_hash")]
    [InlineData(typeof(InBase), "_code")]
    [InlineData(typeof(InDerived), "_kept")]
    [InlineData(typeof(Narrow), "_tag")]
    public void A_stored_hash_code_is_refused_wherever_it_comes_from(Type type, string field)
    {
        var (reason, _) = HashRefusals.Find(type)!.Value;
        Assert.Contains($"keeps a hash code in the field [{field}]", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hash_code_behind_a_property_or_in_a_holder_is_left_out()
    {
        var value = new InProperty("a");
        _ = value.GetHashCode();
        Assert.Equal(0, FieldOf(await TripOneAsync(value), "_hash"));
        var tuple = new InTuple("a");
        _ = tuple.GetHashCode();
        Assert.Equal((false, 0), FieldOf(await TripOneAsync(tuple), "_kept"));
        var array = new InArray("a");
        _ = array.GetHashCode();
        Assert.Null(FieldOf(await TripOneAsync(array), "_kept"));
    }

    [Theory]
    [InlineData(typeof(Matrix))]
    [InlineData(typeof(Row))]
    [InlineData(typeof(Columns))]
    public void Arrays_of_which_a_hash_code_is_computed_travel(Type type) => Assert.Null(HashRefusals.Find(type));

    [Theory]
    [InlineData(typeof(Seeded))]
    [InlineData(typeof(Ordered))]
    [InlineData(typeof(Counted))]
    [InlineData(typeof(Point))]
    [InlineData(typeof(Digest))]
    public void A_number_that_is_no_hash_code_of_this_process_travels(Type type) => Assert.Null(HashRefusals.Find(type));

    private sealed class Cached(string text)
    {
        private readonly string _text = text;
        private int? _hash;
        public override int GetHashCode() => _hash ??= _text.GetHashCode(StringComparison.Ordinal);
        public override bool Equals(object? obj) => obj is Cached other && string.Equals(other._text, _text, StringComparison.Ordinal);
    }

    private sealed class LazyHash
    {
        private bool _isKnown;
        private int _hash;
        public string Name { get; set; } = "";
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

    private sealed class StartsAtMinusOne(string text)
    {
        private readonly string _text = text;
        private int _hash = -1;
        public override int GetHashCode() => _hash != -1 ? _hash : _hash = _text.GetHashCode(StringComparison.Ordinal);
        public override bool Equals(object? obj) => obj is StartsAtMinusOne other
            && other._hash == _hash && string.Equals(other._text, _text, StringComparison.Ordinal);
        public int State => FieldOf(this, "_hash") is int hash ? hash : 0;
    }

    private sealed class Dirty
    {
        private bool _isDirty = true;
        private int _hash;
        private string _name = "";

        public string Name
        {
            get => _name;
            set => (_name, _isDirty) = (value, true);
        }

        public (bool, int) State => ((bool)FieldOf(this, "_isDirty")!, (int)FieldOf(this, "_hash")!);

        public override int GetHashCode()
        {
            if (_isDirty)
            {
                _hash = Name.GetHashCode(StringComparison.Ordinal);
                _isDirty = false;
            }
            return _hash;
        }

        public override bool Equals(object? obj) => obj is Dirty other && string.Equals(other.Name, Name, StringComparison.Ordinal);
    }

    private sealed class Atomic(string text)
    {
        private readonly string _text = text;
        private int _hash;
        public int State => (int)FieldOf(this, "_hash")!;

        public override int GetHashCode()
        {
            if (Volatile.Read(ref _hash) == 0)
                Interlocked.CompareExchange(ref _hash, _text.GetHashCode(StringComparison.Ordinal), 0);
            return _hash;
        }

        public override bool Equals(object? obj) => obj is Atomic other && string.Equals(other._text, _text, StringComparison.Ordinal);
    }

    private sealed class Numbered
    {
        private static int s_last;
        private int _id;
        public int Id => _id;
        public override int GetHashCode() => _id != 0 ? _id : _id = Interlocked.Increment(ref s_last);
        public override bool Equals(object? obj) => obj is Numbered other && other._id == _id;
    }

    private sealed class Measured(string text)
    {
        private readonly string _text = text;
        private int _length;
        public int Length => _length;
        public override int GetHashCode() => _length != 0 ? _length : _length = _text.Length;
        public override bool Equals(object? obj) => obj is Measured other && string.Equals(other._text, _text, StringComparison.Ordinal);
    }

    private sealed class Shown(string text)
    {
        private readonly string _text = text;
        private int _hash;
        public string Tag => $"{_text}#{_hash}";
        public override int GetHashCode() => _hash != 0 ? _hash : _hash = _text.GetHashCode(StringComparison.Ordinal);
        public override bool Equals(object? obj) => obj is Shown other && string.Equals(other._text, _text, StringComparison.Ordinal);
    }

    private sealed class InHelper(string text)
    {
        private readonly string _text = text;
        private readonly int _hash = Compute(text);
        public override int GetHashCode() => _hash;
        public override bool Equals(object? obj) => obj is InHelper other && string.Equals(other._text, _text, StringComparison.Ordinal);
        private static int Compute(string text) => HashCode.Combine(text, 5);
    }

    private sealed class InLazy
    {
        private readonly Lazy<int> _hash;
        public InLazy(string text) => _hash = new Lazy<int>(() => text.GetHashCode(StringComparison.Ordinal));
        public override int GetHashCode() => _hash.Value;
        public override bool Equals(object? obj) => obj is InLazy other && other._hash.Value == _hash.Value;
    }

    private sealed record InRecord(int Number, string Text)
    {
        public int Code { get; } = Text.GetHashCode(StringComparison.Ordinal);
    }

    private sealed class InFactory
    {
        private readonly string _text;
        private readonly int _hash;
        private InFactory(string text, int hash) => (_text, _hash) = (text, hash);
        public static InFactory Create(string text) => new(text, text.GetHashCode(StringComparison.Ordinal));
        public override int GetHashCode() => _hash;
        public override bool Equals(object? obj) => obj is InFactory other && string.Equals(other._text, _text, StringComparison.Ordinal);
    }

    private sealed class AsVersion(string name, string value)
    {
        private readonly int _version = HashCode.Combine(name, value);
        public bool IsAt(int version) => _version == version;
    }

    private sealed class ByIdentity
    {
        private readonly int _hash;
        private readonly string _text;
        public ByIdentity(string text) => (_text, _hash) = (text, RuntimeHelpers.GetHashCode(this));
        public override string ToString() => $"{_text} {_hash}";
    }

    private sealed class InProperty(string text)
    {
        private int _hash;
        private int Code => _hash != 0 ? _hash : _hash = text.GetHashCode(StringComparison.Ordinal);
        public override int GetHashCode() => Code;
        public override bool Equals(object? obj) => obj is InProperty other && other._hash == _hash;
    }

    private sealed class InSetter
    {
        private string _name = "";
        private int _hash;

        public string Name
        {
            get => _name;
            set
            {
                _name = value;
                _hash = 31 * value.GetHashCode(StringComparison.Ordinal) + 17;
            }
        }

        public override int GetHashCode() => _hash;
        public override bool Equals(object? obj) => obj is InSetter other && string.Equals(other._name, _name, StringComparison.Ordinal);
    }

    private sealed class Fingerprint
    {
        private readonly List<string> _parts = [];
        private int _hash;

        public void Add(string part)
        {
            _parts.Add(part);
            _hash = _hash * 31 ^ part.GetHashCode(StringComparison.Ordinal);
        }

        public override int GetHashCode() => _hash;
        public override bool Equals(object? obj) =>
            obj is Fingerprint other && other._hash == _hash && other._parts.SequenceEqual(_parts, StringComparer.Ordinal);
    }

    private abstract class Coded(int code)
    {
        private readonly int _code = code;
        public sealed override int GetHashCode() => _code;
        public override bool Equals(object? obj) => obj is Coded other && other._code == _code;
    }

    private sealed class InBase(string name) : Coded(17 * name.GetHashCode(StringComparison.Ordinal) + 3)
    {
        public string Name { get; } = name;
    }

    private class Keeping
    {
        protected int _kept;
    }

    private sealed class InDerived(string name) : Keeping
    {
        private readonly string _name = name;

        public override int GetHashCode()
        {
            if (_kept == 0)
                _kept = _name.GetHashCode(StringComparison.Ordinal);
            return _kept;
        }

        public override bool Equals(object? obj) => obj is InDerived other && string.Equals(other._name, _name, StringComparison.Ordinal);
    }

    private sealed class InTuple(string name)
    {
        private readonly string _name = name;
        private (bool IsThere, int Code) _kept;

        public override int GetHashCode()
        {
            if (!_kept.IsThere)
                _kept = (true, _name.GetHashCode(StringComparison.Ordinal));
            return _kept.Code;
        }

        public override bool Equals(object? obj) => obj is InTuple other && string.Equals(other._name, _name, StringComparison.Ordinal);
    }

    private sealed class InArray(string name)
    {
        private readonly string _name = name;
        private int[]? _kept;
        public override int GetHashCode() => (_kept ??= [_name.GetHashCode(StringComparison.Ordinal)])[0];
        public override bool Equals(object? obj) => obj is InArray other && string.Equals(other._name, _name, StringComparison.Ordinal);
    }

    private sealed class Narrow(string name)
    {
        private readonly string _name = name;
        private readonly byte _tag = (byte)name.GetHashCode(StringComparison.Ordinal);
        public override int GetHashCode() => _tag;
        public override bool Equals(object? obj) =>
            obj is Narrow other && other._tag == _tag && string.Equals(other._name, _name, StringComparison.Ordinal);
    }

    private sealed class Matrix(double[] cells)
    {
        private readonly double[] _cells = cells;
        public double this[int i] => _cells[i];
        public override int GetHashCode() => ComputeHash();
        public override bool Equals(object? obj) => obj is Matrix other && other._cells.SequenceEqual(_cells);
        public int Stamp() => _cells.Aggregate(17, HashCode.Combine);

        private int ComputeHash()
        {
            var hash = 17;
            for (var i = 0; i < _cells.Length; i++)
                hash = hash * 31 + _cells[i].GetHashCode();
            return hash;
        }
    }

    private sealed class Row(object[] cells) : IStructuralEquatable
    {
        private readonly object[] _cells = cells;
        public object Get(int i) => _cells[i];

        public bool Equals(object? other, IEqualityComparer comparer) =>
            other is Row row && row._cells.Zip(_cells).All(pair => comparer.Equals(pair.First, pair.Second));

        public int GetHashCode(IEqualityComparer comparer)
        {
            var hash = 1;
            for (var i = 0; i < _cells.Length; i++)
                hash ^= comparer.GetHashCode(_cells[i]);
            return hash;
        }
    }

    private sealed class Columns(int[] columns) : IEqualityComparer<string[]>
    {
        private readonly int[] _columns = columns;
        public bool Equals(string[]? x, string[]? y) => _columns.All(c => string.Equals(x![c], y![c], StringComparison.Ordinal));

        public int GetHashCode(string[] obj)
        {
            var hash = 0;
            for (var i = 0; i < _columns.Length; i++)
                hash = hash * 31 + obj[_columns[i]].GetHashCode(StringComparison.Ordinal);
            return hash;
        }
    }

    private sealed class Seeded(Guid id)
    {
        private readonly int _seed = id.GetHashCode();
        public Random Create() => new(_seed);
    }

    private sealed class Ordered(int number, string name)
    {
        private readonly int _number = number;
        private readonly bool _isKnown = name.GetHashCode(StringComparison.Ordinal) != 0;
        public override int GetHashCode() => _number;
        public override bool Equals(object? obj) => obj is Ordered other && other._number == _number && other._isKnown == _isKnown;
    }

    private sealed class Counted(string[] words)
    {
        private readonly int _count = words.Distinct(StringComparer.Ordinal).Count();
        public override int GetHashCode() => _count;
        public override bool Equals(object? obj) => obj is Counted other && other._count == _count;
    }

    private static object? FieldOf(object value, string name) =>
        value.GetType().GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(value);
}
