using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ActorPool.Serialization;
using MemoryPack;
using MessagePack;
using MessagePack.Resolvers;
using Spectre.Console;

namespace ActorPool.Benchmarks;

/// <summary>The command <c>serializers</c>: measures speed and size of serializers, and what they lose.</summary>
/// <remarks>
/// MB/s counts the bytes of the values in memory, which are the same for all serializers, so a serializer that writes fewer bytes does not
/// look slower. The best of the runs counts: each takes some milliseconds, and other work of the machine can only add to them.
/// </remarks>
internal static class SerializersCommand
{
    private const double WarmUp = 1000; // ms of a contender's first runs that do not count: the just-in-time compiler optimizes in them

    private static readonly JsonSerializerOptions s_json = new() { IncludeFields = true };

    public static int Run(int runs)
    {
        var random = new Random(1);
        var records = Enumerable.Range(0, 100_000).Select(i => new SampleRecord(i, $"name of record {i}", random.NextDouble())).ToArray();
        var numbers = Enumerable.Range(0, 1_000_000).Select(_ => random.NextDouble()).ToArray();
        var pairs = numbers.Select((n, i) => (i, n)).ToArray();
        var nested = Enumerable.Range(0, 10_000).Select(SampleOrder.Create).ToArray();
        PrintTable("100,000 records {int, string, double}", records, runs, records.Sum(r => 16 + 2L * r.Name.Length), (a, b) => a == b);
        PrintTable("1,000,000 doubles", numbers, runs, 8L * numbers.Length, (a, b) => a.Equals(b));
        PrintTable("1,000,000 (int, double)", pairs, runs, 16L * pairs.Length, (a, b) => a == b);
        PrintTable(
            "10,000 orders of 4 lines, with tags and a customer", nested, runs, nested.Sum(o => o.Bytes), (a, b) => a.HasSameValues(b));
        PrintLosses();
        return 0;
    }

    private static void PrintTable<T>(string title, T[] items, int runs, long bytes, Func<T, T, bool> same)
    {
        var heading = new TableTitle(Markup.Escape($"{title}: {bytes / 1e6:N1} MB in memory"));
        var table = new Table { Title = heading, Border = TableBorder.Rounded };
        table.AddColumn("serializer");
        foreach (var column in new[] { "encode, MB/s", "decode, MB/s", "size, MB", "came back" })
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var contender in Contender<T>.All)
            table.AddRow(CreateRow(contender, items, runs, bytes, same));
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 120;
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
            return [name, FormatRate(bytes, encode), FormatRate(bytes, decode), FormatNumber(size / 1e6, 1), kept];
        }
        catch (Exception e)
        {
            return [name, "[red]failed[/]", Markup.Escape(e.GetType().Name), "", ""];
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
        AddLoss(table, "private field without a property", new WithPrivate(7), (a, b) => a.Secret() == b.Secret());
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
            new SampleBase[] { new SampleDerived { Number = 1, More = 2 } }, (_, b) => b[0] is SampleDerived);
        AddLoss(table, "chain of 60 objects", SampleLink.CreateChain(60), (a, b) => a.CountLinks() == b.CountLinks());
        AddLoss(table, "chain of 1,000 objects", SampleLink.CreateChain(1000), (a, b) => a.CountLinks() == b.CountLinks());
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

    /// <summary>Encoded items: size, bytes in one piece, and an action that returns their buffers.</summary>
    private sealed record Encoded(long Size, Func<byte[]> Bytes, Action Done);

    private sealed record Contender<T>(string Name, Func<T[], Encoded> Encode, Func<byte[], int, T[]> Decode)
    {
        private static readonly PayloadSerializer s_serializer = new(new PayloadLimits(), LoadedModules.Instance);
        private static readonly MessagePackSerializerOptions s_contractless = ContractlessStandardResolver.Options;

        public static IReadOnlyList<Contender<T>> All { get; } =
        [
            new(Names.ActorPool, Write, Read),
            new(
                "MessagePack contractless",
                items => CreateEncoded(MessagePackSerializer.Serialize(items, s_contractless)),
                (bytes, _) => MessagePackSerializer.Deserialize<T[]>(bytes, s_contractless)),
            new(
                "MemoryPack (attributes)",
                items => CreateEncoded(MemoryPackSerializer.Serialize(items)),
                (bytes, _) => MemoryPackSerializer.Deserialize<T[]>(bytes)!),
            new(
                "System.Text.Json",
                items => CreateEncoded(JsonSerializer.SerializeToUtf8Bytes(items, s_json)),
                (bytes, _) => JsonSerializer.Deserialize<T[]>(bytes, s_json)!),
        ];

        private static Encoded Write(T[] items)
        {
            var writer = new PayloadWriter();
            s_serializer.GetCodec<T>().Write(writer, items, 0);
            return new Encoded(writer.Length, writer.ToArray, writer.Dispose);
        }

        private static T[] Read(byte[] bytes, int count)
        {
            var items = new T[count];
            var reading = s_serializer.GetCodec<T>().ReadAsync(new MemoryPayloadReader(bytes), items, CancellationToken.None);
            reading.AsTask().GetAwaiter().GetResult(); // it is complete: the bytes are in memory
            return items;
        }

        private static Encoded CreateEncoded(byte[] bytes) => new(bytes.Length, () => bytes, static () => { });
    }
}

/// <summary>A small record, as in many jobs.</summary>
[MemoryPackable]
public sealed partial record SampleRecord(int Id, string Name, double Value);

/// <summary>One line of an order.</summary>
[MemoryPackable]
[StructLayout(LayoutKind.Auto)]
public readonly partial record struct SampleLine(int Article, int Count, decimal Price);

/// <summary>The customer of an order.</summary>
[MemoryPackable]
public sealed partial record SampleCustomer(Guid Id, string Name, DateTime Since);

/// <summary>An object with objects, a list and a dictionary.</summary>
[MemoryPackable]
public sealed partial record SampleOrder(
    long Id, SampleCustomer Customer, List<SampleLine> Lines, Dictionary<string, string> Tags, double? Discount)
{
    internal long Bytes =>
        8 + 16 + 2 * Customer.Name.Length + 8 + 24 * Lines.Count + Tags.Sum(t => 2L * (t.Key.Length + t.Value.Length)) + 9;

    internal static SampleOrder Create(int i) => new(
        i,
        new SampleCustomer(
            new Guid(i, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
            $"customer {i}",
            new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(i)),
        [.. Enumerable.Range(0, 4).Select(l => new SampleLine(i + l, l + 1, 9.99m * (l + 1)))],
        new Dictionary<string, string>(StringComparer.Ordinal) { ["channel"] = "web", ["state"] = $"state {i % 7}" },
        i % 3 == 0 ? null : 0.05);

    internal bool HasSameValues(SampleOrder other) =>
        Id == other.Id && Customer == other.Customer && Lines.SequenceEqual(other.Lines) && Discount.Equals(other.Discount)
        && Tags.Count == other.Tags.Count
        && Tags.All(t => string.Equals(other.Tags[t.Key], t.Value, StringComparison.Ordinal));
}

/// <summary>Has a field without a property.</summary>
[MemoryPackable]
public sealed partial class WithPrivate
{
    private int _secret;

    /// <summary>Creates an empty object, for the serializers that need this.</summary>
    [MemoryPackConstructor]
    public WithPrivate() { }

    /// <summary>Sets the field.</summary>
    public WithPrivate(int secret) => _secret = secret;

    internal int Secret() => _secret;
}

/// <summary>The declared type of a derived object.</summary>
[MemoryPackable]
public partial class SampleBase
{
    /// <summary>A number of both types.</summary>
    public int Number { get; set; }
}

/// <summary>A derived type with one more property.</summary>
[MemoryPackable]
public sealed partial class SampleDerived : SampleBase
{
    /// <summary>A number that serializers of the base type lose.</summary>
    public int More { get; set; }
}

/// <summary>An object of a chain.</summary>
[MemoryPackable]
public sealed partial class SampleLink
{
    /// <summary>The next object of the chain.</summary>
    public SampleLink? Next { get; set; }

    internal static SampleLink CreateChain(int length)
    {
        var first = new SampleLink();
        for (var i = 1; i < length; i++)
            first = new SampleLink { Next = first };
        return first;
    }

    internal int CountLinks()
    {
        var length = 0;
        for (var link = this; link is not null; link = link.Next)
            length++;
        return length;
    }
}
