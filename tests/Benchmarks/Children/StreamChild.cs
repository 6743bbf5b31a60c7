using System.Diagnostics;
using System.Globalization;
using System.Threading.Tasks.Dataflow;
using ActorPool.Benchmarks.Peers;
using ActorPool.Benchmarks.Workloads;

namespace ActorPool.Benchmarks.Children;

/// <summary>Streams W7's items through one contender, and measures time and memory.</summary>
internal sealed class StreamChild(string contender, bool slow, int workers, WorkerPool? pool)
{
    public const string Name = "stream";

    private const int Count = 5_000_000;
    private const int WarmUpCount = 300_000;
    private const int SlowRounds = 500; // of xorshift64, about 1 µs
    private const double MiB = 1024 * 1024;

    /// <summary>Starts a child that streams, through the nodes of a seed where one is given.</summary>
    public static Task<double[]> MeasureAsync(string contender, bool slow, int workers, params string[] seed) => ChildProcess.RunAsync(
        [Name, contender, slow ? bool.TrueString : bool.FalseString, workers.ToString(CultureInfo.InvariantCulture), .. seed]);

    /// <returns>Milliseconds, peak working set and its growth in MiB.</returns>
    public static async Task<double[]> RunAsync(string[] arguments)
    {
        var (contender, workers) = (arguments[0], int.Parse(arguments[2], CultureInfo.InvariantCulture));
        var before = Environment.WorkingSet;
        await using var pool = arguments is [.., var seed] && arguments.Length > 3 ? await NodeCluster.ConnectAsync(tls: false, seed)
            : contender is Names.ActorPool ? WorkerPool.Create(workers) : null;
        await new StreamChild(contender, slow: false, workers, pool).FoldAsync(WarmUpCount);

        var stream = new StreamChild(contender, bool.Parse(arguments[1]), workers, pool);
        var expected = Generate(Count).Aggregate(0L, static (fold, number) => (fold * 31) + WorkloadFunctions.Square(number));
        var start = Stopwatch.GetTimestamp();
        var fold = await stream.FoldAsync(Count);
        var elapsed = Elapsed.Milliseconds(start);
        if (fold != expected)
            throw new WrongResultException($"{contender}: the stream folded to {fold}, not {expected}.");
        using var self = Process.GetCurrentProcess();
        return [elapsed, self.PeakWorkingSet64 / MiB, (self.PeakWorkingSet64 - before) / MiB];
    }

    private Task<long> FoldAsync(int count) => contender switch
    {
        Names.ActorPool => FoldAsync(pool!.StreamAsync(WorkloadFunctions.Square, Generate(count))),
        Names.Dataflow => FoldAsync(StreamDataflowAsync(count)),
        Names.Plinq => Task.FromResult(Fold(
            Generate(count).AsParallel().AsOrdered().WithDegreeOfParallelism(workers).Select(WorkloadFunctions.Square))),
        Names.Sequential => Task.FromResult(Fold(Generate(count).Select(WorkloadFunctions.Square))),
        _ => throw new InvalidOperationException($"There is no contender [{contender}]."),
    };

    private long Fold(IEnumerable<long> squares)
    {
        var fold = 0L;
        foreach (var square in squares)
            fold = AddTo(fold, square);
        return fold;
    }

    private async Task<long> FoldAsync(IAsyncEnumerable<long> squares)
    {
        var fold = 0L;
        await foreach (var square in squares)
            fold = AddTo(fold, square);
        return fold;
    }

    private async IAsyncEnumerable<long> StreamDataflowAsync(int count)
    {
        var options = new ExecutionDataflowBlockOptions { MaxDegreeOfParallelism = workers, BoundedCapacity = 10_000 };
        var block = new TransformBlock<int, long>(WorkloadFunctions.Square, options);
        var feeding = Task.Run(async () =>
        {
            foreach (var number in Generate(count))
                await block.SendAsync(number);
            block.Complete();
        });
        await foreach (var square in block.ReceiveAllAsync())
            yield return square;
        await feeding;
    }

    // The result depends on the order, unlike a sum.
    private long AddTo(long fold, long square)
    {
        if (slow && WorkloadFunctions.Xorshift(SlowRounds) == 0)
            throw new UnreachableException("xorshift64 never yields zero.");
        return (fold * 31) + square;
    }

    private static IEnumerable<int> Generate(int count)
    {
        for (var i = 1; i <= count; i++)
            yield return i;
    }
}
