using System.Globalization;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>Many small jobs at a time, as in a service that maps in every request.</summary>
internal static class ManyJobsWorkload
{
    private const int Items = 100;
    private const int MinJobs = 20_000; // a round has as many jobs, in several batches if need be

    public static IReadOnlyList<Workload> All { get; } = [Create(100), Create(1_000), Create(10_000), Create(100_000)];

    private static readonly int[] s_items = [.. Enumerable.Range(0, Items)];

    private static Workload Create(int jobs) => new(
        string.Create(CultureInfo.InvariantCulture, $"W11-{jobs}"),
        string.Create(CultureInfo.InvariantCulture, $"{jobs:N0} jobs at a time, each maps {Items} ints; time and memory of one job"),
        arena =>
        [
            new Contender(Names.ActorPool, () => MeasureAsync(jobs, () => arena.Pool.MapAsync(WorkloadFunctions.Identity, s_items))),
            new Contender(Names.ParallelFor, () => MeasureAsync(jobs, RunParallelAsync)),
        ])
    {
        Metrics = [new("time", "µs", 1), new("allocated", "KiB", 2)],
    };

    private static Task<int[]> RunParallelAsync() => Task.Run(static () =>
    {
        var results = new int[Items];
        Parallel.For(0, Items, i => results[i] = WorkloadFunctions.Identity(s_items[i]));
        return results;
    });

    private static async Task<double[]> MeasureAsync(int jobs, Func<Task<int[]>> runAsync)
    {
        var batches = Math.Max(1, MinJobs / jobs);
        var running = new Task<int[]>[jobs];
        var allocated = GC.GetTotalAllocatedBytes();
        var start = TimeProvider.System.GetTimestamp();
        for (var batch = 0; batch < batches; batch++)
        {
            for (var i = 0; i < jobs; i++)
                running[i] = runAsync();
            var results = await Task.WhenAll(running);
            if (Array.Exists(results, result => result[^1] != Items - 1))
                throw new WrongResultException("A job has another result.");
        }
        var time = TimeProvider.System.GetElapsedTime(start);
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        return [time.TotalMicroseconds / (jobs * batches), allocated / 1024.0 / (jobs * batches)];
    }
}
