using System.Runtime.CompilerServices;
using static ActorPool.Tests.Serialization.HashedStructures;

namespace ActorPool.Tests.Serialization;

/// <summary>Values with hash codes that another class gives them, and look-alikes.</summary>
internal static class HashedValues
{
    internal interface IHasher
    {
        int Hash(string text);
    }

    internal sealed class OrdinalHasher : IHasher
    {
        public int Hash(string text) => text.GetHashCode(StringComparison.Ordinal);
    }

    internal sealed record MadeElsewhere(string Text, int Code);

    internal sealed record MadeByDelegate(string Text, int Code);

    internal sealed record MadeByComparer(string Text, long Code);

    internal sealed record MadeByHasher(string Text, int Code);

    internal sealed record MadeByStringComparer(string Text, int Code);

    internal sealed record SetByWith(string Text, int Code);

    internal sealed record SetByInitializer
    {
        public string Text { get; init; } = "";
        public long Code { get; init; }
    }

    internal sealed record MadeWithDictionary(Dictionary<int, string> Names, string Owner);

    internal readonly record struct NumberOnly(int Code);

    internal sealed class HashBox
    {
        public int? Value { get; set; }
    }

    internal sealed class LazyFromOutside(Lazy<int> hash)
    {
        private readonly Lazy<int> _hash = hash;
        public int Hash => _hash.Value;
    }

    internal static class Factory
    {
        public static MadeElsewhere Make(string text) => new(text, Fingerprints.Of(text));
        public static MadeByDelegate Make(string text, Func<string, int> hash) => new(text, hash(text));
        public static MadeByDelegate MakeOne(string text) => Make(text, static one => one.GetHashCode(StringComparison.Ordinal));
        public static MadeByComparer Make(string text, IEqualityComparer<string> comparer) => new(text, comparer.GetHashCode(text));
        public static MadeByHasher Make(string text, IHasher hasher) => new(text, hasher.Hash(text));
        public static MadeByStringComparer Shorten(string text) => new(text, StringComparer.Ordinal.GetHashCode(text));
        public static SetByWith Complete(SetByWith value) => value with { Code = value.Text.GetHashCode(StringComparison.Ordinal) };
        public static SetByInitializer Name(string text) => new() { Text = text, Code = Fingerprints.Of(text) };
        public static NumberOnly Number(string text) => new(Fingerprints.Of(text));
        public static LazyFromOutside Delay(string text) => new(new Lazy<int>(() => Fingerprints.Of(text)));
        public static Report Count(CountMin sketch, string word) => new(word, sketch.Estimate(word));
        public static Mixed Mix(int number) => new(Fingerprints.Mix(number, 5));
        public static int MixHash(string text) => Fingerprints.Mix(text.GetHashCode(StringComparison.Ordinal), 5);

        public static HashBox Fill(HashBox box, string text)
        {
            box.Value = Fingerprints.Of(text);
            return box;
        }

        public static MadeWithDictionary MakeNames(object owner) =>
            new(new Dictionary<int, string> { [RuntimeHelpers.GetHashCode(owner)] = "a" }, "b");
    }

    internal static class Fingerprints
    {
        public static int Of(string text) => HashCode.Combine(text, 5);
        public static int Mix(int number, int other) => number * 31 ^ other;
    }

    internal sealed class InStrongBox
    {
        private readonly StrongBox<int> _hash = new();
        public void Set(string text) => _hash.Value = text.GetHashCode(StringComparison.Ordinal);
    }

    // Its Equals compares the hash code, which a copy would not have.
    internal sealed record Comparing(string Text)
    {
        private int _hash;
        public override int GetHashCode() => _hash != 0 ? _hash : _hash = Text.GetHashCode(StringComparison.Ordinal);
    }

    internal sealed class MadeByTask(int code)
    {
        public int Code { get; } = code;

        public static async Task<MadeByTask> MakeAsync(string text) => new(await HashAsync(text));

        private static async Task<int> HashAsync(string text)
        {
            await Task.Yield();
            return text.GetHashCode(StringComparison.Ordinal);
        }
    }

    internal sealed class MadeByValueTask
    {
        private int _code;

        public async ValueTask SetAsync(string text)
        {
            var code = await HashAsync(text).ConfigureAwait(false);
            await Task.Yield();
            _code = code;
        }

        public int Get() => _code;

        private static async ValueTask<int> HashAsync(string text)
        {
            await Task.Yield();
            return text.GetHashCode(StringComparison.Ordinal);
        }
    }

    internal sealed class MadeOfStream
    {
        private readonly List<int> _codes = [];

        public async Task ReadAsync(IEnumerable<string> texts)
        {
            await foreach (var code in HashAsync(texts))
                _codes.Add(code);
        }

        private static async IAsyncEnumerable<int> HashAsync(IEnumerable<string> texts)
        {
            await Task.Yield();
            foreach (var text in texts)
                yield return text.GetHashCode(StringComparison.Ordinal);
        }
    }

    internal sealed class MadeByContinuation(int code)
    {
        public int Code { get; } = code;

        public static MadeByContinuation Make(string text) =>
            new(Task.Run(() => text.GetHashCode(StringComparison.Ordinal)).GetAwaiter().GetResult());
    }

    internal sealed class WithHashCode
    {
        private HashCode _code;
        public void Add(string text) => _code.Add(text, StringComparer.Ordinal);
    }

    internal sealed class Catalog
    {
        private readonly Dictionary<string, int> _prices = new(StringComparer.Ordinal);
        public string Name { get; set; } = "";
        public void Add(string name, int price) => _prices[name] = price;
        public override int GetHashCode() => HashCode.Combine(Name, _prices.Count);
        public override bool Equals(object? obj) => obj is Catalog other && string.Equals(other.Name, Name, StringComparison.Ordinal);
    }

    internal sealed class Lru
    {
        private readonly List<string> _order = [];
        private readonly Dictionary<string, int> _values = new(StringComparer.Ordinal);
        public int Get(string key) => _values[key];

        public void Put(string key, int value)
        {
            _values[key] = value;
            _order.Remove(key);
            _order.Add(key);
        }
    }

    internal sealed class Router(string[] hosts)
    {
        private readonly string[] _hosts = hosts;
        private int _asked;

        public string Find(string key)
        {
            _asked++;
            return _hosts[(key.GetHashCode(StringComparison.Ordinal) & int.MaxValue) % _hosts.Length];
        }
    }

    internal sealed class Locks
    {
        private readonly object[] _gates = [new(), new()];
        private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

        public void Add(string key)
        {
            lock (_gates[key.GetHashCode(StringComparison.Ordinal) & 1])
                _counts[key] = _counts.GetValueOrDefault(key) + 1;
        }
    }

    internal sealed class FnvBloom
    {
        private readonly bool[] _bits = new bool[64];
        public void Add(string item) => _bits[Hash(item) % 64] = true;
        public bool MayHave(string item) => _bits[Hash(item) % 64];

        private static uint Hash(string item)
        {
            var hash = 2166136261u;
            foreach (var c in item)
                hash = unchecked((hash ^ c) * 16777619);
            return hash;
        }
    }

    internal sealed class StableKey(string text)
    {
        private readonly string _text = text;
        public override int GetHashCode() => _text.Aggregate(17, (sum, c) => unchecked(sum * 31 + c));
        public override bool Equals(object? obj) => obj is StableKey other && string.Equals(other._text, _text, StringComparison.Ordinal);
    }

    internal sealed class StableKeyBloom
    {
        private readonly bool[] _bits = new bool[64];
        public void Add(StableKey key) => _bits[key.GetHashCode() & 63] = true;
    }

    internal sealed class NumberBloom
    {
        private readonly bool[] _bits = new bool[64];

        public void Add(Guid id, int number, DayOfWeek day) =>
            _bits[(id.GetHashCode() ^ number.GetHashCode() ^ day.GetHashCode()) & 63] = true;
    }

    internal sealed record Report(string Word, int Count);

    internal sealed class Grid(int[,] cells)
    {
        private readonly int[,] _cells = cells;
        private int _changes;

        public void Set(int x, int y, int value)
        {
            _cells[x, y] = value;
            _changes++;
        }

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (var cell in _cells)
                hash.Add(cell);
            return hash.ToHashCode();
        }

        public override bool Equals(object? obj) => obj is Grid other && ReferenceEquals(other._cells, _cells);
    }

    internal sealed class Compared
    {
        private readonly HashSet<string> _set =
            new(EqualityComparer<string>.Create(string.Equals, text => text.ToUpperInvariant().GetHashCode(StringComparison.Ordinal)));
        private readonly List<string> _items = [];
        private int _equal;

        public void Add(string one, string other)
        {
            if (one.GetHashCode(StringComparison.Ordinal) == other.GetHashCode(StringComparison.Ordinal))
                _equal++;
            else if (_set.Add(one))
                _items.Add(other);
        }
    }

    internal sealed record Mixed(int Code);

    internal sealed record Kept<T>(T Value, Report? Report);

    internal sealed class ByTime(DateTimeOffset time, int? number)
    {
        private readonly int _code = time.GetHashCode() ^ (number.GetHashCode() * 31);
        public int Code => _code;
    }

    internal sealed class Chosen(string[] names)
    {
        private readonly string[] _names = [.. names.OrderBy(name => name.GetHashCode(StringComparison.Ordinal))];
        private readonly int _count = names.Count(name => name.GetHashCode(StringComparison.Ordinal) % 2 == 0);
        public string First => _names[0] + _count;
    }

    internal sealed class LogsHash(string name, TextWriter writer)
    {
        private readonly string _name = name;
        [NonSerialized] private readonly TextWriter _writer = writer;
        public void Log() => _writer.WriteLine($"{_name} {GetHashCode()}");
    }
}
