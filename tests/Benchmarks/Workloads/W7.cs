using ActorPool.Benchmarks.Children;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>A stream: ints from a generator, squared, folded by the consumer in order; each run in a process of its own, for its memory.</summary>
internal static class W7
{
    public const string Peak = "peak memory";

    public static readonly Workload Fast = Stream("W7", "5,000,000 ints from a generator, squared, folded in order", slow: false,
        Names.ActorPool, Names.Sequential, Names.Plinq, Names.Dataflow);

    public static readonly Workload Slow = Stream("W7-slow", "the same with a consumer that spends about 1 µs on each", slow: true,
        Names.ActorPool, Names.Plinq);

    public static readonly Workload Cluster = new("W7-cluster", "the same between processes: a caller and one node with all of the workers", arena =>
    [
        new(Names.ActorPool, async () => await StreamChild.MeasureAsync(Names.ActorPool, slow: false, arena.Workers, (await arena.Nodes.GetAsync()).Seed)),
        new(Names.PythonImap, async () => await (await arena.Python.GetAsync()).MeasureAsync("stream 5000000")),
    ])
    {
        Metrics = Fast.Metrics,
        WarmUp = TimeSpan.Zero,
        Note = "Python's imap gets 5,000 items a message, and its consumer only sums.",
    };

    private static Workload Stream(string id, string title, bool slow, params string[] contenders) =>
        new(id, title, arena => contenders.Select(c => new Contender(c, () => StreamChild.MeasureAsync(c, slow, arena.Workers))))
        {
            Metrics = [Metric.Time, new(Peak, "MiB", 1), new("growth", "MiB", 1)],
            WarmUp = TimeSpan.Zero,
            Note = "peak memory: the caller's largest working set, runtime included; growth: that minus the working set before the pool was there.",
        };
}
