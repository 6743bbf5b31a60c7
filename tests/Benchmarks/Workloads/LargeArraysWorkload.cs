using System.Diagnostics;
using ActorPool.Benchmarks.Peers;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>Large arrays between processes: in, with sums back; and out, for numbers.</summary>
internal static class LargeArraysWorkload
{
    private const string InNote = "raw: one connection, blocking calls, received into one buffer of 1 MiB that is not used; "
        + "doing the work: the remote end receives each into a new array, which a function may keep, and sums it before it reads the next.";

    private const string OutNote = "raw: existing arrays of the remote end, received into one buffer of 1 MiB that is not used; "
        + "doing the work: each array is made, sent, and received into a new array.";

    private static readonly Metric[] s_metrics = [Metric.Time, new("rate", "GB/s", 2)];

    public static readonly Workload In = new("W6in", "256 arrays of 1 MiB to another process, their sums back", arena =>
    {
        double[][] blocks = [.. Enumerable.Range(0, Blocks.Count).Select(Blocks.Make)];
        return
        [
            CreateSummed(Names.ActorPool, async () => (await arena.Cluster.GetAsync()).Pool.MapAsync(Blocks.Sum, blocks)),
            CreateSummed(Names.ActorPoolTls, async () => (await arena.ClusterTls.GetAsync()).Pool.MapAsync(Blocks.Sum, blocks)),
            CreateSummed(Names.ActorPoolSocket, async () => (await arena.ClusterLocal.GetAsync()).Pool.MapAsync(Blocks.Sum, blocks)),
            Create(Names.RawTcp, async () => (await arena.RawTcp.GetAsync()).SendAsync(blocks, RawCommand.Take), CheckFirsts),
            CreateSummed(Names.RawTcpWork, async () => (await arena.RawTcp.GetAsync()).SendAsync(blocks, RawCommand.Sum)),
            Create(Names.RawTls, async () => (await arena.RawTls.GetAsync()).SendAsync(blocks, RawCommand.Take), CheckFirsts),
            CreateSummed(Names.AkkaRemote, async () => (await arena.AkkaRemote.GetAsync()).SumsAsync(blocks)),
            CreateSummed(Names.Orleans, async () => (await arena.Orleans.GetAsync()).SumsAsync(blocks)),
            CreatePython(Names.PythonPool, arena.Python, "in"),
        ];
    })
    {
        Metrics = s_metrics,
        Note = InNote,
    };

    public static readonly Workload Out = new("W6out", "256 numbers to another process, an array of 1 MiB back for each", arena =>
    {
        int[] numbers = [.. Enumerable.Range(0, Blocks.Count)];
        return
        [
            CreateMade(Names.ActorPool, async () => (await arena.Cluster.GetAsync()).Pool.MapAsync(Blocks.Make, numbers)),
            CreateMade(Names.ActorPoolTls, async () => (await arena.ClusterTls.GetAsync()).Pool.MapAsync(Blocks.Make, numbers)),
            CreateMade(Names.ActorPoolSocket, async () => (await arena.ClusterLocal.GetAsync()).Pool.MapAsync(Blocks.Make, numbers)),
            Create(Names.RawTcp, async () => (await arena.RawTcp.GetAsync()).ReceiveAsync(), CheckFirsts),
            CreateMade(Names.RawTcpWork, async () => (await arena.RawTcp.GetAsync()).ReceiveFreshAsync(Blocks.Count)),
            Create(Names.RawTls, async () => (await arena.RawTls.GetAsync()).ReceiveAsync(), CheckFirsts),
            CreateMade(Names.AkkaRemote, async () => (await arena.AkkaRemote.GetAsync()).BlocksAsync(Blocks.Count)),
            CreateMade(Names.Orleans, async () => (await arena.Orleans.GetAsync()).BlocksAsync(Blocks.Count)),
            CreatePython(Names.PythonPool, arena.Python, "out"),
        ];
    })
    {
        Metrics = s_metrics,
        Note = OutNote,
    };

    public static readonly Workload ProcessesIn = new("W6in-process", "256 arrays of 1 MiB to worker processes, their sums back", arena =>
    {
        double[][] blocks = [.. Enumerable.Range(0, Blocks.Count).Select(Blocks.Make)];
        return
        [
            CreateSummed(Names.ActorPoolProcesses, async () => (await arena.Processes.GetAsync()).MapAsync(Blocks.Sum, blocks)),
            Create(Names.RawUnix, async () => (await arena.RawUnix.GetAsync()).SendAsync(blocks, RawCommand.Take), CheckFirsts),
            CreateSummed(Names.RawUnixWork, async () => (await arena.RawUnix.GetAsync()).SendAsync(blocks, RawCommand.Sum)),
            .. CreatePythons(arena, "in"),
        ];
    })
    {
        Metrics = s_metrics,
        Baseline = Names.ActorPoolProcesses,
        Note = InNote,
    };

    public static readonly Workload ProcessesOut = new(
        "W6out-process", "256 numbers to worker processes, an array of 1 MiB back for each", arena =>
    {
        int[] numbers = [.. Enumerable.Range(0, Blocks.Count)];
        return
        [
            CreateMade(Names.ActorPoolProcesses, async () => (await arena.Processes.GetAsync()).MapAsync(Blocks.Make, numbers)),
            Create(Names.RawUnix, async () => (await arena.RawUnix.GetAsync()).ReceiveAsync(), CheckFirsts),
            CreateMade(Names.RawUnixWork, async () => (await arena.RawUnix.GetAsync()).ReceiveFreshAsync(Blocks.Count)),
            .. CreatePythons(arena, "out"),
        ];
    })
    {
        Metrics = s_metrics,
        Baseline = Names.ActorPoolProcesses,
        Note = OutNote,
    };

    private static Contender[] CreatePythons(Arena arena, string command) =>
    [
        CreatePython(Names.PythonPool, arena.Python, command),
        CreatePython(Names.PythonExecutor, arena.PythonExecutor, command),
        CreatePython(Names.Mpi4py, arena.Mpi4py, command),
    ];

    private static Contender CreateSummed(string name, Func<Task<Task<double[]>>> startAsync) =>
        Create(name, startAsync, BlockChecks.CheckSums);

    private static Contender CreateMade(string name, Func<Task<Task<double[][]>>> startAsync) =>
        Create(name, startAsync, BlockChecks.CheckBlocks);

    // The outer task waits for the peer to start, which takes time only in the first call; the inner task is the work.
    private static Contender Create<T>(string name, Func<Task<Task<T>>> startAsync, Action<string, T> check) => new(name, async () =>
    {
        var start = Stopwatch.GetTimestamp();
        var results = await await startAsync();
        var elapsed = Elapsed.Milliseconds(start);
        check(name, results);
        return GetMetrics(elapsed);
    });

    private static Contender CreatePython(string name, OnDemand<PythonPool> python, string command) =>
        new(name, async () => GetMetrics((await (await python.GetAsync()).MeasureAsync(command))[0]));

    private static double[] GetMetrics(double milliseconds) => [milliseconds, (double)Blocks.Count * Blocks.Bytes / milliseconds / 1e6];

    private static void CheckFirsts(string contender, double[] firsts)
    {
        if (!firsts.SequenceEqual(Enumerable.Range(0, Blocks.Count).Select(k => (double)k)))
            throw new WrongResultException($"{contender}: the arrays arrived in another order, or other arrays arrived.");
    }
}
