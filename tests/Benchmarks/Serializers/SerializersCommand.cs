using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace ActorPool.Benchmarks.Serializers;

/// <summary>The command <c>serializers</c>: measures speed and size of serializers, and what they lose.</summary>
/// <remarks>
/// MB/s counts the bytes of the values in memory, which are the same for all serializers, so a serializer that writes fewer bytes does not
/// look slower. The best of the runs counts: each takes some milliseconds, and other work of the machine can only add to them.
/// </remarks>
internal static class SerializersCommand
{
    private const double WarmUp = 1000; // ms of a contender's first runs that do not count: the just-in-time compiler optimizes in them

    private const int Chain = 100_000;

    public static int Run(int runs)
    {
        var random = new Random(1);
        var records = Enumerable.Range(0, 100_000).Select(i => new RecordSample(i, $"name of record {i}", random.NextDouble())).ToArray();
        var numbers = Enumerable.Range(0, 1_000_000).Select(_ => random.NextDouble()).ToArray();
        var pairs = numbers.Select((n, i) => (i, n)).ToArray();
        var nested = Enumerable.Range(0, 10_000).Select(OrderSample.Create).ToArray();
        PrintTable(
            "100,000 records {int, string, double}", records, runs, records.Sum(r => 16 + 2L * r.Name.Length), (a, b) => a == b,
            [.. Contender<RecordSample>.All, Contender<RecordSample>.WithoutDynamicCode]);
        PrintTable("1,000,000 doubles", numbers, runs, 8L * numbers.Length, (a, b) => a.Equals(b));
        PrintTable("1,000,000 (int, double)", pairs, runs, 16L * pairs.Length, (a, b) => a == b);
        PrintTable(
            "10,000 orders of 4 lines, with tags and a customer", nested, runs, nested.Sum(o => o.Bytes), (a, b) => a.HasSameValues(b));
        var shapes = Enumerable.Range(0, 100_000).Select(ShapeSample.Create).ToArray();
        PrintTable(
            "100,000 shapes of two classes, declared as their base", shapes, runs, 16L * shapes.Length, (a, b) => a.HasSameValues(b));
        var boxed = Enumerable.Range(0, 10_000).Select(BagSample.Create).ToArray();
        PrintTable(
            "10,000 dictionaries of 3 objects, declared as object", boxed, runs, 64L * boxed.Length, (a, b) => a.HasSameValues(b));
        var trees = Enumerable.Range(0, 10_000).Select(TreeSample.Create).ToArray();
        PrintTable(
            "10,000 trees of 7 nodes that know their parents", trees, runs, 7 * 24L * trees.Length, (a, b) => a.HasSameValues(b),
            [.. Contender<TreeSample>.All.Where(one => one.KeepsReferences)]);
        PrintTable(
            "25 objects that share children", new[] { NodeSample.CreateShared(25) }, runs, 25 * 24, (a, b) => a.HasSharedChildren(25),
            [.. Contender<NodeSample>.All.Where(one => one.KeepsReferences)]);
        PrintTable(
            $"a chain of {Chain} objects", new[] { LinkSample.CreateChain(Chain) }, runs, 24L * Chain,
            (a, b) => a.CountLinks() == b.CountLinks(), [Contender<LinkSample>.All[0]]);
        Console.WriteLine("Serializers that keep no references write 2^25 objects for the 25, and do not end for the trees. "
            + "All but ActorPool need stack for each object of a chain: not run.");
        PrintLosses();
        return 0;
    }

    private static void PrintTable<T>(
        string title, T[] items, int runs, long bytes, Func<T, T, bool> same, IReadOnlyList<Contender<T>>? contenders = null)
    {
        var heading = new TableTitle(Markup.Escape($"{title}: {bytes / 1e6:N1} MB in memory"));
        var table = new Table { Title = heading, Border = TableBorder.Rounded };
        table.AddColumn("serializer");
        foreach (var column in new[] { "encode, MB/s", "decode, MB/s", "encode, ms", "decode, ms", "size, kB", "came back" })
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var contender in contenders ?? Contender<T>.All)
            table.AddRow(CreateRow(contender, items, runs, bytes, same));
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 140;
        AnsiConsole.Write(table);
    }

    private static string[] CreateRow<T>(Contender<T> contender, T[] items, int runs, long bytes, Func<T, T, bool> same)
    {
        var name = Markup.Escape(contender.Name);
        try
        {
            var (encode, decode) = (new List<double>(), new List<double>());
            long size = 0;
            var equal = 0;
            var begin = Stopwatch.GetTimestamp();
            for (var run = 0; run < runs;)
            {
                GC.Collect();
                var start = Stopwatch.GetTimestamp();
                var encoded = contender.Encode(items);
                var encoding = Elapsed.Milliseconds(start);
                size = encoded.Size;
                var flat = encoded.Bytes();
                GC.Collect();
                start = Stopwatch.GetTimestamp();
                var copy = contender.Decode(flat, items.Length);
                var decoding = Elapsed.Milliseconds(start);
                equal = copy.Zip(items, same).Count(s => s);
                encoded.Done();
                if (Elapsed.Milliseconds(begin) < WarmUp)
                    continue;
                encode.Add(encoding);
                decode.Add(decoding);
                run++;
            }
            var kept = equal == items.Length ? "all" : $"[red]{equal} of {items.Length}[/]";
            return
            [
                name, FormatRate(bytes, encode), FormatRate(bytes, decode), FormatNumber(encode.Min(), 2), FormatNumber(decode.Min(), 2),
                FormatNumber(size / 1e3, 1), kept,
            ];
        }
        catch (Exception e)
        {
            return [name, "[red]failed[/]", Markup.Escape(e.GetType().Name), "", "", "", ""];
        }
    }

    private static string FormatRate(long bytes, List<double> milliseconds) => FormatNumber(bytes / 1e3 / milliseconds.Min(), 0);

    private static string FormatNumber(double value, int decimals) =>
        value.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static void PrintLosses()
    {
        var title = new TableTitle("What each serializer keeps of a value (run here; default options, JSON with fields)");
        var table = new Table { Title = title, Border = TableBorder.Rounded };
        table.AddColumn("value");
        foreach (var name in Contender<int>.All.Select(c => c.Name))
            table.AddColumn(Markup.Escape(name));
        AddLoss(table, "private field without a property", new PrivateSample(7), (a, b) => a.Secret() == b.Secret());
        AddLoss(table, "NaN", double.NaN, (a, b) => double.IsNaN(a) && double.IsNaN(b));
        AddLoss(table, "-0.0", -0.0, (a, b) => double.IsNegative(a) && double.IsNegative(b));
        AddLoss(table, "kind of a local DateTime", new DateTime(2024, 2, 29, 12, 0, 0, DateTimeKind.Local), HaveSameKind);
        AddLoss(table, "kind of an unspecified DateTime", new DateTime(2024, 2, 29, 12, 0, 0, DateTimeKind.Unspecified), HaveSameKind);
        AddLoss(table, "tuple of three", (1, "two", 3.0), (a, b) => a == b);
        AddLoss(table, "half of a surrogate pair", "a\uD83D", (a, b) => string.Equals(a, b, StringComparison.Ordinal));
        AddLoss(
            table, "case-insensitive dictionary",
            new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["A"] = 1 }, (_, b) => b.ContainsKey("a"));
        AddLoss(
            table, "derived in a base's place",
            new BaseSample[] { new DerivedSample { Number = 1, More = 2 } }, (_, b) => b[0] is DerivedSample);
        var shared = new RecordSample(1, "shared", 2);
        AddLoss(table, "one object twice", new[] { shared, shared }, (_, b) => ReferenceEquals(b[0], b[1]));
        AddLoss(table, "declared as object", BagSample.Create(1), (a, b) => a.HasSameValues(b));
        AddLoss(table, "chain of 60 objects", LinkSample.CreateChain(60), (a, b) => a.CountLinks() == b.CountLinks());
        AddLoss(table, "chain of 1,000 objects", LinkSample.CreateChain(1000), (a, b) => a.CountLinks() == b.CountLinks());
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 170;
        AnsiConsole.Write(table);
    }

    private static bool HaveSameKind(DateTime a, DateTime b) => a.Ticks == b.Ticks && a.Kind == b.Kind;

    private static void AddLoss<T>(Table table, string value, T item, Func<T, T, bool> same)
    {
        var row = new List<string> { Markup.Escape(value) };
        foreach (var contender in Contender<T>.All)
        {
            try
            {
                var encoded = contender.Encode([item]);
                var copy = contender.Decode(encoded.Bytes(), 1);
                encoded.Done();
                row.Add(same(item, copy[0]) ? "[green]kept[/]" : "[red]lost silently[/]");
            }
            catch (Exception e)
            {
                row.Add(Markup.Escape($"refused: {e.GetType().Name}"));
            }
        }
        table.AddRow([.. row]);
    }
}
