using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using ActorPool.Benchmarks.Peers;
using ActorPool.Benchmarks.Workloads;

namespace ActorPool.Benchmarks.Children;

/// <summary>Starts one contender cold and makes its first call.</summary>
internal static class StartChild
{
    public const string Name = "start";

    private const int Argument = 7;

    // The parent's timestamp serves the child too: the clock behind it counts for the whole machine.
    public static Task<double[]> MeasureAsync(string contender, int workers) => MeasureAsync(contender, workers, Stopwatch.GetTimestamp());

    /// <summary>The same for a contender of two processes: when the first was started, and where it can be reached.</summary>
    public static Task<double[]> MeasureAsync(string contender, int workers, long spawned, params string[] seed) => ChildProcess.RunAsync(
        [Name, contender, workers.ToString(CultureInfo.InvariantCulture), spawned.ToString(CultureInfo.InvariantCulture), .. seed]);

    /// <returns>Milliseconds from the contender's creation, and from just before the process was started, to its first result.</returns>
    public static async Task<double[]> RunAsync(string[] arguments)
    {
        var (contender, workers) = (arguments[0], int.Parse(arguments[1], CultureInfo.InvariantCulture));
        var spawned = long.Parse(arguments[2], CultureInfo.InvariantCulture);
        var created = Stopwatch.GetTimestamp();
        var (result, done) = contender switch
        {
            Names.ActorPool or Names.ActorPoolTls when arguments is [_, _, _, var seed] => await PoolAsync(await NodeCluster.ConnectAsync(contender is Names.ActorPoolTls, seed)),
            Names.ActorPool => await PoolAsync(WorkerPool.Create(workers)),
            Names.AkkaRemote => await RemoteAsync(AkkaRemotePeer.StartAsync(workers)),
            Names.Orleans => await RemoteAsync(OrleansPeer.StartAsync(workers)),
            Names.AkkaAsk => await AskAsync(workers),
            Names.ParallelFor => Loop(workers),
            _ => throw new ArgumentException($"There is no contender [{contender}].", nameof(arguments)),
        };
        return result == WorkloadFunctions.Square(Argument)
            ? [Elapsed.Milliseconds(created, done), Elapsed.Milliseconds(spawned, done)]
            : throw new WrongResultException($"{contender}: the first result is {result}.");
    }

    private static async Task<(long Result, long Done)> PoolAsync(WorkerPool created)
    {
        await using var pool = created;
        return (await pool.ApplyAsync(WorkloadFunctions.Square, Argument), Stopwatch.GetTimestamp());
    }

    private static async Task<(long Result, long Done)> RemoteAsync(Task<IRemotePeer> starting)
    {
        await using var peer = await starting;
        return ((await peer.SquareAsync([Argument]))[0], Stopwatch.GetTimestamp());
    }

    private static async Task<(long Result, long Done)> AskAsync(int workers)
    {
        await using var akka = new AkkaSystem(workers);
        return (await akka.Echo.Ask<long>(WorkloadFunctions.Square(Argument)), Stopwatch.GetTimestamp());
    }

    private static (long Result, long Done) Loop(int workers)
    {
        var results = new long[1];
        Parallel.For(0, 1, new ParallelOptions { MaxDegreeOfParallelism = workers }, i => results[i] = WorkloadFunctions.Square(Argument));
        return (results[0], Stopwatch.GetTimestamp());
    }
}
