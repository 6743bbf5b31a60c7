using System.Diagnostics;
using ActorPool.Benchmarks.Peers;
using ActorPool.Benchmarks.Workloads;

namespace ActorPool.Benchmarks.Scale;

/// <summary>Measures what a chunk costs a pool over real nodes, with TLS over loopback.</summary>
internal static class CallerCost
{
    private const int Nodes = 2;
    private const int Chunks = 20_000;
    private const int LongChunk = 1_000; // ints
    private const int Prefetch = 30; // so that there are enough chunks in flight to see them in the heap's size
    private const int WaitMilliseconds = 60_000;

    /// <param name="runs">Measurements of each kind; the medians count.</param>
    public static async Task<(double Microseconds, double PerByte, double Out, double In, double Live)> MeasureAsync(int runs)
    {
        using var sockets = new SocketCounters();
        await using var cluster = await NodeCluster.StartAsync(tls: true, [.. Enumerable.Repeat(ScaleCosts.WorkersPerNode, Nodes)]);
        var pool = cluster.Pool;
        await RunAsync(pool, Chunks, 1);
        await RunAsync(pool, Chunks / 10, LongChunk);
        var (one, many, sent, received) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < runs; i++)
        {
            var before = await sockets.ReadAsync();
            one.Add(await RunAsync(pool, Chunks, 1));
            var after = await sockets.ReadAsync();
            sent.Add((after.Sent - before.Sent) / Chunks);
            received.Add((after.Received - before.Received) / Chunks);
            many.Add(await RunAsync(pool, Chunks / 10, LongChunk));
        }
        var (short1, long1) = (Quantiles.Median(one), Quantiles.Median(many));
        var live = new List<double>();
        for (var i = 0; i < runs; i++)
        {
            await using var wide = await WorkerPool.ConnectAsync(
                cluster.Seed, new WorkerPoolOptions { Config = $"actorpool.cluster.prefetch = {Prefetch}" });
            while (wide.Workers < Nodes * ScaleCosts.WorkersPerNode)
                await Task.Yield();
            live.Add(await MeasureMemoryAsync(wide, sockets));
        }
        return (short1, Math.Max(0, long1 - short1) / ((LongChunk - 1) * 2 * sizeof(int)),
            Quantiles.Median(sent), Quantiles.Median(received), Quantiles.Median(live));
    }

    /// <summary>Measures the processor time of all threads for a chunk.</summary>
    private static async Task<double> RunAsync(WorkerPool pool, int chunks, int size)
    {
        int[] inputs = [.. Enumerable.Range(0, chunks * size)];
        var results = new int[inputs.Length];
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        await pool.MapAsync(WorkloadFunctions.Identity, inputs.AsMemory(), results.AsMemory(), new JobOptions { ChunkSize = size });
        process.Refresh();
        var used = process.TotalProcessorTime - before;
        if (!inputs.AsSpan().SequenceEqual(results))
            throw new InvalidOperationException("The results are wrong.");
        return used.TotalMicroseconds / chunks;
    }

    /// <summary>Measures the memory of chunks that are all at nodes.</summary>
    private static async Task<double> MeasureMemoryAsync(WorkerPool pool, SocketCounters sockets)
    {
        const int InFlight = Nodes * ScaleCosts.WorkersPerNode * (1 + Prefetch);
        int[] waits = [0, .. Enumerable.Repeat(WaitMilliseconds, InFlight)]; // after a short one, chunks may wait at their node
        using var stop = new CancellationTokenSource();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var job = pool.MapAsync(
            static async (wait, token) =>
            {
                using var never = new SemaphoreSlim(0);
                await never.WaitAsync(wait, token);
                return wait;
            },
            waits, new JobOptions { ChunkSize = 1 }, stop.Token);
        while (pool.Statistics is { ItemsDone: 0 } or { Busy: < Nodes * ScaleCosts.WorkersPerNode })
            await Task.Yield();
        var sent = 0.0;
        while (await sockets.ReadAsync() is var now && now.Sent > sent + (InFlight * 10)) // until the last chunks have left
            sent = now.Sent;
        var live = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)InFlight;
        await stop.CancelAsync();
        await job.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return live;
    }
}
