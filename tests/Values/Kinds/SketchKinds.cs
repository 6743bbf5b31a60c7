using System.Collections;
using static ActorPool.Values.Answer;

namespace ActorPool.Values.Kinds;

/// <summary>Structures that answer by hash codes: filters, sketches, rings, signatures.</summary>
public sealed class SketchKinds : IKindSource
{
    private static readonly string[] s_words = [.. Enumerable.Range(0, 60).Select(i => $"word {i}")];

    public IEnumerable<Kind> Create() =>
    [
        Kind.Of("bloom filter over a BitArray", () => new BitBloom(s_words), v => Of(s_words.Count(v.MayHave))),
        Kind.Of("bloom filter by a hash of its own", () => new OwnBloom(s_words), v => Of(s_words.Count(v.MayHave))),
        Kind.Of("count-min sketch", () => new CountMin(s_words), v => Of(s_words.Count(word => v.Estimate(word) > 0))),
        Kind.Of("hash ring", () => new Ring("a", "b", "c", "d", "e", "f"), v => Of(string.Concat(s_words.Select(v.Find)))),
        Kind.Of("set of seen hash codes", () => new Seen(s_words), v => Of(s_words.Count(v.Has))),
        Kind.Of("key made of a hash code", () => new Labelled("a"), v => Of(v.Label == new Labelled("a").Label)),
        Kind.Of("hash from another class", () => Labels.Make("a"), v => Of(v.Code == Labels.GetCode("a"))),
        Kind.Of("place that a hash chooses", () => new Chooser(s_words), v => Of(v.Count, v.Choose("a").Length > 0)),
    ];

    public sealed class BitBloom
    {
        private readonly BitArray _bits = new(1024);

        public BitBloom(IEnumerable<string> words)
        {
            foreach (var word in words)
                _bits.Set(Index(word), true);
        }

        public bool MayHave(string word) => _bits[Index(word)];

        private int Index(string word) => (word.GetHashCode() & int.MaxValue) % _bits.Length;
    }

    public sealed class OwnBloom
    {
        private readonly BitArray _bits = new(1024);

        public OwnBloom(IEnumerable<string> words)
        {
            foreach (var word in words)
                _bits.Set(Index(word), true);
        }

        public bool MayHave(string word) => _bits[Index(word)];

        private int Index(string word) => (word.Aggregate(17, (sum, c) => sum * 31 + c) & int.MaxValue) % _bits.Length;
    }

    public sealed class CountMin
    {
        private readonly int[,] _counts = new int[3, 256];

        public CountMin(IEnumerable<string> words)
        {
            foreach (var word in words)
            {
                for (var row = 0; row < 3; row++)
                    _counts[row, Column(word, row)]++;
            }
        }

        public int Estimate(string word) => Enumerable.Range(0, 3).Min(row => _counts[row, Column(word, row)]);

        private static int Column(string word, int row) => HashCode.Combine(word, row) & 255;
    }

    public sealed class Ring
    {
        private readonly SortedList<int, string> _places = [];

        public Ring(params string[] nodes)
        {
            foreach (var node in nodes)
                _places.Add(node.GetHashCode(), node);
        }

        public string Find(string word)
        {
            var place = word.GetHashCode();
            return _places.FirstOrDefault(pair => pair.Key >= place).Value ?? _places.Values[0];
        }
    }

    public sealed class Seen(IEnumerable<string> words)
    {
        private readonly HashSet<int> _codes = [.. words.Select(word => word.GetHashCode())];

        public bool Has(string word) => _codes.Contains(word.GetHashCode());
    }

    public sealed class Labelled(string text)
    {
        public string Label { get; } = $"{text}-{text.GetHashCode():x8}";
    }

    public sealed record Label(string Text, long Code);

    public static class Labels
    {
        public static Label Make(string text) => new(text, GetCode(text));

        public static long GetCode(string text) => StringComparer.Ordinal.GetHashCode(text) * 31L;
    }

    public sealed class Chooser(string[] names)
    {
        private readonly string[] _names = names;

        public int Count => _names.Length;

        public string Choose(string key) => _names[(key.GetHashCode() & int.MaxValue) % _names.Length];
    }
}
