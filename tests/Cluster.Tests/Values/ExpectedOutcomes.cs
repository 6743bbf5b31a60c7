using ActorPool.Node.Tests;
using ActorPool.Values;

namespace ActorPool.ClusterTests.Values;

/// <summary>The outcomes of the last update, in <c>expected.tsv</c>.</summary>
internal static class ExpectedOutcomes
{
    private static readonly string s_file = Path.Combine(Repository.Root, "tests", "Cluster.Tests", "Values", "expected.tsv");
    private static readonly Way[] s_ways = Enum.GetValues<Way>();

    public static Dictionary<(string Kind, Way Way), Outcome> Read() => File.ReadLines(s_file).Skip(1)
        .Select(line => line.Split('\t'))
        .SelectMany(cells => s_ways.Select((way, i) => (Kind: cells[0], Way: way, Outcome: Enum.Parse<Outcome>(cells[i + 1]))))
        .ToDictionary(one => (one.Kind, one.Way), one => one.Outcome);

    public static void Write(IEnumerable<string> kinds, Dictionary<(string Kind, Way Way), Comparison> found)
    {
        var rows = kinds.Select(kind => string.Join('\t', s_ways.Select(way => $"{found[(kind, way)].Outcome}").Prepend(kind)));
        File.WriteAllLines(s_file, rows.Prepend(string.Join('\t', s_ways.Select(way => $"{way}").Prepend("Kind"))));
    }
}
