using static ActorPool.Values.Answer;

namespace ActorPool.Values.Kinds;

/// <summary>Collections whose items or comparers are not what they were when the collection was filled.</summary>
public sealed class ChangedKinds : IKindSource
{
    public IEnumerable<Kind> Create() =>
    [
        Kind.Of("set whose item has changed", MakeChangedSet, v => Of(v.Contains(new Changing { Number = 7 }), v.Count)),
        Kind.Of("dictionary whose key has changed", MakeChangedDictionary, v => Of(v.ContainsKey(new Changing { Number = 7 }), v.Count)),
        Kind.Of("sorted set whose item has changed", MakeChangedOrder, v => Items(v.Select(item => item.Number))),
        Kind.Of("dictionary whose comparer is its owner", MakeOwner, v => Of(v.Words.ContainsKey("A"), v.Words.ContainsKey("b"))),
        Kind.Of("sorted sets in a long chain", () => Chained.Make(80), v => Of(v.Sum())),
    ];

    private static HashSet<Changing> MakeChangedSet()
    {
        var item = new Changing { Number = 1 };
        HashSet<Changing> set = [item];
        item.Number = 7;
        return set;
    }

    private static Dictionary<Changing, int> MakeChangedDictionary()
    {
        var key = new Changing { Number = 1 };
        var dictionary = new Dictionary<Changing, int> { [key] = 1 };
        key.Number = 7;
        return dictionary;
    }

    private static SortedSet<Changing> MakeChangedOrder()
    {
        var item = new Changing { Number = 1 };
        SortedSet<Changing> set = new(Comparer<Changing>.Create((x, y) => x.Number.CompareTo(y.Number))) { item, new() { Number = 3 } };
        item.Number = 7;
        return set;
    }

    private static Vocabulary MakeOwner()
    {
        var owner = new Vocabulary { IgnoresCase = true };
        owner.Words.Add("a", 1);
        return owner;
    }

    public sealed class Changing
    {
        public int Number { get; set; }

        public override bool Equals(object? obj) => obj is Changing other && other.Number == Number;

        public override int GetHashCode() => Number;
    }

    public sealed class Vocabulary : IEqualityComparer<string>
    {
        public Vocabulary() => Words = new Dictionary<string, int>(this);

        public bool IgnoresCase { get; set; }

        public Dictionary<string, int> Words { get; }

        public bool Equals(string? x, string? y) =>
            string.Equals(x, y, IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

        public int GetHashCode(string obj) =>
            obj.GetHashCode(IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }

    public sealed class Chained
    {
        private readonly SortedSet<int> _numbers = new(new Down(-1)) { 1, 3, 2 };
        private Chained? _next;

        public static Chained Make(int length)
        {
            Chained first = new();
            for (var i = 1; i < length; i++)
                first = new() { _next = first };
            return first;
        }

        public int Sum()
        {
            var sum = 0;
            for (var link = this; link is not null; link = link._next)
                sum = sum * 31 + link._numbers.First() + (link._numbers.Contains(2) ? 10 : 0);
            return sum;
        }

        private sealed class Down(int sign) : IComparer<int>
        {
            private readonly int _sign = sign;

            public int Compare(int x, int y) => _sign * x.CompareTo(y);
        }
    }
}
