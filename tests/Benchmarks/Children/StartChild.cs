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
    public static Task<double[]> MeasureAsync(string contender, int workers) => ChildProcess.RunAsync(
        Name, contender, workers.ToString(CultureInfo.InvariantCulture), Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture));

    /// <returns>Milliseconds from the contender's creation, and from just before the process was started, to its first result.</returns>
    public static async Task<double[]> RunAsync(string[] arguments)
    {
        var (contender, workers) = (arguments[0], int.Parse(arguments[1], CultureInfo.InvariantCulture));
        var spawned = long.Parse(arguments[2], CultureInfo.InvariantCulture);
        var created = Stopwatch.GetTimestamp();
        var (result, done) = contender switch
        {
            Names.ActorPool => await PoolAsync(workers),
            Names.AkkaAsk => await AskAsync(workers),
            Names.ParallelFor => Loop(workers),
            _ => throw new ArgumentException($"There is no contender [{contender}].", nameof(arguments)),
        };
        return result == WorkloadFunctions.Square(Argument)
            ? [Elapsed.Milliseconds(created, done), Elapsed.Milliseconds(spawned, done)]
            : throw new WrongResultException($"{contender}: the first result is {result}.");
    }

    private static async Task<(long Result, long Done)> PoolAsync(int workers)
    {
        await using var pool = WorkerPool.Create(workers);
        return (await pool.ApplyAsync(WorkloadFunctions.Square, Argument), Stopwatch.GetTimestamp());
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
