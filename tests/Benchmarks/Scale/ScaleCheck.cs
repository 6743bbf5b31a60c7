using System.Globalization;

namespace ActorPool.Benchmarks.Scale;

/// <summary>Compares the simulation with the closed form, where one bound is clearly the lowest.</summary>
internal static class ScaleCheck
{
    private const double MaxDifference = 0.03;
    private const double Clearly = 1.5; // the next bound is at least so many times as high

    /// <summary>Costs that let each bound be the lowest one in some case.</summary>
    private static IEnumerable<(string Name, ScaleCosts Costs)> Worlds
    {
        get
        {
            var costs = new ScaleCosts
            {
                Coordinator = ScaleCase.AllNodes.ToDictionary(nodes => nodes, _ => 5.0),
                Caller = 25,
                CallerPerByte = 0,
                BytesOut = 150,
                BytesIn = 150,
                LiveBytes = 1_000,
            };
            yield return ("8 processors, 10 Gbit/s", costs);
            yield return ("2 processors", costs with { Processors = 2 });
            yield return ("100 Mbit/s", costs with { LinkBits = 100e6 });
        }
    }

    /// <summary>Checks all of them, and prints those that differ.</summary>
    public static int Run()
    {
        var (compared, wrong, bounds) = (0, 0, new HashSet<string>(StringComparer.Ordinal));
        foreach (var (name, costs) in Worlds)
        {
            // With more nodes and a slow caller, the warm-up ends before the first chunks of all nodes have come back.
            foreach (var what in ScaleCase.All.SelectMany(all => all.Cases).Where(one => !one.IsAdaptive && one.Nodes <= 30))
            {
                var sorted = what.GetBounds(costs).OrderBy(bound => bound.Rate).ToArray();
                if (sorted[1].Rate < Clearly * sorted[0].Rate)
                    continue;
                compared++;
                bounds.Add(sorted[0].Name);
                var simulated = ClusterModel.Run(what, costs).ChunksPerSecond;
                if (Math.Abs((simulated / sorted[0].Rate) - 1) <= MaxDifference)
                    continue;
                wrong++;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}, {what.Nodes} nodes, {what.ItemSeconds * 1e3:F0} ms: {simulated:F0} chunks/s, " +
                    $"{sorted[0].Name} {sorted[0].Rate:F0}"));
            }
        }
        var repeated = new ScaleCase(10, 2e-3);
        var isSame = ClusterModel.Run(repeated, Worlds.First().Costs) == ClusterModel.Run(repeated, Worlds.First().Costs);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{compared} cases compared with the closed form, {wrong} differ by more than {MaxDifference:P0}; " +
            $"lowest bounds: {string.Join(", ", bounds.Order(StringComparer.Ordinal))}; " +
            $"a second run is {(isSame ? "the same" : "another")}."));
        return wrong == 0 && isSame && bounds.Count == 4 ? 0 : 1;
    }
}
