using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using ActorPool.Benchmarks.Peers;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>Single calls on a warm pool: identity over one int, a thousand and a hundred thousand.</summary>
internal static class W5
{
    private const int Argument = 42;

    public static readonly Workload[] All =
    [
        Calls("W5-1", "one int: 20,000 calls a round, each awaited on the thread pool; ActorPool through ApplyAsync", 20_000, (arena, calls) =>
        [
            .. One(arena, call => Latency.MeasureAsync(calls, () => TimeAsync(call))),
            new("ActorPool, MapAsync", Map(1).Often(arena.ActorPool, calls).MeasureAsync),
            Map(1).Often(arena.ParallelFor, calls),
            Map(1).Often(arena.Channels, calls),
        ]),
        Calls("W5-1-blocking", "the same from a thread of its own that blocks for each result", 20_000, (arena, calls) =>
            One(arena, call => Latency.MeasureOnThreadAsync(calls, () => Time(call)))),
        Calls("W5-1000", "1,000 ints: 5,000 calls a round", 5_000, (arena, calls) => Often(arena, 1_000, calls)),
        Calls("W5-100000", "100,000 ints: 1,000 calls a round", 1_000, (arena, calls) => Often(arena, 100_000, calls)),
    ];

    public static readonly Workload Cluster = Calls("W5-1-cluster", "one int to another process and back: 5,000 calls a round", 5_000, (arena, calls) =>
    [
        Apply(Names.ActorPool, arena.Cluster, calls),
        Apply(Names.ActorPoolTls, arena.ClusterTls, calls),
        new(Names.RawTcp, async () => await (await arena.RawTcp.GetAsync()).RoundTripsAsync(calls)),
        new(Names.RawTls, async () => await (await arena.RawTls.GetAsync()).RoundTripsAsync(calls)),
        Remote(Names.AkkaRemote, arena.AkkaRemote, calls),
        Remote(Names.Orleans, arena.Orleans, calls),
        new(Names.PythonPool, async () =>
            await (await arena.Python.GetAsync()).MeasureAsync(string.Create(CultureInfo.InvariantCulture, $"single {calls}"))),
    ]) with
    {
        Note = "raw: four bytes, blocking calls on both sides.",
    };

    private static Contender Apply(string name, OnDemand<NodeCluster> cluster, int calls) => new(name, async () =>
    {
        var pool = (await cluster.GetAsync()).Pool;
        return await Latency.MeasureAsync(calls, () => TimeAsync(argument => pool.ApplyAsync(WorkloadFunctions.Identity, argument)));
    });

    private static Contender Remote(string name, OnDemand<IRemotePeer> remote, int calls) => new(name, async () =>
    {
        var peer = await remote.GetAsync();
        return await Latency.MeasureAsync(calls, () => TimeAsync(peer.EchoAsync));
    });

    private static Workload Calls(string id, string title, int calls, Func<Arena, int, IEnumerable<Contender>> contenders) =>
        new(id, title, arena => contenders(arena, calls)) { Metrics = Latency.Metrics, WarmUp = TimeSpan.FromSeconds(1) };

    private static IEnumerable<Contender> Often(Arena arena, int count, int calls)
    {
        var work = Map(count);
        return arena.RangePeers.Select(p => work.Often(p, calls));
    }

    private static MapWork<int, int> Map(int count) => new([.. Enumerable.Range(1, count)], WorkloadFunctions.Identity);

    private static IEnumerable<Contender> One(Arena arena, Func<Func<int, Task<int>>, Task<double[]>> measureAsync) =>
    [
        new(Names.ActorPool, () => measureAsync(argument => arena.Pool.ApplyAsync(WorkloadFunctions.Identity, argument))),
        new(Names.AkkaAsk, () => measureAsync(argument => arena.Akka.Echo.Ask<int>(argument))),
        new(Names.TaskRun, () => measureAsync(argument => Task.Run(() => WorkloadFunctions.Identity(argument)))),
    ];

    private static async Task<double> TimeAsync(Func<int, Task<int>> callAsync)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await callAsync(Argument);
        return Checked(result, Elapsed.Milliseconds(start));
    }

    private static double Time(Func<int, Task<int>> callAsync)
    {
        var start = Stopwatch.GetTimestamp();
        var result = callAsync(Argument).GetAwaiter().GetResult();
        return Checked(result, Elapsed.Milliseconds(start));
    }

    private static double Checked(int result, double elapsed) =>
        result == Argument ? elapsed : throw new WrongResultException($"{Argument} came back as {result}.");
}
