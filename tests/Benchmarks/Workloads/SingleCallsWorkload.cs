using System.Diagnostics;
using System.Globalization;
using ActorPool.Benchmarks.Peers;
using Akka.Actor;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>Single calls on a warm pool: identity over 1, 1,000 and 100,000 ints.</summary>
internal static class SingleCallsWorkload
{
    private const int Argument = 42;
    private const string RawNote = "raw: four bytes, blocking calls on both sides.";

    public static readonly Workload[] All =
    [
        Create("W5-1", "one int: 20,000 calls a round, each awaited on the thread pool; ActorPool by ApplyAsync", 20_000, (arena, calls) =>
        [
            .. CreateSingleCalls(arena, call => Latency.MeasureAsync(calls, () => TimeAsync(call))),
            new("ActorPool, MapAsync", CreateWork(1).CreateLatencyContender(arena.ActorPool, calls).MeasureAsync),
            CreateWork(1).CreateLatencyContender(arena.ParallelFor, calls),
            CreateWork(1).CreateLatencyContender(arena.Channels, calls),
        ]),
        Create("W5-1-blocking", "the same from a separate thread that blocks for each result", 20_000, (arena, calls) =>
            CreateSingleCalls(arena, call => Latency.MeasureOnThreadAsync(calls, () => Time(call)))),
        Create("W5-1000", "1,000 ints: 5,000 calls a round", 5_000, (arena, calls) => CreateRangeCalls(arena, 1_000, calls)),
        Create("W5-100000", "100,000 ints: 1,000 calls a round", 1_000, (arena, calls) => CreateRangeCalls(arena, 100_000, calls)),
    ];

    public static readonly Workload Cluster = Create(
        "W5-1-cluster", "one int to another process and back: 5,000 calls a round", 5_000, (arena, calls) =>
    [
        CreateApply(Names.ActorPool, arena.Cluster, calls),
        CreateApply(Names.ActorPoolTls, arena.ClusterTls, calls),
        CreateApply(Names.ActorPoolSocket, arena.ClusterLocal, calls),
        new(Names.RawTcp, async () => await (await arena.RawTcp.GetAsync()).RoundTripsAsync(calls)),
        new(Names.RawTls, async () => await (await arena.RawTls.GetAsync()).RoundTripsAsync(calls)),
        CreateRemote(Names.AkkaRemote, arena.AkkaRemote, calls),
        CreateRemote(Names.Orleans, arena.Orleans, calls),
        CreatePython(Names.PythonPool, arena.Python, calls),
    ]) with
    {
        Note = RawNote,
    };

    public static readonly Workload Processes = Create(
        "W5-1-process", "one int to a worker process and back: 5,000 calls a round", 5_000, (arena, calls) =>
    [
        new(Names.ActorPoolProcesses, async () => await MeasureApplyAsync(await arena.Processes.GetAsync(), calls)),
        new(Names.ActorPool, () => MeasureApplyAsync(arena.Pool, calls)),
        new(Names.RawUnix, async () => await (await arena.RawUnix.GetAsync()).RoundTripsAsync(calls)),
        CreatePython(Names.PythonPool, arena.Python, calls),
        CreatePython(Names.PythonExecutor, arena.PythonExecutor, calls),
        CreatePython(Names.Mpi4py, arena.Mpi4py, calls),
    ]) with
    {
        Baseline = Names.ActorPoolProcesses,
        Note = RawNote,
    };

    private static Contender CreateApply(string name, OnDemand<NodeCluster> cluster, int calls) =>
        new(name, async () => await MeasureApplyAsync((await cluster.GetAsync()).Pool, calls));

    private static Contender CreatePython(string name, OnDemand<PythonPool> python, int calls) => new(name, async () =>
        await (await python.GetAsync()).MeasureAsync(string.Create(CultureInfo.InvariantCulture, $"single {calls}")));

    private static Task<double[]> MeasureApplyAsync(WorkerPool pool, int calls) =>
        Latency.MeasureAsync(calls, () => TimeAsync(argument => pool.ApplyAsync(WorkloadFunctions.Identity, argument)));

    private static Contender CreateRemote(string name, OnDemand<IRemotePeer> remote, int calls) => new(name, async () =>
    {
        var peer = await remote.GetAsync();
        return await Latency.MeasureAsync(calls, () => TimeAsync(peer.EchoAsync));
    });

    private static Workload Create(string id, string title, int calls, Func<Arena, int, IEnumerable<Contender>> contenders) =>
        new(id, title, arena => contenders(arena, calls)) { Metrics = Latency.Metrics, WarmUp = TimeSpan.FromSeconds(1) };

    private static IEnumerable<Contender> CreateRangeCalls(Arena arena, int count, int calls)
    {
        var work = CreateWork(count);
        return arena.RangePeers.Select(peer => work.CreateLatencyContender(peer, calls));
    }

    private static MapWork<int, int> CreateWork(int count) => new([.. Enumerable.Range(1, count)], WorkloadFunctions.Identity);

    private static IEnumerable<Contender> CreateSingleCalls(Arena arena, Func<Func<int, Task<int>>, Task<double[]>> measureAsync) =>
    [
        new(Names.ActorPool, () => measureAsync(argument => arena.Pool.ApplyAsync(WorkloadFunctions.Identity, argument))),
        new(Names.AkkaAsk, () => measureAsync(argument => arena.Akka.Echo.Ask<int>(argument))),
        new(Names.TaskRun, () => measureAsync(argument => Task.Run(() => WorkloadFunctions.Identity(argument)))),
    ];

    private static async Task<double> TimeAsync(Func<int, Task<int>> callAsync)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await callAsync(Argument);
        return Check(result, Elapsed.Milliseconds(start));
    }

    private static double Time(Func<int, Task<int>> callAsync)
    {
        var start = Stopwatch.GetTimestamp();
        var result = callAsync(Argument).GetAwaiter().GetResult();
        return Check(result, Elapsed.Milliseconds(start));
    }

    private static double Check(int result, double elapsed) =>
        result == Argument ? elapsed : throw new WrongResultException($"{Argument} came back as {result}.");
}
