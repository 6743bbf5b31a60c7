using System.Collections;
using System.Globalization;

namespace ActorPool.Tests.Serialization;

/// <summary>Structures that place items by hash codes of text, as programs write them.</summary>
internal static class HashedStructures
{
    internal sealed class BitArrayBloom
    {
        private readonly BitArray _bits = new(256);
        public void Add(string item) => _bits.Set(Index(item), true);
        public bool MayHave(string item) => _bits[Index(item)];
        private int Index(string item) => (item.GetHashCode(StringComparison.Ordinal) & int.MaxValue) % _bits.Length;
    }

    internal sealed class FlagBloom(int size)
    {
        private readonly bool[] _bits = new bool[size];

        public void Add(string item)
        {
            var first = item.GetHashCode(StringComparison.Ordinal);
            for (var i = 0; i < 3; i++)
            {
                var place = Math.Abs((first + i * 31) % _bits.Length);
                _bits[place] = true;
            }
        }
    }

    internal sealed class ByteBloom
    {
        private readonly byte[] _bits = new byte[256];

        public void Add(string item)
        {
            foreach (var place in Places(item))
                _bits[place] = 1;
        }

        private static IEnumerable<int> Places(string item)
        {
            var (first, second) = (item.GetHashCode(StringComparison.Ordinal), HashCode.Combine(item, 1));
            for (var i = 0; i < 4; i++)
                yield return (first + i * second) & 255;
        }
    }

    internal interface IHash<T>
    {
        static abstract int Hash(T item);
    }

    internal readonly struct TextHash : IHash<string>
    {
        public static int Hash(string item) => item.GetHashCode(StringComparison.Ordinal);
    }

    internal sealed class Cuckoo<T, THash>
        where THash : IHash<T>
    {
        private readonly T[] _items = new T[64];

        public void Add(T item) => _items[(uint)THash.Hash(item) % 64] = item;

        public bool Contains(T item) => Equals(_items[(uint)THash.Hash(item) % 64], item);
    }

    internal abstract class Table<T>
    {
        private readonly T[] _items = new T[128];

        public void Add(T item) => _items[GetHash(item) & 127] = item;

        public bool Contains(T item) => Equals(_items[GetHash(item) & 127], item);

        protected abstract int GetHash(T item);
    }

    internal sealed class TextTable : Table<string>
    {
        protected override int GetHash(string item) => item.GetHashCode(StringComparison.Ordinal);
    }

    internal sealed class HelpedBloom
    {
        private readonly ulong[] _bits = new ulong[4];
        public void Add(object item) => Bits.Mark(_bits, item.GetHashCode());
    }

    internal static class Bits
    {
        public static void Mark(ulong[] bits, int place) => bits[(place >> 6) & 3] |= 1;
    }

    internal sealed class CountMin
    {
        private readonly int[,] _counts = new int[4, 64];

        public void Add(string word)
        {
            for (var row = 0; row < 4; row++)
                _counts[row, Column(word, row)]++;
        }

        public int Estimate(string word) => Enumerable.Range(0, 4).Min(row => _counts[row, Column(word, row)]);
        private static int Column(string word, int row) => (int)((uint)HashCode.Combine(word, row) % 64);
    }

    internal sealed class JaggedCountMin
    {
        private readonly int[][] _rows = [new int[64], new int[64]];

        public void Add(string word)
        {
            for (var row = 0; row < _rows.Length; row++)
            {
                var hash = (uint)(StringComparer.Ordinal.GetHashCode(word) ^ row);
                _rows[row][hash % 64] += 1;
            }
        }
    }

    internal sealed class HyperLogLog
    {
        private readonly byte[] _registers = new byte[64];

        public void Add<T>(T item)
            where T : notnull
        {
            var hash = (uint)item.GetHashCode();
            var register = hash >> 26;
            _registers[register] = Math.Max(_registers[register], (byte)5);
        }
    }

    internal sealed class ListBuckets
    {
        private readonly List<List<string>> _buckets = [.. Enumerable.Range(0, 8).Select(_ => new List<string>())];
        public void Add(string item) => Find(item).Add(item);
        private List<string> Find(string item) => _buckets[(int)((uint)item.GetHashCode(StringComparison.Ordinal) % 8)];
    }

    internal sealed class LinkedBuckets
    {
        private readonly LinkedList<string>?[] _buckets = new LinkedList<string>?[8];

        public void Add(string item)
        {
            var place = item.GetHashCode(StringComparison.Ordinal) & 7;
            (_buckets[place] ??= new()).AddLast(item);
        }
    }

    internal sealed class StripedCounts
    {
        private readonly long[] _stripes = new long[8];
        public void Add(string item) => Interlocked.Increment(ref _stripes[item.GetHashCode(StringComparison.Ordinal) & 7]);
    }

    internal sealed class TypeSlots
    {
        private readonly object?[] _slots = new object?[32];

        public void Set<T>(T value) => _slots[Slot(typeof(T))] = value;

        public bool Has<T>() => _slots[Slot(typeof(T))] is T;

        private static int Slot(Type type) => (int)((uint)type.TypeHandle.Value.GetHashCode() >> 4) & 31;
    }

    internal sealed class TypeNames
    {
        private readonly Dictionary<long, string> _names = [];

        public void Set(Type type, string name) => _names[(long)type.TypeHandle.Value] = name;

        public string? Get(Type type) => _names.GetValueOrDefault((long)type.TypeHandle.Value);
    }

    internal sealed class MethodNames
    {
        private readonly SortedList<long, string> _names = [];

        public void Set(Delegate method, string name) => _names[GetKey(method)] = name;

        public string Get(Delegate method) => _names[GetKey(method)];

        private static long GetKey(Delegate method) => method.Method.MethodHandle.Value.ToInt64();
    }

    internal sealed class CodeBytes
    {
        private readonly byte[] _code = new byte[sizeof(int)];

        public CodeBytes(string text) => BitConverter.TryWriteBytes(_code, text.GetHashCode(StringComparison.Ordinal));

        public int Get() => BitConverter.ToInt32(_code);
    }

    internal sealed class CopiedCodes
    {
        private readonly int[] _codes = new int[4];

        public void Set(IEnumerable<string> texts) =>
            texts.Select(text => text.GetHashCode(StringComparison.Ordinal)).ToArray().CopyTo(_codes, 0);

        public int Get() => _codes[0];
    }

    internal sealed class Ring
    {
        private readonly SortedDictionary<int, string> _ring = [];

        public Ring(IEnumerable<string> nodes)
        {
            foreach (var node in nodes)
                _ring[node.GetHashCode(StringComparison.Ordinal)] = node;
        }
    }

    internal sealed class SortedRing
    {
        private readonly SortedList<uint, string> _ring = [];
        public void Add(string node, int replica) => _ring.Add(Hash($"{node}#{replica}"), node);
        private static uint Hash(string text) => unchecked((uint)text.GetHashCode(StringComparison.Ordinal));
    }

    internal sealed class PairRing
    {
        private readonly List<(int Place, string Node)> _ring = [];
        public void Add(string node) => _ring.Add((node.GetHashCode(StringComparison.Ordinal), node));
    }

    internal sealed class NumberedBuckets
    {
        private readonly Dictionary<int, List<string>> _buckets = [];

        public void Add(string item)
        {
            var bucket = item.GetHashCode(StringComparison.Ordinal) % 16;
            if (!_buckets.TryGetValue(bucket, out var items))
                _buckets[bucket] = items = [];
            items.Add(item);
        }
    }

    internal sealed class Seen
    {
        private readonly HashSet<int> _seen = [];
        public bool IsNew(object item) => _seen.Add(item.GetHashCode());
    }

    internal sealed class TextKey(string text)
    {
        private readonly string _key = text.GetHashCode(StringComparison.Ordinal).ToString("x8", CultureInfo.InvariantCulture);
        public override string ToString() => _key;
    }

    internal sealed class ShownKey(string text, int version)
    {
        private readonly string _key = $"{text.Length}-{text.GetHashCode(StringComparison.Ordinal)}-{version}";
        public override string ToString() => _key;
    }

    internal sealed class MinHash
    {
        private readonly uint[] _signature = new uint[8];

        public void Add(string word)
        {
            for (var i = 0; i < _signature.Length; i++)
                _signature[i] = Math.Min(_signature[i], (uint)HashCode.Combine(word, i));
        }
    }

    internal sealed class SpanMinHash
    {
        private readonly uint[] _signature = new uint[8];

        public SpanMinHash(string word)
        {
            var span = _signature.AsSpan();
            for (var i = 0; i < span.Length; i++)
                span[i] = (uint)HashCode.Combine(word, i);
        }
    }

    internal sealed class LinqMinHash(IEnumerable<string> words)
    {
        private readonly int[] _signature = [.. words.Select(word => word.GetHashCode(StringComparison.Ordinal)).Order().Take(8)];
        public int Common(LinqMinHash other) => _signature.Intersect(other._signature).Count();
    }

    internal sealed class FromCache(string text)
    {
        private readonly string _text = text;
        private int _hash;
        private string? _label;
        public string Label => _label ??= "item " + GetHashCode();
        public override int GetHashCode() => _hash != 0 ? _hash : _hash = _text.GetHashCode(StringComparison.Ordinal);
        public override bool Equals(object? obj) => obj is FromCache other && string.Equals(other._text, _text, StringComparison.Ordinal);
    }

    internal sealed class Memoizing : IEqualityComparer<string>
    {
        private readonly Dictionary<string, int> _memo = new(StringComparer.Ordinal);
        public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

        public int GetHashCode(string obj)
        {
            if (!_memo.TryGetValue(obj, out var hash))
                _memo[obj] = hash = obj.GetHashCode(StringComparison.Ordinal);
            return hash;
        }
    }
}
