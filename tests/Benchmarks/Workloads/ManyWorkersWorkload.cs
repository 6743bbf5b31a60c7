using System.Globalization;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>Chunks of one item on pools of many workers: what a chunk costs there.</summary>
internal static class ManyWorkersWorkload
{
    private const int Items = 200_000;

    public static IReadOnlyList<Workload> All { get; } = [Create(2), Create(16), Create(256), Create(4_096)];

    private static readonly int[] s_items = [.. Enumerable.Range(0, Items)];

    private static Workload Create(int workers) => new(
        string.Create(CultureInfo.InvariantCulture, $"W12-{workers}"),
        string.Create(CultureInfo.InvariantCulture, $"{Items:N0} ints in chunks of one, {workers:N0} workers; time of one chunk"),
        _ =>
        [
            new Contender(Names.ActorPool, () => MeasureAsync(workers)),
            new Contender(Names.TaskPerItem, MeasureTasksAsync),
        ])
    {
        Metrics = [new("time", "µs", 2), new("allocated", "bytes", 0)],
    };

    private static async Task<double[]> MeasureAsync(int workers)
    {
        await using var pool = WorkerPool.Create(workers);
        var options = new JobOptions { ChunkSize = 1 };
        await pool.MapAsync(WorkloadFunctions.Identity, s_items, options); // its workers are there, and have run before
        return await MeasureAsync(() => pool.MapAsync(WorkloadFunctions.Identity, s_items, options));
    }

    private static Task<double[]> MeasureTasksAsync() => MeasureAsync(static () => Task.WhenAll(
        s_items.Select(static item => Task.Run(() => WorkloadFunctions.Identity(item)))));

    private static async Task<double[]> MeasureAsync(Func<Task<int[]>> runAsync)
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var start = TimeProvider.System.GetTimestamp();
        var results = await runAsync();
        var time = TimeProvider.System.GetElapsedTime(start);
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        if (results[^1] != WorkloadFunctions.Identity(Items - 1))
            throw new WrongResultException("The last result differs.");
        return [time.TotalMicroseconds / Items, (double)allocated / Items];
    }
}
