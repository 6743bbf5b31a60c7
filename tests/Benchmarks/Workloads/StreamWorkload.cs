using ActorPool.Benchmarks.Children;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>A stream: ints from a generator, squared, folded by the consumer in order.</summary>
/// <remarks>Each run has its own process, so that its memory can be measured.</remarks>
internal static class StreamWorkload
{
    public const string Peak = "peak memory";

    public static readonly Workload Fast = CreateWorkload(
        "W7", "5,000,000 ints from a generator, squared, folded in order", slow: false,
        Names.ActorPool, Names.Sequential, Names.Plinq, Names.Dataflow);

    public static readonly Workload Slow = CreateWorkload(
        "W7-slow", "the same with a consumer that spends about 1 µs on each", slow: true,
        Names.ActorPool, Names.Plinq);

    public static readonly Workload Cluster = new(
        "W7-cluster", "the same between processes: a caller and one node with all workers", arena =>
    [
        new(Names.ActorPool, async () =>
            await StreamChild.MeasureAsync(Names.ActorPool, slow: false, arena.Workers, (await arena.Nodes.GetAsync()).Seed)),
        new(Names.PythonImap, async () => await (await arena.Python.GetAsync()).MeasureAsync("stream 5000000")),
    ])
    {
        Metrics = Fast.Metrics,
        WarmUp = TimeSpan.Zero,
        Note = "Python's imap gets 5,000 items in a message, and its consumer only sums.",
    };

    private static Workload CreateWorkload(string id, string title, bool slow, params string[] contenders) =>
        new(id, title, arena => contenders.Select(c => new Contender(c, () => StreamChild.MeasureAsync(c, slow, arena.Workers))))
        {
            Metrics = [Metric.Time, new(Peak, "MiB", 1), new("growth", "MiB", 1)],
            WarmUp = TimeSpan.Zero,
            Note = "peak memory: the caller's largest working set, including the runtime; "
                + "growth: that minus the working set before the pool started.",
        };
}
