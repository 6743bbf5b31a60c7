using System.Diagnostics;
using ActorPool.Benchmarks.Peers;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>Large arrays between processes: in, with one sum each out; and out, for one number each in.</summary>
internal static class W6
{
    private static readonly Metric[] s_metrics = [Metric.Time, new("rate", "GB/s", 2)];

    public static readonly Workload In = new("W6in", "256 arrays of 1 MiB to another process, their sums back", arena =>
    {
        double[][] blocks = [.. Enumerable.Range(0, Blocks.Count).Select(Blocks.Make)];
        return
        [
            Summed(Names.ActorPool, async () => (await arena.Cluster.GetAsync()).Pool.MapAsync(Blocks.Sum, blocks)),
            Summed(Names.ActorPoolTls, async () => (await arena.ClusterTls.GetAsync()).Pool.MapAsync(Blocks.Sum, blocks)),
            Timed(Names.RawTcp, async () => (await arena.RawTcp.GetAsync()).SendAsync(blocks, RawCommand.Take), CheckFirsts),
            Summed(Names.RawTcpWork, async () => (await arena.RawTcp.GetAsync()).SendAsync(blocks, RawCommand.Sum)),
            Timed(Names.RawTls, async () => (await arena.RawTls.GetAsync()).SendAsync(blocks, RawCommand.Take), CheckFirsts),
            Summed(Names.AkkaRemote, async () => (await arena.AkkaRemote.GetAsync()).SumsAsync(blocks)),
            Summed(Names.Orleans, async () => (await arena.Orleans.GetAsync()).SumsAsync(blocks)),
            Python(arena, "in"),
        ];
    })
    {
        Metrics = s_metrics,
        Note = "raw: one connection, blocking calls, received into one buffer of 1 MiB that nobody looks at; doing the work: the far end sums each array before it reads the next.",
    };

    public static readonly Workload Out = new("W6out", "256 numbers to another process, an array of 1 MiB back for each", arena =>
    {
        int[] numbers = [.. Enumerable.Range(0, Blocks.Count)];
        return
        [
            Made(Names.ActorPool, async () => (await arena.Cluster.GetAsync()).Pool.MapAsync(Blocks.Make, numbers)),
            Made(Names.ActorPoolTls, async () => (await arena.ClusterTls.GetAsync()).Pool.MapAsync(Blocks.Make, numbers)),
            Timed(Names.RawTcp, async () => (await arena.RawTcp.GetAsync()).ReceiveAsync(), CheckFirsts),
            Made(Names.RawTcpWork, async () => (await arena.RawTcp.GetAsync()).ReceiveFreshAsync(Blocks.Count)),
            Timed(Names.RawTls, async () => (await arena.RawTls.GetAsync()).ReceiveAsync(), CheckFirsts),
            Made(Names.AkkaRemote, async () => (await arena.AkkaRemote.GetAsync()).BlocksAsync(Blocks.Count)),
            Made(Names.Orleans, async () => (await arena.Orleans.GetAsync()).BlocksAsync(Blocks.Count)),
            Python(arena, "out"),
        ];
    })
    {
        Metrics = s_metrics,
        Note = "raw: arrays that the far end has already, received into one buffer of 1 MiB that nobody looks at; doing the work: each array made, sent, and received into an array of its own.",
    };

    private static Contender Summed(string name, Func<Task<Task<double[]>>> startAsync) => Timed(name, startAsync, BlockChecks.CheckSums);

    private static Contender Made(string name, Func<Task<Task<double[][]>>> startAsync) => Timed(name, startAsync, BlockChecks.CheckBlocks);

    // The outer task is the wait for the peer to start, and only the first call waits; the inner one is the work.
    private static Contender Timed<T>(string name, Func<Task<Task<T>>> startAsync, Action<string, T> check) => new(name, async () =>
    {
        var start = Stopwatch.GetTimestamp();
        var results = await await startAsync();
        var elapsed = Elapsed.Milliseconds(start);
        check(name, results);
        return Values(elapsed);
    });

    private static Contender Python(Arena arena, string command) =>
        new(Names.PythonPool, async () => Values((await (await arena.Python.GetAsync()).MeasureAsync(command))[0]));

    private static double[] Values(double milliseconds) => [milliseconds, (double)Blocks.Count * Blocks.Bytes / milliseconds / 1e6];

    private static void CheckFirsts(string contender, double[] firsts)
    {
        if (!firsts.SequenceEqual(Enumerable.Range(0, Blocks.Count).Select(k => (double)k)))
            throw new WrongResultException($"{contender}: the arrays came in another order, or others came.");
    }
}
