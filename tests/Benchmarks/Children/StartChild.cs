using System.Diagnostics;
using System.Globalization;
using ActorPool.Benchmarks.Peers;
using ActorPool.Benchmarks.Workloads;
using Akka.Actor;

namespace ActorPool.Benchmarks.Children;

/// <summary>Starts one contender in a fresh process, and makes its first call.</summary>
internal static class StartChild
{
    public const string Name = "start";

    private const int Argument = 7;

    // The parent's timestamp is valid in the child: the clock counts for the whole machine.
    public static Task<double[]> MeasureAsync(string contender, int workers) => MeasureAsync(contender, workers, Stopwatch.GetTimestamp());

    /// <summary>Measures a contender of two processes, of which the first is running.</summary>
    /// <remarks><paramref name="spawned"/> is when the first was started, <paramref name="seed"/> its address.</remarks>
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
            Names.ActorPool or Names.ActorPoolTls when arguments is [_, _, _, var seed] =>
                await CallPoolAsync(await NodeCluster.ConnectAsync(contender is Names.ActorPoolTls, seed)),
            Names.ActorPool => await CallPoolAsync(WorkerPool.Create(workers)),
            Names.ActorPoolProcesses => await CallPoolAsync(Arena.CreateProcesses(workers)),
            Names.AkkaRemote => await CallRemoteAsync(AkkaRemotePeer.StartAsync(workers)),
            Names.Orleans => await CallRemoteAsync(OrleansPeer.StartAsync(workers)),
            Names.AkkaAsk => await CallAkkaAsync(workers),
            Names.ParallelFor => RunLoop(workers),
            _ => throw new ArgumentException($"There is no contender [{contender}].", nameof(arguments)),
        };
        return result == WorkloadFunctions.Square(Argument)
            ? [Elapsed.Milliseconds(created, done), Elapsed.Milliseconds(spawned, done)]
            : throw new WrongResultException($"{contender}: the first result is {result}.");
    }

    private static async Task<(long Result, long Done)> CallPoolAsync(WorkerPool created)
    {
        await using var pool = created;
        return (await pool.ApplyAsync(WorkloadFunctions.Square, Argument), Stopwatch.GetTimestamp());
    }

    private static async Task<(long Result, long Done)> CallRemoteAsync(Task<IRemotePeer> starting)
    {
        await using var peer = await starting;
        return ((await peer.SquareAsync([Argument]))[0], Stopwatch.GetTimestamp());
    }

    private static async Task<(long Result, long Done)> CallAkkaAsync(int workers)
    {
        await using var akka = new AkkaSystem(workers);
        return (await akka.Echo.Ask<long>(WorkloadFunctions.Square(Argument)), Stopwatch.GetTimestamp());
    }

    private static (long Result, long Done) RunLoop(int workers)
    {
        var results = new long[1];
        Parallel.For(0, 1, new ParallelOptions { MaxDegreeOfParallelism = workers }, i => results[i] = WorkloadFunctions.Square(Argument));
        return (results[0], Stopwatch.GetTimestamp());
    }
}
