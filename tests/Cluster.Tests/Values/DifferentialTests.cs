using ActorPool.ClusterTests.Support;
using ActorPool.Values;
using ActorPool.Values.FSharp;
using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Values;

/// <summary>Values of all kinds answer on a node as they do here.</summary>
/// <remarks>
/// The node is in another time zone.
/// <c>ACTORPOOL_UPDATE_VALUES=1</c> writes what came out into <c>expected.tsv</c>, and the differences into <c>docs/values.md</c>.
/// </remarks>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const string Update = "ACTORPOOL_UPDATE_VALUES";

    [Fact]
    public async Task A_value_says_the_same_on_a_node_or_is_refused_by_name()
    {
        Trip[] trips = [.. KindCatalog.Trips, .. Trip.Of<FSharpKinds>()];
        string[] kinds = [.. trips.Select(trip => trip.Name)];
        Assert.True(trips.Length >= 300, $"There are only {trips.Length} kinds.");
        Assert.Equal(kinds.Length, kinds.Distinct(StringComparer.Ordinal).Count());

        var found = (await RunAsync(trips)).ToDictionary(one => (one.Kind, one.Way));

        var file = Path.Combine(AppContext.BaseDirectory, "values.tsv");
        await File.WriteAllLinesAsync(file, kinds.SelectMany(kind => Enum.GetValues<Way>().Select(way => $"{found[(kind, way)]}")));
        var counts = found.Values.CountBy(one => one.Outcome).OrderBy(pair => pair.Key);
        output.WriteLine($"{kinds.Length} kinds: {string.Join(", ", counts)}; each of them is in {file}");
        if (Environment.GetEnvironmentVariable(Update) is "1")
        {
            ExpectedOutcomes.Write(kinds, found);
            KnownDifferences.Write(kinds, found.Values);
        }
        var faults = FindFaults(found);
        Assert.True(
            faults.Count == 0,
            $"{faults.Count} values; the whole table is in {file}, and {Update}=1 makes it the expected one:\n{string.Join('\n', faults)}");
    }

    private static async Task<IReadOnlyCollection<Comparison>> RunAsync(IReadOnlyList<Trip> trips)
    {
        // Not the zone of these tests, whichever that is.
        var zone = TimeZoneInfo.Local.BaseUtcOffset == TimeSpan.FromHours(9) ? "America/New_York" : "Asia/Tokyo";
        using var node = await ClusterNode.StartSeedWithAsync([$"TZ={zone}"], workers: 2);
        await using var here = WorkerPool.Create(2);
        await using var there = await node.ConnectAsync(workers: 2);
        return await new DifferentialRun(node, here, there).RunAsync(trips);
    }

    private static List<string> FindFaults(Dictionary<(string Kind, Way Way), Comparison> found)
    {
        var (expected, known) = (ExpectedOutcomes.Read(), KnownDifferences.Read());
        var faults = new List<string>();
        foreach (var (key, comparison) in found)
        {
            bool? mayAgree = known.TryGetValue(key, out var isByChance) ? isByChance : null;
            var fault = (comparison.Outcome, mayAgree, expected.TryGetValue(key, out var before)) switch
            {
                (Outcome.Differs, null, _) => "differs",
                (not Outcome.Differs, false, _) => "no longer differs, so remove it from docs/values.md",
                (_, _, false) => "is not in expected.tsv",
                (Outcome.Refused or Outcome.Text, _, _) when before is Outcome.Same => "travelled before",
                (Outcome.Refused, _, _) when before is Outcome.Text => "arrived as text before",
                _ => null,
            };
            if (fault is not null)
                faults.Add($"{fault}: {comparison}");
        }
        faults.AddRange(expected.Keys.Except(found.Keys).Concat(known.Keys.Except(found.Keys)).Distinct()
            .Select(key => $"is no kind any more: {key.Kind}\t{key.Way}"));
        return faults;
    }
}
