using System.Diagnostics;
using ActorPool.Benchmarks.Children;
using ActorPool.Benchmarks.Peers;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>A cold start: a fresh process until its pool's first result.</summary>
internal static class W8
{
    public const string FromCreate = "from create";
    public const string FromProcessStart = "from process start";

    private static readonly Metric[] s_metrics = [new(FromCreate, "ms", 1), new(FromProcessStart, "ms", 1)];

    public static readonly Workload Start = new("W8", "start of the pool to the first result of one call, fresh process", arena =>
        new[] { Names.ActorPool, Names.ParallelFor, Names.AkkaAsk }.Select(c => new Contender(c, () => StartChild.MeasureAsync(c, arena.Workers))))
    {
        Metrics = s_metrics,
        WarmUp = TimeSpan.Zero,
    };

    public static readonly Workload Cluster = new("W8-cluster", "the same between processes, both fresh: a node, then its caller", arena =>
    [
        Fresh(Names.ActorPool, tls: false, arena.Workers),
        Fresh(Names.ActorPoolTls, tls: true, arena.Workers),
        new(Names.AkkaRemote, () => StartChild.MeasureAsync(Names.AkkaRemote, arena.Workers)),
        new(Names.Orleans, () => StartChild.MeasureAsync(Names.Orleans, arena.Workers)),
        new(Names.PythonPool, () => PythonPool.ColdStartAsync(arena.Workers)),
    ])
    {
        Metrics = s_metrics,
        WarmUp = TimeSpan.Zero,
        Note = "from process start: of the first of the two, the node; the callers of Akka.Remote and Orleans start their other process themselves.",
    };

    private static Contender Fresh(string name, bool tls, int workers) => new(name, async () =>
    {
        var spawned = Stopwatch.GetTimestamp();
        await using var nodes = await NodeCluster.StartNodesAsync(tls, workers);
        return await StartChild.MeasureAsync(name, workers, spawned, nodes.Seed);
    });
}
