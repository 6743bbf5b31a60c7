using System.Globalization;

namespace ActorPool.Node.Demo;

/// <summary>Measures a function over the table in a plain loop and in pools.</summary>
/// <remarks>
/// The pools have 1, 2, … workers, or there is one given pool. The results of the pools are compared with those of the loop.
/// </remarks>
/// <param name="rows">The table.</param>
/// <param name="cluster">The pool to measure; null for pools of this process.</param>
/// <param name="create">Makes a pool of this many workers of this process.</param>
/// <param name="maxWorkers">Pools of 1, 2, … up to this many workers are measured.</param>
/// <param name="runs">Runs of each measurement.</param>
internal sealed class SpeedupBench(
    Row[] rows, WorkerPool? cluster, Func<int, WorkerPool> create, int maxWorkers, int runs)
{
    // Rows between two checks for cancellation: few enough to react quickly, enough to cost nothing.
    private const int Slice = 4096;

    // After this time the runtime has compiled such a loop with all optimizations.
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(300);

    // Both are filled here, so that the first access to their pages is not part of a measured run.
    private readonly long[] _expected = CreateFilled(rows.Length);
    private readonly long[] _results = CreateFilled(rows.Length);

    /// <summary>Measures one function.</summary>
    /// <exception cref="NodeException">A pool's results differ from the loop's.</exception>
    public async Task<SpeedupMeasurement> MeasureAsync(RowWork work, CancellationToken cancellationToken)
    {
        var sequential = await RunAsync(work, "sequential", null, cancellationToken);
        var pools = new List<PoolTimes>();
        if (cluster is not null)
        {
            var times = await RunAsync(work, "cluster", cluster, cancellationToken);
            pools.Add(new PoolTimes(cluster.Workers, times)); // read after the warm-up, during which the pool has found all nodes
            return new SpeedupMeasurement(work, rows.Length, sequential, pools);
        }
        for (var workers = 1; workers <= maxWorkers; workers++)
        {
            await using var pool = create(workers);
            var how = workers == 1 ? "1 worker" : $"{workers} workers";
            pools.Add(new PoolTimes(workers, await RunAsync(work, how, pool, cancellationToken)));
        }
        return new SpeedupMeasurement(work, rows.Length, sequential, pools);
    }

    /// <summary>Compares a pool's results with the loop's.</summary>
    /// <exception cref="NodeException">They differ; the message names the first row that does.</exception>
    public static void CheckEqual(ReadOnlySpan<long> expected, ReadOnlySpan<long> results, string what)
    {
        var same = expected.CommonPrefixLength(results);
        if (same < expected.Length)
        {
            throw new NodeException(string.Create(CultureInfo.InvariantCulture,
                $"Row [{same}] of {what} is [{results[same]}] "
                + $"and should be [{expected[same]}]. This is a bug in ActorPool: please report it."));
        }
    }

    private async Task<Times> RunAsync(RowWork work, string how, WorkerPool? pool, CancellationToken cancellationToken)
    {
        await WarmUpAsync(work, pool, cancellationToken);
        var times = new List<TimeSpan>();
        for (var run = 1; run <= runs; run++)
        {
            Array.Clear(_results);
            var progress = ConsoleProgress.Bar($"{work.Name}, {how}, {run}/{runs}", keep: false);
            var started = TimeProvider.System.GetTimestamp();
            if (pool is null)
                Loop(work, rows, _expected, progress, cancellationToken);
            else
                await pool.MapAsync(work.Function, rows, _results, new JobOptions { Progress = progress }, cancellationToken);
            times.Add(TimeProvider.System.GetElapsedTime(started));
            if (pool is not null)
                CheckEqual(_expected, _results, $"{work.Name}, {how}, run {run}");
        }
        return new Times(times);
    }

    private async Task WarmUpAsync(RowWork work, WorkerPool? pool, CancellationToken cancellationToken)
    {
        // A part of the rows is enough for a function that takes seconds for all of them.
        ReadOnlyMemory<Row> part = rows.AsMemory(0, Math.Min(rows.Length, 20_000));
        var started = TimeProvider.System.GetTimestamp();
        do
        {
            if (pool is null)
                Loop(work, part.Span, _results, null, cancellationToken);
            else
                await pool.MapAsync(work.Function, part, _results, cancellationToken: cancellationToken);
        }
        while (TimeProvider.System.GetElapsedTime(started) < s_warmUp);
    }

    private static void Loop(
        RowWork work, ReadOnlySpan<Row> rows, Span<long> results, IProgress<JobProgress>? progress, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var total = rows.Length;
        for (var start = 0; start < total && !cancellationToken.IsCancellationRequested; start += Slice)
        {
            var count = Math.Min(Slice, total - start);
            work.Loop(rows.Slice(start, count), results.Slice(start, count));
            progress?.Report(CreateProgress(start + count, JobState.Running));
        }
        progress?.Report(CreateProgress(total, JobState.Succeeded)); // the end of its bar, however it ends
        cancellationToken.ThrowIfCancellationRequested();

        JobProgress CreateProgress(int done, JobState state) =>
            new(done, Failed: 0, Retried: 0, total, TimeProvider.System.GetElapsedTime(started)) { Workers = 1, State = state };
    }

    private static long[] CreateFilled(int count)
    {
        var array = GC.AllocateUninitializedArray<long>(count);
        Array.Fill(array, -1);
        return array;
    }
}
