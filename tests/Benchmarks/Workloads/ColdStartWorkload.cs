using System.Diagnostics;
using ActorPool.Benchmarks.Children;
using ActorPool.Benchmarks.Peers;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>A cold start: from a fresh process to its pool's first result.</summary>
internal static class ColdStartWorkload
{
    public const string FromCreate = "from create";
    public const string FromProcessStart = "from process start";

    private static readonly Metric[] s_metrics = [new(FromCreate, "ms", 1), new(FromProcessStart, "ms", 1)];

    public static readonly Workload Start = new(
        "W8", "from the start of the pool to the first result of one call, in a fresh process", arena =>
        new[] { Names.ActorPool, Names.ParallelFor, Names.AkkaAsk }
            .Select(c => new Contender(c, () => StartChild.MeasureAsync(c, arena.Workers))))
    {
        Metrics = s_metrics,
        WarmUp = TimeSpan.Zero,
    };

    public static readonly Workload Cluster = new("W8-cluster", "the same between processes, both fresh: a node, then its caller", arena =>
    [
        Create(Names.ActorPool, tls: false, arena.Workers),
        Create(Names.ActorPoolTls, tls: true, arena.Workers),
        new(Names.AkkaRemote, () => StartChild.MeasureAsync(Names.AkkaRemote, arena.Workers)),
        new(Names.Orleans, () => StartChild.MeasureAsync(Names.Orleans, arena.Workers)),
        new(Names.PythonPool, () => PythonPool.ColdStartAsync(PythonPool.Pool, arena.Workers)),
    ])
    {
        Metrics = s_metrics,
        WarmUp = TimeSpan.Zero,
        Note = "from process start: from the start of the first process, the node; "
            + "the callers of Akka.Remote and Orleans start the other process.",
    };

    public static readonly Workload Processes = new("W8-process", "the same with worker processes, each started by the pool", arena =>
    [
        new(Names.ActorPoolProcesses, () => StartChild.MeasureAsync(Names.ActorPoolProcesses, arena.Workers)),
        new(Names.ActorPool, () => StartChild.MeasureAsync(Names.ActorPool, arena.Workers)),
        new(Names.PythonPool, () => PythonPool.ColdStartAsync(PythonPool.Pool, arena.Workers)),
        new(Names.PythonExecutor, () => PythonPool.ColdStartAsync(PythonPool.Executor, arena.Workers)),
    ])
    {
        Metrics = s_metrics,
        Baseline = Names.ActorPoolProcesses,
        WarmUp = TimeSpan.Zero,
        Note = "Python's pools copy their process by fork.",
    };

    private static Contender Create(string name, bool tls, int workers) => new(name, async () =>
    {
        var spawned = Stopwatch.GetTimestamp();
        await using var nodes = await NodeCluster.StartNodesAsync(tls, workers);
        return await StartChild.MeasureAsync(name, workers, spawned, nodes.Seed);
    });
}
