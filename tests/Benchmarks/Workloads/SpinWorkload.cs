using ActorPool.Benchmarks.Peers;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>Items with some work: how well the processors are used.</summary>
internal static class SpinWorkload
{
    public const int Count = 20_000;
    public const int Rounds = 50_000;

    public static readonly Workload Items = new("W3", "20,000 items of about 100 µs, 50,000 rounds of xorshift64 each", arena =>
    {
        var work = CreateWork();
        return arena.WorkPeers.Append(arena.AkkaItems).Select(work.CreateContender);
    });

    public static readonly Workload Cluster = new("W3-cluster", "the same over two nodes of one worker each", arena =>
    {
        var work = CreateWork();
        return new[] { new ClusterPeer(arena.TwoNodes), arena.Sequential, arena.ParallelFor }.Select(work.CreateContender);
    })
    {
        Note = "Sequential and Parallel.For are local.",
    };

    public static readonly Workload Processes = new("W3-process", "the same with worker processes", arena =>
    {
        var work = CreateWork();
        IMapPeer[] peers = [new ProcessesPeer(arena.Processes), arena.ActorPool, arena.Sequential, arena.ParallelFor];
        return peers.Select(work.CreateContender);
    })
    {
        Baseline = Names.ActorPoolProcesses,
        Note = "The others are in one process.",
    };

    public static MapWork<int, ulong> CreateWork() => new([.. Enumerable.Repeat(Rounds, Count)], WorkloadFunctions.Spin);
}
