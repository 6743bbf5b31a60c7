using System.Globalization;
using ActorPool.Benchmarks.Children;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>Asynchronous items that wait and use no processor: what a wide pool costs.</summary>
internal static class WaitsWorkload
{
    private static readonly string[] s_contenders = [Names.ActorPool, Names.ForEachAsync, Names.AsyncChannels, Names.Dataflow];

    public static IReadOnlyList<Workload> All { get; } = [Create(64), Create(256), Create(1_024), Create(4_096), Create(10_000)];

    private static Workload Create(int workers) => new(
        string.Create(CultureInfo.InvariantCulture, $"W10-{workers}"),
        string.Create(
            CultureInfo.InvariantCulture, $"{WaitsChild.ItemsPerWorker} items for each of {workers:N0} workers, each awaits Task.Delay(5)"),
        _ => [.. s_contenders.Select(name => new Contender(name, () => WaitsChild.MeasureAsync(name, workers)))])
    {
        Metrics = [Metric.Time, new("threads", "at most", 0)],
        Note = "Each contender has a process of its own. It runs the work ten times before it is measured.",
    };
}
