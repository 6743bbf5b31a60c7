using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ActorPool.Shipping;

#pragma warning disable CA1859, CA1869 // how a program may be written is what these tests are about

namespace ActorPool.Tests.Shipping;

/// <summary>Statics that only methods read which .NET calls, of objects that a function makes.</summary>
public sealed partial class MadeObjectTests
{
    private static readonly int[] s_numbers = [1, 2, 3];

    private static readonly Dictionary<string, Delegate> s_found = new(StringComparer.Ordinal)
    {
        ["OrderBy"] = F(x => s_numbers.OrderBy(y => y, new Down()).First()),
        ["List.Sort"] = F(x => { List<int> list = [1, 2]; list.Sort(new Down()); return list[0]; }),
        ["Array.Sort"] = F(x => { int[] array = [1, 2]; Array.Sort(array, new Down()); return array[0]; }),
        ["comparer in a variable"] = F(x => { IComparer<int> down = new Down(); return s_numbers.OrderBy(y => y, down).First(); }),
        ["comparer that is called"] = F(x => { IComparer<int> down = new Down(); return down.Compare(x, 1); }),
        ["comparer of a factory"] = F(x => s_numbers.Max(Down.Create())),
        ["comparer of a base class"] = F(x => s_numbers.Order(new Up()).First()),
        ["comparer in a static"] = F(x => s_numbers.OrderBy(y => y, Down.Default).First()),
        ["structure as a comparer"] = F(x => s_numbers.OrderBy(y => y, default(DownValue)).First()),
        ["SortedSet"] = F(x => new SortedSet<int>(new Down()) { 1, 2 }.First()),
        ["PriorityQueue"] = F(x => new PriorityQueue<int, int>(new Down()).Count),
        ["BinarySearch"] = F(x => Array.BinarySearch(s_numbers, x, new Down())),
        ["Distinct"] = F(x => s_numbers.Distinct(new Parity()).Count()),
        ["HashSet with a comparer"] = F(x => new HashSet<int>(new Parity()) { 1, 3 }.Count),
        ["GroupBy"] = F(x => s_numbers.GroupBy(y => y, new Parity()).Count()),
        ["ToDictionary"] = F(x => s_numbers.ToDictionary(y => y, new Parity()).Count),
        ["EqualityComparer"] = F(x => new Dictionary<int, int>(new ParityComparer()) { [1] = 2 }.Count),
        ["IComparable in Max"] = F(x => new[] { new Key("a"), new Key("b") }.Max()!.Text.Length),
        ["IComparable in Array.Sort"] = F(x => { Key[] keys = [new("a"), new("b")]; Array.Sort(keys); return keys[0].Text.Length; }),
        ["IComparable in SortedDictionary"] = F(x => new SortedDictionary<Key, int> { [new("a")] = 1 }.Count),
        ["Equals in a HashSet"] = F(x => new HashSet<Key> { new("a"), new("A") }.Count),
        ["Equals in List.Contains"] = F(x => new List<Key> { new("a") }.Contains(new("A")) ? 1 : 0),
        ["GetHashCode that is called"] = F(x => new Key("a").GetHashCode()),
        ["structure as a key"] = F(x => new Dictionary<ValueKey, int> { [new ValueKey(x)] = 1 }.Count),
        ["text of an object"] = F(x => ("a" + new Shown(x)).Length),
        ["text in an interpolation"] = F(x => $"{new Shown(x)}".Length),
        ["text by Format"] = F(x => string.Format(CultureInfo.InvariantCulture, "{0}", new Shown(x)).Length),
        ["text by Join"] = F(x => string.Join(",", [new Shown(x)]).Length),
        ["text in a builder"] = F(x => new StringBuilder().Append(new Shown(x)).Length),
        ["text by Convert"] = F(x => Convert.ToString(new Shown(x), CultureInfo.InvariantCulture)!.Length),
        ["IFormattable"] = F(x => string.Format(CultureInfo.InvariantCulture, "{0:x}", new Formatted(x)).Length),
        ["IFormatProvider"] = F(x => string.Format(new Money(), "{0:m}", x).Length),
        ["IEnumerable"] = F(x => new Items().Cast<int>().Sum()),
        ["IEnumerable in foreach"] = F(x => { var sum = 0; foreach (var y in (IEnumerable)new Items()) sum += (int)y; return sum; }),
        ["enumerator of one's own"] = F(x => new Walk().Sum()),
        ["new T()"] = F(x => s_numbers.OrderBy(y => y, Make<Down>()).First()),
        ["Activator"] = F(x => s_numbers.OrderBy(y => y, Activator.CreateInstance<Down>()).First()),
        ["generic class that makes it"] = F(x => s_numbers.OrderBy(y => y, new Maker<Down>().Make()).First()),
        ["JSON of a property"] = F(x => JsonSerializer.Serialize(new Order(x)).Length),
        ["JSON of a nested property"] = F(x => JsonSerializer.Serialize(new Basket([new Order(x)])).Length),
        ["JSON of an input"] = (Func<Order, int>)(x => JsonSerializer.Serialize(x).Length),
        ["JSON by a converter"] = F(x =>
        {
            var options = new JsonSerializerOptions();
            options.Converters.Add(new Rounded());
            return JsonSerializer.Serialize(x, options).Length;
        }),
        ["inside a record"] = F(x => new HashSet<Wrapped> { new(new Key("a")) }.Count),
        ["inside a tuple"] = F(x => new HashSet<(Key, int)> { (new Key("a"), x) }.Count),
        ["message of an exception"] = F(x => Describe(new Refused())),
        ["constraint"] = F(x => Run(new Taxed(), x)),
        ["stream"] = F(x => { using var stream = new Upper(); stream.WriteByte((byte)x); return (int)stream.Length; }),
        ["interface of the program"] = F(x => ((IPricing)new Taxed()).Price(x)),
        ["base class of the program"] = F(x => ((Pricing)new Taxed()).Round(x)),
        ["in a lambda inside"] = F(x => s_numbers.Select(y => new HashSet<Key> { new("a") }.Count).First()),
        ["in a method"] = F(Count),
        ["asynchronous"] = (Func<int, Task<int>>)(async x => { await Task.Yield(); return new HashSet<Key> { new("a") }.Count; }),
        ["Dispose that is called"] = F(x => { using var closing = new Closing(); return x; }),
    };

    private static readonly Dictionary<string, Delegate> s_silent = new(StringComparer.Ordinal)
    {
        ["comparer without statics"] = F(x => s_numbers.OrderBy(y => y, new Plain()).First()),
        ["comparer with a constant"] = F(x => s_numbers.OrderBy(y => y, new Fixed()).First()),
        ["object that stays in the function"] = F(x => new Key("a").Text.Length),
        ["text that nobody asks for"] = F(x => { List<Shown> list = [new(x)]; return list.Count + list[0].Number; }),
        ["text of another object"] = F(x => { List<Shown> list = [new(x)]; return $"{list.Count}{x}".Length; }),
        ["comparer that is not handed on"] = F(x => new Down().Twice(x)),
        ["lock on an object"] = F(x => { var key = new Key("a"); lock (key) return key.Text.Length; }),
        ["properties that no serializer reads"] = F(x => new List<Order> { new(x) }.Count),
        ["Dispose of another object"] = F(x => { var closing = new Closing(); GC.KeepAlive(closing); return x; }),
        ["interface that is not called"] = F(x => new Taxed().Rate + x),
        ["type that is mentioned"] = F(x => typeof(Key).Name.Length + x),
    };

    public static TheoryData<string> Found => [.. s_found.Keys];

    public static TheoryData<string> Silent => [.. s_silent.Keys];

    [Theory]
    [MemberData(nameof(Found))]
    public void What_dotnet_calls_is_looked_at(string kind) =>
        Assert.Contains(Find(s_found[kind]), write => write.Kind is LostWriteKind.ReadsStatic);

    [Theory]
    [MemberData(nameof(Silent))]
    public void What_nobody_calls_is_not_found(string kind) => Assert.Empty(Find(s_silent[kind]));

    [Fact]
    public void The_static_is_named()
    {
        var write = Assert.Single(Find(s_found["OrderBy"]));
        Assert.Equal("[MadeObjectTests.Modes.Sign]", write.ToString());
    }

    [Fact]
    public async Task A_captured_set_whose_items_read_a_static_is_told()
    {
        var keys = new HashSet<Key> { new("a") };
        var check = await WorkerPool.CheckAsync(text => keys.Count + text.Length, "A");
        Assert.Contains(check.Warnings, one => one.Contains("Modes.IgnoresCase]", StringComparison.Ordinal));
    }

    private static IEnumerable<LostWrite> Find(Delegate function) => FunctionWarnings.Find(function).SelectMany(warning => warning.Writes);

    private static Func<int, int> F(Func<int, int> function) => function;

    private static int Count(int x) => new HashSet<Key> { new("a") }.Count + x;

    private static int Describe(Exception error) => error.Message.Length;

    private static int Run<T>(T pricing, int x)
        where T : IPricing => pricing.Price(x);

    private static T Make<T>()
        where T : new() => new();
}
