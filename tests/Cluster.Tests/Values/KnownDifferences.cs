using ActorPool.Node.Tests;
using ActorPool.Values;

namespace ActorPool.ClusterTests.Values;

/// <summary>The rows of the last table in <c>docs/values.md</c>: a kind, its ways, and the reason.</summary>
internal static class KnownDifferences
{
    private const string Heading = "| kind | ways | reason |";

    private static readonly string s_file = Path.Combine(Repository.Root, "docs", "values.md");

    /// <summary>What a reason says of a kind whose answers may also be the same.</summary>
    private const string ByChance = "by chance";

    /// <summary>The rows, each with whether it may also be the same.</summary>
    public static Dictionary<(string Kind, Way Way), bool> Read() => ReadRows()
        .SelectMany(row => row.Ways.Split(", ").Select(way => (Key: (row.Kind, Enum.Parse<Way>(way, ignoreCase: true)), row.Reason)))
        .ToDictionary(row => row.Key, row => row.Reason.Contains(ByChance, StringComparison.Ordinal));

    /// <summary>Replaces the rows, and keeps the reasons of those that stay.</summary>
    public static void Write(IEnumerable<string> kinds, IEnumerable<Comparison> found)
    {
        var reasons = ReadRows().ToDictionary(row => row.Kind, row => row.Reason, StringComparer.Ordinal);
        var differences = found.Where(one => one.Outcome is Outcome.Differs)
            .ToLookup(one => one.Kind, one => one.Way, StringComparer.Ordinal);
        var rows = kinds.Where(differences.Contains)
            .Select(kind => (Kind: kind, Ways: string.Join(", ", differences[kind].Order()).ToLowerInvariant()))
            .Select(row => $"| {row.Kind} | {row.Ways} | {reasons.GetValueOrDefault(row.Kind, "not mended yet")} |");
        var before = File.ReadLines(s_file).TakeWhile(line => !line.StartsWith(Heading, StringComparison.Ordinal)).ToArray();
        File.WriteAllLines(s_file, [.. before, Heading, "|---|---|---|", .. rows]);
    }

    private static IEnumerable<(string Kind, string Ways, string Reason)> ReadRows() => File.ReadAllLines(s_file)
        .SkipWhile(line => !line.StartsWith(Heading, StringComparison.Ordinal)).Skip(2)
        .Select(line => line.Split('|'))
        .Where(cells => cells.Length > 3)
        .Select(cells => (cells[1].Trim(), cells[2].Trim(), cells[3].Trim()));
}
