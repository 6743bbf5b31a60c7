using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ActorPool.Shipping;

namespace ActorPool.Tests.Shipping;

/// <summary>Inputs that a function changes and returns nothing for, and statics that differ by themselves.</summary>
public sealed class LostInputTests
{
    private static readonly Dictionary<string, (Delegate Function, string Expected)> s_functions = Create();

    public static TheoryData<string> Kinds => [.. s_functions.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_is_found_by_name_or_not_at_all(string kind)
    {
        var (function, expected) = s_functions[kind];
        var writes = FunctionWarnings.Find(function).SelectMany(warning => warning.Writes);
        Assert.Equal(expected, string.Join(", ", writes.Select(write => $"{write.Kind} {write}")));
    }

    [Fact]
    public void The_warning_says_what_to_do()
    {
        var warning = Assert.Single(FunctionWarnings.Find((Order order) => { order.Price *= 2; }));
        Assert.EndsWith(
            "does not mean the same on a node as here. It changes its input [order.Price], of which a node has a copy, "
            + "and returns nothing. If the caller reads it, return it, and use what MapAsync returns.",
            warning.Format(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_helper_that_takes_functions_is_looked_at_with_each_of_them()
    {
        var sums = new List<int>();
        Assert.False(FunctionWarnings.CapturesFunctions(F(x => x + sums.Count)));
        Assert.Empty(FunctionWarnings.Find(Wrap(x => Keep(x))));
        Assert.True(FunctionWarnings.CapturesFunctions(Wrap(x => Keep(x))));
        Assert.Contains("[sums] (Add)", Assert.Single(FunctionWarnings.Find(Wrap(x => sums.Add(x)))).Format(), StringComparison.Ordinal);

        static Action<int> Wrap(Action<int> inner) => x => inner(x);
    }

    private static Dictionary<string, (Delegate, string)> Create()
    {
        Statics.SetUp();
        return new(StringComparer.Ordinal)
        {
            ["property of an input"] = ((Order o) => { o.Price *= 2; }, "ChangesInput [o.Price]"),
            ["field of an input"] = ((Order o) => { o.Count++; }, "ChangesInput [o.Count]"),
            ["list in an input"] = ((Order o) => o.Lines.Add("a"), "ChangesInput [o.Lines] (Add)"),
            ["array"] = ((int[] items) => { items[0] = 5; }, "ChangesInput [items]"),
            ["list"] = ((List<int> items) => items.Add(5), "ChangesInput [items] (Add)"),
            ["method of an input"] = ((Order o) => o.Increase(), "ChangesInput [o.Count]"),
            ["asynchronous"] = (async (Order o) => { await Task.Yield(); o.Price = 3; }, "ChangesInput [o.Price]"),
            ["asynchronous with a token"] =
                (async ValueTask (Order o, CancellationToken t) => { await Task.Yield(); o.Price = 3; }, "ChangesInput [o.Price]"),
            ["input that is returned"] = ((Order o) => { o.Price *= 2; return o; }, ""),
            ["copy of an input"] = ((Order o) => { var copy = new Order { Price = o.Price }; copy.Price *= 2; Keep(copy); }, ""),
            ["structure"] = (((int A, int B) pair) => { pair.A = 3; Keep(pair); }, ""),
            ["input that is only read"] = ((Order o) => Keep(o.Price), ""),
            ["random array"] = (F(x => (int)Statics.Keys[x & 1]), "ReadsRandom [LostInputTests.Statics.Keys]"),
            ["random bytes"] = (F(x => Statics.Salt[0]), "ReadsRandom [LostInputTests.Statics.Salt]"),
            ["id of the process"] = (F(x => Statics.Me.GetHashCode()), "ReadsRandom [LostInputTests.Statics.Me]"),
            ["random by a helper"] = (F(x => Statics.Weights[0]), "ReadsRandom [LostInputTests.Statics.Weights]"),
            ["random from a seed"] = (F(x => Statics.Seeded[0]), ""),
            ["generator of random numbers"] = (F(x => Statics.Generator.Next()), ""),
            ["between random ones"] = (F(x => Statics.Fixed[0]), ""),
            ["hash code of a text"] = (F(x => Statics.Code), "ReadsRandom [LostInputTests.Statics.Code]"),
            ["made of a static that the program sets"] = (F(x => Derived.Doubled), "ReadsStatic [LostInputTests.Statics.Parsed]"),
            ["lazily made of a static that the program sets"] =
                (F(x => Derived.Lazily.Value), "ReadsStatic [LostInputTests.Statics.Parsed]"),
            ["function that is random"] = (F(x => Derived.Roll()), ""),
            ["registry that the program fills"] =
                (F(x => Statics.Handlers.TryGetValue("a", out var found) ? found : 0), "ReadsStatic [LostInputTests.Statics.Handlers]"),
            ["number by first use"] = (F(x => Ids<string>.Id), "ReadsOrder [LostInputTests.Ids<string>.Id]"),
            ["number by first use, interlocked"] = (F(x => Numbers.First), "ReadsOrder [LostInputTests.Numbers.First]"),
            ["numbers in the order of one class"] = (F(x => Ordered.Second), ""),
            ["by a reference that a method returns"] = (F(x => Statics.At(0)), "ReadsStatic [LostInputTests.Statics.s_cells]"),
            ["by an out argument"] = (F(x => Statics.Parsed), "ReadsStatic [LostInputTests.Statics.Parsed]"),
            ["attached to objects"] = (F(x => Statics.Attached.TryGetValue(Statics.Fixed, out _) ? 1 : 0),
                "ReadsStatic [LostInputTests.Statics.Attached]"),
        };
    }

    private static Func<int, int> F(Func<int, int> function) => function;

    private static void Keep<T>(T value) => GC.KeepAlive(value);

    private sealed class Order
    {
        public int Count;

        public decimal Price { get; set; }

        public List<string> Lines { get; } = [];

        public void Increase() => Count++;
    }

    private static class Statics
    {
        public static readonly ulong[] Keys = [(ulong)Random.Shared.NextInt64(), 1];
        public static readonly int[] Fixed = [3];
        public static readonly byte[] Salt = RandomNumberGenerator.GetBytes(4);
        public static readonly Guid Me = Guid.NewGuid();
        public static readonly int[] Weights = MakeWeights();
        public static readonly int[] Seeded = [new Random(42).Next()];
        public static readonly Random Generator = new();
        public static readonly int Code = "a".GetHashCode(StringComparison.Ordinal);
        public static readonly ConcurrentDictionary<string, int> Handlers = new(StringComparer.Ordinal);
        public static readonly ConditionalWeakTable<object, string> Attached = [];
        public static int Parsed;
        private static readonly int[] s_cells = new int[2];

        public static ref int At(int index) => ref s_cells[index];

        public static void SetUp()
        {
            At(1) = 4;
            TryFind(out Parsed);
            Attached.Add(Fixed, "a");
            Handlers.TryAdd("a", 3);
        }

        private static void TryFind(out int found) => found = 6;

        private static int[] MakeWeights()
        {
            var random = new Random();
            return [random.Next(), random.Next()];
        }
    }

    private static class Derived
    {
        public static readonly int Doubled = Statics.Parsed * 2;
        public static readonly Lazy<int> Lazily = new(() => Statics.Parsed + 1);
        public static readonly Func<int> Roll = () => Random.Shared.Next();
    }

    private static class Counter
    {
        public static int Next;
    }

    private static class Ids<T>
    {
        public static readonly int Id = Counter.Next++;
    }

    private static class Numbers
    {
        public static readonly int First = Interlocked.Increment(ref Counter.Next);
    }

    private static class Ordered
    {
        private static int s_next;

        public static readonly int First = s_next++;
        public static readonly int Second = s_next++;
    }
}
