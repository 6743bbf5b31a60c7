namespace ActorPool.Benchmarks;

/// <summary>Times many calls, one after another; each returns its milliseconds.</summary>
internal static class Latency
{
    public static readonly Metric[] Metrics = [new("p50", "µs", 2), new("p99", "µs", 2)];

    public static async Task<double[]> MeasureAsync(int calls, Func<Task<double>> callAsync)
    {
        var times = new double[calls];
        for (var i = 0; i < calls; i++)
            times[i] = await callAsync() * 1e3;
        return Summarize(times);
    }

    /// <summary>Does the same on a thread outside the thread pool.</summary>
    public static Task<double[]> MeasureOnThreadAsync(int calls, Func<double> call) => Task.Factory.StartNew(
        () =>
        {
            var times = new double[calls];
            for (var i = 0; i < calls; i++)
                times[i] = call() * 1e3;
            return Summarize(times);
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static double[] Summarize(double[] times) => [Quantiles.Quantile(times, 0.5), Quantiles.Quantile(times, 0.99)];
}
