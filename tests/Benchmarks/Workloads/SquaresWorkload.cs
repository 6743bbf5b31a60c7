using System.Globalization;
using ActorPool.Benchmarks.Peers;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>Squares of ints: almost no work for each item, so that all other costs show.</summary>
internal static class SquaresWorkload
{
    private const int Count = 10_000_000;

    public static readonly Workload[] All =
    [
        new("W1", "squares of 10,000,000 ints to longs, one call for each item", arena =>
        {
            var work = CreateSquares(Count);
            return arena.RangePeers.Select(work.CreateContender);
        })
        {
            Note = "All write into one existing array, ActorPool through its overload for a caller's buffer. "
                + "Exceptions are the contender with a fresh array, and PLINQ, which always makes one.",
        },
        new("W1-inlined", "the same of uints, by a function that may be inlined", arena =>
        {
            var work = new MapWork<uint, long>([.. Enumerable.Range(1, 10_000_000).Select(i => (uint)i)], WorkloadFunctions.InlinedSquare);
            return arena.RangePeers.Select(work.CreateContender);
        }),
        new("W1-small", "squares of 100,000 ints, for peers that send a message for each item", arena =>
        {
            var work = CreateSquares(100_000);
            IMapPeer[] peers =
                [arena.ActorPool, arena.Sequential, arena.ParallelFor, arena.TaskPerItem, arena.Channels, arena.Dataflow, arena.AkkaItems];
            return peers.Select(work.CreateContender);
        })
        {
            Metrics = [Metric.Time with { Decimals = 2 }],
            Note = "A hundredth of W1's items: with a message for each item, 10,000,000 take these peers many seconds.",
        },
    ];

    public static readonly Workload Cluster = new(
        "W1-cluster", "the same between processes: a caller and one node with all workers", arena =>
    {
        var work = CreateSquares(Count);
        IMapPeer[] peers =
        [
            new ClusterPeer(arena.Cluster), arena.Sequential,
            new RemoteSquaresPeer(Names.RawTcpWork, async (xs, ys) => await (await arena.RawTcp.GetAsync()).SquaresAsync(xs, ys)),
            new RemoteSquaresPeer(Names.AkkaRemote, async (xs, ys) => await (await arena.AkkaRemote.GetAsync()).SquaresAsync(xs, ys)),
            new RemoteSquaresPeer(Names.Orleans, async (xs, ys) => await (await arena.Orleans.GetAsync()).SquaresAsync(xs, ys)),
        ];
        return
        [
            .. peers.Select(work.CreateContender),
            CreatePython(Names.PythonPool, arena.Python),
        ];
    })
    {
        Note = "Into one existing array, except for Python. Sequential is local; raw TCP has one worker; "
            + "Akka.Remote and Orleans get 100,000 items in a message, by hand-written code.",
    };

    public static readonly Workload Processes = new("W1-process", "the same with worker processes", arena =>
    {
        var work = CreateSquares(Count);
        IMapPeer[] peers =
        [
            new ProcessesPeer(arena.Processes), arena.ActorPool, arena.ParallelFor,
            new RemoteSquaresPeer(Names.RawUnixWork, async (xs, ys) => await (await arena.RawUnix.GetAsync()).SquaresAsync(xs, ys)),
        ];
        return
        [
            .. peers.Select(work.CreateContender),
            CreatePython(Names.PythonPool, arena.Python),
            CreatePython(Names.PythonExecutor, arena.PythonExecutor),
            CreatePython(Names.Mpi4py, arena.Mpi4py),
        ];
    })
    {
        Baseline = Names.ActorPoolProcesses,
        Note = "Into one existing array, except for Python. ActorPool and Parallel.For are in one process; the raw socket has one worker.",
    };

    private static Contender CreatePython(string name, OnDemand<PythonPool> python) => new(name, async () =>
        await (await python.GetAsync()).MeasureAsync(string.Create(CultureInfo.InvariantCulture, $"squares {Count}")));

    // From 1: no result may be zero.
    private static MapWork<int, long> CreateSquares(int count) => new([.. Enumerable.Range(1, count)], WorkloadFunctions.Square);
}
