using System.Globalization;

namespace ActorPool.Benchmarks.Scale;

/// <summary>The command <c>scale</c>: measures what a chunk costs, then simulates up to 1,000 nodes.</summary>
internal static class ScaleCommand
{
    /// <param name="runs">Measurements of each cost.</param>
    /// <param name="picture">The SVG file to write; null for none.</param>
    /// <param name="cancellationToken">Ends it between two measurements or cases.</param>
    public static async Task<int> RunAsync(int runs, string? picture, CancellationToken cancellationToken)
    {
        var costs = await MeasureAsync(runs, cancellationToken);
        costs.Print();
        var series = new List<(string Name, IReadOnlyList<ScaleResult> Results)>();
        foreach (var (name, cases) in ScaleCase.All)
        {
            var results = new ScaleResult[cases.Length];
            Parallel.For(0, cases.Length, new ParallelOptions { CancellationToken = cancellationToken }, i =>
                results[i] = ClusterModel.Run(cases[i], costs));
            ScaleTable.Print(name, results);
            series.Add((name, results));
        }
        if (picture is not null)
            await File.WriteAllTextAsync(picture, ScalePicture.Draw(series), cancellationToken);
        return 0;
    }

    /// <summary>Measures and prints the coordinator's part alone, which needs no nodes.</summary>
    public static int MeasureCoordinator(int runs, CancellationToken cancellationToken)
    {
        foreach (var (nodes, microseconds) in MeasureCoordinators(runs, cancellationToken))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{nodes} nodes: {microseconds:F2} µs"));
        return 0;
    }

    private static IEnumerable<(int Nodes, double Microseconds)> MeasureCoordinators(int runs, CancellationToken cancellationToken)
    {
        CoordinatorCost.Measure(nodes: 1); // compiles the code
        foreach (var nodes in ScaleCase.AllNodes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return (nodes, Quantiles.Median(Enumerable.Range(0, runs).Select(_ => CoordinatorCost.Measure(nodes))));
        }
    }

    private static async Task<ScaleCosts> MeasureAsync(int runs, CancellationToken cancellationToken)
    {
        var coordinator = MeasureCoordinators(runs, cancellationToken).ToDictionary();
        var caller = await CallerCost.MeasureAsync(runs);
        return new ScaleCosts
        {
            Coordinator = coordinator,
            Caller = caller.Microseconds,
            CallerPerByte = caller.PerByte,
            BytesOut = caller.Out,
            BytesIn = caller.In,
            LiveBytes = caller.Live,
        };
    }
}
