using System.Globalization;
using ActorPool.Benchmarks.Peers;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>Squares of ints: next to no work an item, so that everything else shows.</summary>
internal static class W1
{
    private const int Count = 10_000_000;

    public static readonly Workload[] All =
    [
        new("W1", "squares of 10,000,000 ints to longs, a call an item", arena =>
        {
            var work = Squares(Count);
            return arena.RangePeers.Select(work.Once);
        })
        {
            Note = "All write into one existing array, ActorPool through its overload for a caller's buffer, except where a fresh array is named, "
                + "and PLINQ, which can only make one.",
        },
        new("W1-inlined", "the same of uints, by a function that may be inlined", arena =>
        {
            var work = new MapWork<uint, long>([.. Enumerable.Range(1, 10_000_000).Select(i => (uint)i)], WorkloadFunctions.InlinedSquare);
            return arena.RangePeers.Select(work.Once);
        }),
        new("W1-small", "squares of 100,000 ints, for peers that pay for every item", arena =>
        {
            var work = Squares(100_000);
            IMapPeer[] peers =
                [arena.ActorPool, arena.Sequential, arena.ParallelFor, arena.TaskPerItem, arena.Channels, arena.Dataflow, arena.AkkaItems];
            return peers.Select(work.Once);
        })
        {
            Metrics = [Metric.Time with { Decimals = 2 }],
            Note = "A hundredth of W1's items: with a message an item, 10,000,000 take these peers many seconds.",
        },
    ];

    public static readonly Workload Cluster = new("W1-cluster", "the same between processes: a caller and one node with all of the workers", arena =>
    {
        var work = Squares(Count);
        IMapPeer[] peers =
        [
            new ClusterPeer(arena.Cluster), arena.Sequential,
            new RemoteSquaresPeer(Names.RawTcpWork, async (xs, ys) => await (await arena.RawTcp.GetAsync()).SquaresAsync(xs, ys)),
            new RemoteSquaresPeer(Names.AkkaRemote, async (xs, ys) => await (await arena.AkkaRemote.GetAsync()).SquaresAsync(xs, ys)),
            new RemoteSquaresPeer(Names.Orleans, async (xs, ys) => await (await arena.Orleans.GetAsync()).SquaresAsync(xs, ys)),
        ];
        return
        [
            .. peers.Select(work.Once),
            new Contender(Names.PythonPool, async () =>
                await (await arena.Python.GetAsync()).MeasureAsync(string.Create(CultureInfo.InvariantCulture, $"squares {Count}"))),
        ];
    })
    {
        Note = "Into one existing array, except for Python. Sequential is local; raw TCP has one worker; Akka.Remote and Orleans get 100,000 items a message, written by hand.",
    };

    // From 1: no result may be zero.
    private static MapWork<int, long> Squares(int count) => new([.. Enumerable.Range(1, count)], WorkloadFunctions.Square);
}
