using System.Runtime.CompilerServices;
using static ActorPool.Values.Answer;

namespace ActorPool.Values.Kinds;

/// <summary>Objects that keep hash codes, which differ from process to process.</summary>
public sealed class HashKinds : IKindSource
{
    private static readonly string[] s_words = [.. Enumerable.Range(0, 60).Select(i => $"word {i}")];

    public IEnumerable<Kind> Create() =>
    [
        Kind.Of("hash cached in a field, used", () => Use(new Cached("a")), v => Of(Finds(v, new Cached("a")))),
        Kind.Of("hash cached in a field, unused", () => new Cached("a"), v => Of(Finds(v, new Cached("a")))),
        Kind.Of("hash cached in a nullable field", () => Use(new CachedNullable("a")), v => Of(Finds(v, new CachedNullable("a")))),
        Kind.Of("hash cached with a flag", () => Use(new Flagged("a")), v => Of(Finds(v, new Flagged("a")))),
        Kind.Of("hash cached by its base class", () => Use(new Derived("a", 1)), v => Of(Finds(v, new Derived("a", 1)))),
        Kind.Of("hash in a Lazy", () => Use(new LazyHash("a")), v => Of(Finds(v, new LazyHash("a")))),
        Kind.Of("hash cached from -1 on", () => Use(new MinusOne("a")), v => Of(Finds(v, new MinusOne("a")))),
        Kind.Of("hash cached until it is dirty", () => Use(new Dirty { Text = "a" }), v => Of(Finds(v, new Dirty { Text = "a" }))),
        Kind.Of("hash cached by Interlocked", () => Use(new Atomic("a")), v => Of(Finds(v, new Atomic("a")))),
        Kind.Of("hash cached and shown", () => Use(new Shown("a")), v => Of(v.Kept == 0 || v.Kept == "a".GetHashCode())),
        Kind.Of("number that GetHashCode gives", () => Use(new Numbered()), v => Of(v.Number)),
        Kind.Of("hash from a helper", () => new Helped("a"), v => Of(Finds(v, new Helped("a")))),
        Kind.Of("hash from a factory", () => Made.Create("a"), v => Of(Finds(v, Made.Create("a")))),
        Kind.Of("hash from the constructor", () => new Stored("a"), v => Of(Finds(v, new Stored("a")))),
        Kind.Of("hash from the constructor, HashCode.Combine", () => new Combined("a", 5), v => Of(Finds(v, new Combined("a", 5)))),
        Kind.Of("hash from the constructor, compared first", () => new Interned("a"), v => Of(v.Equals(new Interned("a")))),
        Kind.Of("hash in a struct", () => new Keyed("a"), v => Of(Finds(v, new Keyed("a")))),
        Kind.Of("hash in a record struct", () => new Tag("a", "a".GetHashCode()), v => Of(v.Hash == v.Text.GetHashCode())),
        Kind.Of("hash of a number", () => new NumberHash(5), v => Of(Finds(v, new NumberHash(5)))),
        Kind.Of("hash by length", () => new LengthHash("abc"), v => Of(Finds(v, new LengthHash("abc")))),
        Kind.Of("keys with a cached hash", MakeKeys, v => Of(v.ContainsKey(new Cached("a")), v.ContainsKey(new Cached("b")))),
        Kind.Of("keys with a stored hash", () => new Dictionary<Stored, int> { [new("a")] = 1 }, v => Of(v.ContainsKey(new Stored("a")))),
        Kind.Of("set with a cached hash", () => new HashSet<Cached> { Use(new Cached("a")) }, v => Of(v.Contains(new Cached("a")))),
        Kind.Of("hash map of its own", () => new OwnMap(s_words), v => Of(s_words.Count(v.Has))),
        Kind.Of("hash set with open addresses", () => new OpenSet(s_words), v => Of(s_words.Count(v.Has))),
        Kind.Of("hash map of numbers", () => new OwnNumbers(1, 5, 9, 17), v => Of(v.Has(9), v.Has(10))),
        Kind.Of("generic hash map of its own", () => new OwnMap<string>(s_words), v => Of(s_words.Count(v.Has))),
        Kind.Of("generic hash map of its own, numbers", () => new OwnMap<int>([1, 2, 3]), v => Of(v.Has(3), v.Has(4))),
        Kind.Of("hash map of its own with a comparer", () => new OwnMap<string>(s_words, StringComparer.OrdinalIgnoreCase),
            v => Of(s_words.Count(v.Has))),
        Kind.Of("hash trie", () => Hamt.Of(s_words), v => Of(s_words.Count(v.Has))),
        Kind.Of("bloom filter", () => new Bloom(s_words), v => Of(s_words.Count(v.MayHave))),
        Kind.Of("buckets by shard", () => new Shards(s_words), v => Of(s_words.Count(v.Has))),
        Kind.Of("list sorted by hash", () => new ByHash(s_words), v => Of(s_words.Count(v.Has))),
        Kind.Of("hash by reference", () => new Pinned("a"), v => Of(v.IsWhole)),
        Kind.Of("hash by reference as key", MakeByReference, v => Of(v.Names.ContainsKey(RuntimeHelpers.GetHashCode(v.Owner)))),
        Kind.Of("hash of a type", () => new Typed(typeof(int)), v => Of(v.IsWhole)),
        Kind.Of("checksum of its own", () => new Checksum("abc"), v => Of(v.IsWhole)),
        Kind.Of("version that a hash tells", () => new Versioned("a", "b"), v => Of(v.IsUnchanged)),
        Kind.Of("memo by hash", MakeMemo, v => Of(v.Get("a"), v.Get("b"))),
    ];

    private static bool Finds<T>(T value, T equal)
        where T : notnull
        => new HashSet<T> { value }.Contains(equal) && new HashSet<T> { equal }.Contains(value)
            && value.GetHashCode() == equal.GetHashCode();

    private static T Use<T>(T value)
        where T : notnull
    {
        _ = value.GetHashCode();
        return value;
    }

    private static Dictionary<Cached, int> MakeKeys() => new() { [new("a")] = 1, [new("b")] = 2 };

    private static Owners MakeByReference()
    {
        var owner = new Cached("a");
        return new(new() { [RuntimeHelpers.GetHashCode(owner)] = "a" }, owner);
    }

    private static Memo MakeMemo()
    {
        var memo = new Memo();
        _ = memo.Get("a");
        return memo;
    }

    public sealed class Cached(string text)
    {
        private readonly string _text = text;
        private int _cachedHashCode;

        public override bool Equals(object? obj) => obj is Cached other && other._text == _text;

        public override int GetHashCode()
        {
            if (_cachedHashCode == 0)
                _cachedHashCode = _text.GetHashCode();
            return _cachedHashCode;
        }
    }

    public sealed class MinusOne(string text)
    {
        private readonly string _text = text;
        private int _hash = -1;

        public override bool Equals(object? obj) => obj is MinusOne other && other._text == _text;

        public override int GetHashCode() => _hash != -1 ? _hash : _hash = _text.GetHashCode();
    }

    public sealed class Dirty
    {
        private string _text = "";
        private bool _isDirty = true;
        private int _hash;

        public string Text
        {
            get => _text;
            set => (_text, _isDirty) = (value, true);
        }

        public override bool Equals(object? obj) => obj is Dirty other && other._text == _text;

        public override int GetHashCode()
        {
            if (_isDirty)
                (_hash, _isDirty) = (_text.GetHashCode(), false);
            return _hash;
        }
    }

    public sealed class Atomic(string text)
    {
        private readonly string _text = text;
        private int _hash;

        public override bool Equals(object? obj) => obj is Atomic other && other._text == _text;

        public override int GetHashCode()
        {
            if (Volatile.Read(ref _hash) == 0)
                Interlocked.CompareExchange(ref _hash, _text.GetHashCode(), 0);
            return _hash;
        }
    }

    public sealed class Shown(string text)
    {
        private readonly string _text = text;
        private int _hash;

        public int Kept => _hash;

        public override bool Equals(object? obj) => obj is Shown other && other._text == _text;

        public override int GetHashCode() => _hash != 0 ? _hash : _hash = _text.GetHashCode();
    }

    public sealed class Numbered
    {
        private int _number;

        public int Number => _number;

        public override bool Equals(object? obj) => obj is Numbered other && other._number == _number;

        public override int GetHashCode() => _number != 0 ? _number : _number = 41;
    }

    public sealed class Helped(string text)
    {
        private readonly string _text = text;
        private readonly int _hash = Compute(text);

        public override bool Equals(object? obj) => obj is Helped other && other._text == _text;

        public override int GetHashCode() => _hash;

        private static int Compute(string text) => HashCode.Combine(text, 1);
    }

    public sealed class Made
    {
        private readonly string _text;
        private readonly int _hash;

        private Made(string text, int hash) => (_text, _hash) = (text, hash);

        public static Made Create(string text) => new(text, text.GetHashCode());

        public override bool Equals(object? obj) => obj is Made other && other._text == _text;

        public override int GetHashCode() => _hash;
    }

    public sealed class CachedNullable(string text)
    {
        private int? _hash;

        public string Text { get; } = text;

        public override bool Equals(object? obj) => obj is CachedNullable other && other.Text == Text;

        public override int GetHashCode() => _hash ??= Text.GetHashCode();
    }

    public sealed class Flagged(string text)
    {
        private bool _isKnown;
        private int _hash;

        public string Text { get; } = text;

        public override bool Equals(object? obj) => obj is Flagged other && other.Text == Text;

        public override int GetHashCode()
        {
            if (!_isKnown)
                (_isKnown, _hash) = (true, Text.GetHashCode());
            return _hash;
        }
    }

    public class Base(string text)
    {
        private int _hash;

        public string Text { get; } = text;

        public override bool Equals(object? obj) => obj is Base other && other.Text == Text;

        public override int GetHashCode() => _hash != 0 ? _hash : (_hash = Text.GetHashCode());
    }

    public sealed class Derived(string text, int number) : Base(text)
    {
        public int Number { get; } = number;
    }

    public sealed class LazyHash
    {
        private readonly Lazy<int> _hash;

        public LazyHash(string text)
        {
            Text = text;
            _hash = new Lazy<int>(() => Text.GetHashCode());
        }

        public string Text { get; }

        public override bool Equals(object? obj) => obj is LazyHash other && other.Text == Text;

        public override int GetHashCode() => _hash.Value;
    }

    public sealed class Stored(string text)
    {
        private readonly int _hash = text.GetHashCode();

        public string Text { get; } = text;

        public override bool Equals(object? obj) => obj is Stored other && other.Text == Text;

        public override int GetHashCode() => _hash;
    }

    public sealed class Combined
    {
        private readonly int _hash;

        public Combined(string text, int number) => (Text, Number, _hash) = (text, number, HashCode.Combine(text, number));

        public string Text { get; }
        public int Number { get; }

        public override bool Equals(object? obj) => obj is Combined other && other.Text == Text && other.Number == Number;

        public override int GetHashCode() => _hash;
    }

    public sealed class Interned(string text) : IEquatable<Interned>
    {
        private readonly int _hash = text.GetHashCode();

        public string Text { get; } = text;

        public bool Equals(Interned? other) => other is not null && other._hash == _hash && other.Text == Text;

        public override bool Equals(object? obj) => Equals(obj as Interned);

        public override int GetHashCode() => _hash;
    }

    public readonly struct Keyed(string text) : IEquatable<Keyed>
    {
        private readonly string _text = text;
        private readonly int _hash = text.GetHashCode();

        public bool Equals(Keyed other) => other._text == _text;

        public override bool Equals(object? obj) => obj is Keyed other && Equals(other);

        public override int GetHashCode() => _hash;
    }

    public readonly record struct Tag(string Text, int Hash);

    public sealed class NumberHash(int number)
    {
        private readonly int _hash = number * 31;

        public int Number { get; } = number;

        public override bool Equals(object? obj) => obj is NumberHash other && other.Number == Number;

        public override int GetHashCode() => _hash;
    }

    public sealed class LengthHash(string text)
    {
        private readonly int _hash = text.Length;

        public string Text { get; } = text;

        public override bool Equals(object? obj) => obj is LengthHash other && other.Text == Text;

        public override int GetHashCode() => _hash;
    }

    public sealed class OwnMap
    {
        private readonly List<string>[] _buckets = [.. Enumerable.Range(0, 64).Select(_ => new List<string>())];

        public OwnMap(IEnumerable<string> words)
        {
            foreach (var word in words)
                Bucket(word).Add(word);
        }

        public bool Has(string word) => Bucket(word).Contains(word);

        private List<string> Bucket(string word) => _buckets[(uint)word.GetHashCode() % 64];
    }

    public sealed class OpenSet
    {
        private readonly string?[] _slots = new string?[128];

        public OpenSet(IEnumerable<string> words)
        {
            foreach (var word in words)
                _slots[Find(word)] = word;
        }

        public bool Has(string word) => _slots[Find(word)] is not null;

        private int Find(string word)
        {
            var slot = word.GetHashCode() & 127;
            while (_slots[slot] is { } other && other != word)
                slot = (slot + 1) & 127;
            return slot;
        }
    }

    public sealed class OwnNumbers
    {
        private readonly int[] _slots = new int[16];

        public OwnNumbers(params int[] numbers)
        {
            foreach (var number in numbers)
                _slots[Find(number)] = number;
        }

        public bool Has(int number) => _slots[Find(number)] == number;

        private int Find(int number)
        {
            var slot = number & 15;
            while (_slots[slot] != 0 && _slots[slot] != number)
                slot = (slot + 1) & 15;
            return slot;
        }
    }

    public sealed class OwnMap<T>
        where T : notnull
    {
        private readonly IEqualityComparer<T>? _comparer;
        private readonly Entry?[] _buckets = new Entry?[64];

        public OwnMap(IEnumerable<T> items, IEqualityComparer<T>? comparer = null)
        {
            _comparer = comparer;
            foreach (var item in items)
                _buckets[Index(item)] = new Entry(item, Hash(item), _buckets[Index(item)]);
        }

        public bool Has(T item)
        {
            for (var entry = _buckets[Index(item)]; entry is not null; entry = entry.Next)
            {
                if (entry.Hash == Hash(item) && (_comparer?.Equals(entry.Item, item) ?? entry.Item.Equals(item)))
                    return true;
            }
            return false;
        }

        private int Hash(T item) => _comparer?.GetHashCode(item) ?? item.GetHashCode();

        private uint Index(T item) => (uint)Hash(item) % 64;

        private sealed record Entry(T Item, int Hash, Entry? Next);
    }

    public sealed class Hamt
    {
        private readonly Hamt?[] _next = new Hamt?[4];
        private readonly List<string> _words = [];

        public static Hamt Of(IEnumerable<string> words)
        {
            var root = new Hamt();
            foreach (var word in words)
                root.Find(word, create: true)!._words.Add(word);
            return root;
        }

        public bool Has(string word) => Find(word, create: false)?._words.Contains(word) ?? false;

        private Hamt? Find(string word, bool create)
        {
            var at = this;
            for (var (hash, level) = ((uint)word.GetHashCode(), 0); level < 4 && at is not null; hash >>= 2, level++)
            {
                ref var next = ref at._next[hash & 3];
                if (create)
                    next ??= new Hamt();
                at = next;
            }
            return at;
        }
    }

    public sealed class Bloom
    {
        private readonly ulong[] _bits = new ulong[64];

        public Bloom(IEnumerable<string> words)
        {
            foreach (var word in words)
            {
                var hash = (uint)word.GetHashCode();
                _bits[hash >> 6 & 63] |= 1ul << (int)(hash & 63);
            }
        }

        public bool MayHave(string word)
        {
            var hash = (uint)word.GetHashCode();
            return (_bits[hash >> 6 & 63] & 1ul << (int)(hash & 63)) != 0;
        }
    }

    public sealed class Shards
    {
        private readonly Dictionary<int, HashSet<string>> _shards = [];

        public Shards(IEnumerable<string> words)
        {
            foreach (var word in words)
            {
                var shard = word.GetHashCode() & 31;
                if (!_shards.TryGetValue(shard, out var set))
                    _shards[shard] = set = [];
                set.Add(word);
            }
        }

        public bool Has(string word) => _shards.TryGetValue(word.GetHashCode() & 31, out var set) && set.Contains(word);
    }

    public sealed class ByHash(IEnumerable<string> words)
    {
        private readonly int[] _hashes = [.. words.Select(word => word.GetHashCode()).Order()];

        public bool Has(string word) => Array.BinarySearch(_hashes, word.GetHashCode()) >= 0;
    }

    public sealed class Pinned
    {
        private readonly int _hash;

        public Pinned(string text) => (Text, _hash) = (text, RuntimeHelpers.GetHashCode(this));

        public string Text { get; }

        public bool IsWhole => _hash == RuntimeHelpers.GetHashCode(this);
    }

    public sealed record Owners(Dictionary<int, string> Names, Cached Owner);

    public sealed class Typed(Type type)
    {
        private readonly int _hash = type.GetHashCode();

        public bool IsWhole => _hash == typeof(int).GetHashCode();
    }

    public sealed class Checksum(string text)
    {
        private readonly int _sum = Add(text);

        public bool IsWhole => _sum == Add(text);

        private static int Add(string text) => text.Aggregate(17, (sum, c) => unchecked(sum * 31 + c));
    }

    public sealed class Versioned(string name, string value)
    {
        private readonly int _version = HashCode.Combine(name, value);

        public bool IsUnchanged => _version == HashCode.Combine(name, value);
    }

    public sealed class Memo
    {
        private readonly Dictionary<int, int> _known = [];

        public int Get(string text)
        {
            if (_known.TryGetValue(text.GetHashCode(), out var length))
                return length;
            return _known[text.GetHashCode()] = text.Length;
        }
    }
}
