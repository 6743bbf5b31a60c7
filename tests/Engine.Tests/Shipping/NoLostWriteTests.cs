using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ActorPool.Shipping;

namespace ActorPool.Tests.Shipping;

/// <summary>No function is suspected that may well mean the same on a node.</summary>
public sealed class NoLostWriteTests
{
    private static readonly Dictionary<string, Delegate> s_functions =
        new[] { OwnVariables(), Captured(), Owner.OverThis(), Statics() }
            .SelectMany(table => table)
            .ToDictionary(StringComparer.Ordinal);

    public static TheoryData<string> Kinds => [.. s_functions.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nothing_is_found(string kind) =>
        Assert.Empty(FunctionWarnings.Find(s_functions[kind]).Select(warning => warning.Format()));

    private static Dictionary<string, Delegate> OwnVariables() => new(StringComparer.Ordinal)
    {
        ["nothing"] = F(x => x + 1),
        ["method of the framework"] = (Func<int, int>)Math.Abs,
        ["own variable"] = F(x => { var n = 0; n += x; n++; return n; }),
        ["own list"] = F(x => { List<int> list = [x]; list.Add(x); return list.Count; }),
        ["own dictionary"] = F(x => { var d = new Dictionary<int, int> { [x] = 1 }; d[x]++; return d.Count; }),
        ["own builder"] = F(x => new StringBuilder().Append(x).AppendLine("a").Length),
        ["own array"] = F(x => { var a = new int[x + 1]; a[x] = 1; a[x]++; return a[x]; }),
        ["own object"] = F(x => { var box = new Box { Field = 1 }; box.Field += x; box.Name = "a"; return box.Field; }),
        ["own structure"] = F(x => { Pair pair = default; pair.Left = x; return pair.Left; }),
        ["own parameter"] = F(x => { x++; x += 2; return x; }),
        ["own variable in a lambda"] = F(x => { var n = 0; new[] { x }.ToList().ForEach(y => n += y); return n; }),
        ["own list in a lambda"] = F(x => { List<int> l = []; new[] { x }.ToList().ForEach(y => l.Add(y)); return l.Count; }),
        ["own variable in a local function"] = F(x =>
        {
            var n = 0;
            Local();
            return n;
            void Local() => n += x;
        }),
        ["own variable in nested lambdas"] = F(x =>
        {
            var outer = 0;
            foreach (var y in new[] { x })
            {
                var inner = y;
                new[] { y }.ToList().ForEach(z => { inner += z; outer += inner; });
            }
            return outer;
        }),
        ["own variable in an iterator"] = F(x =>
        {
            return Items().Sum();
            IEnumerable<int> Items()
            {
                var n = 0;
                List<int> all = [];
                while (n++ < x)
                {
                    all.Add(n);
                    yield return n;
                }
            }
        }),
        ["own variable in an async lambda"] = A(async (x, _) =>
        {
            var (n, list) = (0, new List<int>());
            await Task.Yield();
            n += x;
            list.Add(n);
            await Task.Yield();
            return list.Count + n;
        }),
        ["own variable by reference"] = F(x => { var n = x; Interlocked.Increment(ref n); ref var r = ref n; r++; return n; }),
        ["own variable out"] = F(x => { int n; return int.TryParse("5", CultureInfo.InvariantCulture, out n) ? n : x; }),
        ["own array, copied into"] = F(x => { var a = new int[9]; Array.Copy(new[] { x }, a, 1); new[] { x }.CopyTo(a, 0); return a[0]; }),
        ["own span"] = F(x => { Span<int> own = stackalloc int[4]; own[1] = x; own.Fill(x); return own[0]; }),
        ["own event"] = F(x => { var bell = new Bell(); bell.Rung += (_, _) => x++; bell.Ring(); return x; }),
        ["input"] = (Func<List<int>, int>)(list => { list.Add(1); return list.Count; }),
        ["input in a method"] = (Func<Box, int>)(box => { Raise(box); return box.Field; }),
    };

    private static Dictionary<string, Delegate> Captured()
    {
        var (factor, list, box, pair) = (3, new List<int> { 1 }, new Box(), new Pair { Left = 1 });
        var (dictionary, array, text, gate) = (new Dictionary<int, int>(), new[] { 3, 1 }, "abc", new Lock());
        var (immutable, builder) = (ImmutableList.Create(1), new StringBuilder());
        var (local, thread) = (new AsyncLocal<int>(), new ThreadLocal<int>());
        var original = new Record(1, [2]);
        var written = 0;
        Action other = () => { written++; list.Add(1); };
        GC.KeepAlive(other);
        return new(StringComparer.Ordinal)
        {
            ["captured number"] = F(x => x * factor),
            ["captured list"] = F(x => list[0] + list.Count + list.Sum() + list.IndexOf(x)),
            ["captured dictionary"] = F(x => dictionary.TryGetValue(x, out var y) ? y : dictionary.GetValueOrDefault(x)),
            ["captured array"] = F(x => array[0] + array.Length + Array.IndexOf(array, x)),
            ["captured array, copied from"] =
                F(x => { var copy = new int[9]; array.CopyTo(copy, 0); Array.Copy(array, copy, 1); return copy[x]; }),
            ["captured array as a span"] = F(x => array.AsSpan()[0] + array.AsSpan(1).IndexOf(x)),
            ["captured object"] = F(x => box.Field + box.Name.Length + box.Items.Count + x),
            ["captured lock"] = F(x => { lock (gate) return x + factor; }),
            ["copy of a list"] = F(x => { var copy = list.ToList(); copy.Add(x); return copy.Count; }),
            ["copy of an array"] = F(x => { var copy = (int[])array.Clone(); copy[0] = x; Array.Sort(copy); return copy[0]; }),
            ["copy of a structure"] = F(x => { var copy = pair; copy.Left = x; return copy.Left; }),
            ["copy of a record"] = F(x => { var copy = original with { Left = x }; return copy.Left + original.Left; }),
            ["copy or own"] = F(x => { var either = x > 3 ? list : []; either.Add(x); return either.Count; }),
            ["changed text"] = F(x => text.Insert(0, "a").Replace("b", "c", StringComparison.Ordinal).Length + x),
            ["immutable collection"] = F(x => immutable.Add(x).Remove(1).Count),
            ["variables that another lambda writes"] = F(x => written + list.Count + x),
            ["AsyncLocal"] = F(x => local.Value = x),
            ["ThreadLocal"] = F(x => thread.Value = x),
            ["builder that is emptied"] = F(x => { builder.Clear(); builder.Append(x); return builder.Length; }),
            ["list that is emptied"] = F(x => { list.Clear(); list.Add(x); return list.Count; }),
            ["parser with a position"] = Over(new Parser()),
            ["method of a parser"] = (Func<int, int>)new Parser().Parse,
            ["lazy value of an object"] = F(x => box.Lazy + x),
        };

        static Func<int, int> Over(Parser parser) => x => parser.Parse(x);
    }

    private static Dictionary<string, Delegate> Statics()
    {
        Program.Unused = 0;
        GC.KeepAlive(Service.Instance.Find("a") + Service.Instance.Compute(3) + Service.Scratch.Measure("a"));
        return new(StringComparer.Ordinal)
        {
            ["constant"] = F(x => x * Program.Constant),
            ["read-only static"] = F(x => x + Program.ReadOnly.Length + Program.Table[0]),
            ["static that nobody sets"] = F(x => x * Program.NeverSet),
            ["static property that nobody sets"] = F(x => x * Program.Never),
            ["static that its class sets"] = F(x => x * Program.Early),
            ["static that its class sets in a method"] = F(x => x * Program.AlsoEarly),
            ["static that is set at its first use"] = F(x => Program.Lazy.Count + x),
            ["static that is set at its first use, in the function"] = F(x => (Program.LazyText ??= "a").Length + x),
            ["static that a flag guards"] = F(x => Program.GetGuarded() + x),
            ["static for each thread"] = F(x => Program.ThreadOwn += x),
            ["static AsyncLocal"] = F(x => Program.Local.Value = x),
            ["singleton that answers"] = F(x => x + Service.Instance.Find("a")),
            ["singleton with a cache"] = F(x => x + Service.Instance.Compute(x)),
            ["singleton with a cache that the function fills"] = F(x => Service.Filled.Compute(x)),
            ["singleton that both use for a while"] = F(x => x + Service.Scratch.Measure("ab")),
            ["static set that says a thing once"] = F(x => { Service.Tell(x); return x; }),
            ["static event that nobody handles"] = F(x => { Bell.RingAll(); return x; }),
            ["static cache"] = F(x => Program.Cache.GetOrAdd(x, y => y * 2)),
            ["static cache with a look-up"] = F(x =>
            {
                if (!Program.Memo.TryGetValue(x, out var y))
                    Program.Memo[x] = y = x * 2;
                return y;
            }),
            ["static cache in a method"] = F(Program.Remember),
            ["static buffer in a method"] = F(Program.UseBuffer),
            ["lambda that the compiler keeps"] = F(x => new[] { x }.Select(y => y + 1).Sum()),
            ["method group that the compiler keeps"] = F(x => new[] { x }.Select(Math.Abs).Sum()),
        };
    }

    private static void Raise(Box box) => box.Field++;

    private static Func<int, int> F(Func<int, int> function) => function;

    private static Func<int, CancellationToken, ValueTask<int>> A(Func<int, CancellationToken, ValueTask<int>> function) => function;

    private static class Program
    {
        public const int Constant = 3;
        internal static readonly int[] Table = [1];
        internal static readonly AsyncLocal<int> Local = new();
        internal static readonly ConcurrentDictionary<int, int> Cache = new();
        internal static readonly Dictionary<int, int> Memo = [];
        internal static int NeverSet = 3;
        internal static int Early;
        internal static int AlsoEarly;
        internal static string? LazyText;

        [ThreadStatic]
        internal static int ThreadOwn;

        private static readonly List<int> s_buffer = [];
        private static List<int>? s_lazy;
        private static int s_guarded;
        private static bool s_isGuarded;

        static Program()
        {
            Early = 4;
            SetUp();
        }

        public static string ReadOnly { get; } = "abc";

        public static int Never { get; set; } = 3;

        public static int Unused { get; set; }

        public static List<int> Lazy => s_lazy ??= [1];

        public static int GetGuarded()
        {
            if (!s_isGuarded)
            {
                s_guarded = 7;
                s_isGuarded = true;
            }
            return s_guarded;
        }

        public static int Remember(int x)
        {
            if (!Memo.TryGetValue(x, out var y))
            {
                y = x * 2;
                Memo.Add(x, y);
            }
            return y;
        }

        public static int UseBuffer(int x)
        {
            s_buffer.Clear();
            s_buffer.Add(x);
            return s_buffer.Count;
        }

        private static void SetUp() => AlsoEarly = 4;
    }

    private sealed class Service
    {
        private static readonly HashSet<int> s_told = [];
        private readonly Dictionary<int, int> _computed = [];
        private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal) { ["a"] = 1 };
        private string _text = "";

        public static Service Instance { get; } = new();

        public static Service Filled { get; } = new();

        public static Service Scratch { get; } = new();

        public static void Tell(int x)
        {
            if (s_told.Add(x))
                GC.KeepAlive(x);
        }

        public int Find(string name) => _known.GetValueOrDefault(name);

        public int Compute(int x)
        {
            if (!_computed.TryGetValue(x, out var y))
                _computed[x] = y = x * 2;
            return y;
        }

        public int Measure(string text)
        {
            _text = text;
            return _text.Length;
        }
    }

    private sealed class Bell
    {
        public static event EventHandler? All;

        public event EventHandler? Rung;

        public static void RingAll() => All?.Invoke(null, EventArgs.Empty);

        public void Ring() => Rung?.Invoke(this, EventArgs.Empty);
    }

    private sealed class Box
    {
        private string? _lazy;

        public int Field;

        public string Name { get; set; } = "";

        public List<int> Items { get; } = [];

        public int Lazy => (_lazy ??= "abc").Length;
    }

    private sealed record Record(int Left, int[] Right);

    [StructLayout(LayoutKind.Auto)]
    private struct Pair
    {
        public int Left;
    }

    private sealed class Parser
    {
        private readonly List<int> _parts = [];
        private int _position;

        public int Parse(int x)
        {
            _position = 0;
            _parts.Clear();
            while (_position < x)
            {
                _parts.Add(_position);
                _position++;
            }
            return _parts.Count;
        }
    }

    private sealed class Owner
    {
        private readonly int _factor = 3;
        private string? _lazy;

        public static Dictionary<string, Delegate> OverThis() => new Owner().Table();

        private Dictionary<string, Delegate> Table() => new(StringComparer.Ordinal)
        {
            ["field of this"] = F(x => x * _factor),
            ["lazy field of this"] = F(x => (_lazy ??= "abc").Length + x),
            ["method of this"] = F(x => Scale(x)),
        };

        private int Scale(int x) => x * _factor;
    }
}
