using System.Diagnostics;
using System.Globalization;
using ActorPool.Benchmarks.Peers;
using ActorPool.Benchmarks.Workloads;

namespace ActorPool.Benchmarks.Scale;

/// <summary>Runs several pools at a time over node processes of one worker.</summary>
internal static class RealPools
{
    private const int Nodes = 16;
    private const int Pools = 8;
    private const int Chunks = 2_000; // of each pool in a round

    public static async Task<int> RunAsync(int runs)
    {
        await using var cluster = await NodeCluster.StartNodesAsync(tls: true, [.. Enumerable.Repeat(1, Nodes)]);
        var pools = new List<WorkerPool>();
        try
        {
            for (var i = 0; i < Pools; i++)
                pools.Add(await NodeCluster.ConnectAsync(tls: true, cluster.Seed));
            while (pools.Exists(pool => pool.Workers < Nodes))
                await Task.Yield();
            await MapAllAsync(pools);
            var rates = new List<double>();
            for (var i = 0; i < runs; i++)
            {
                var since = Stopwatch.GetTimestamp();
                await MapAllAsync(pools);
                rates.Add(Pools * Chunks / Elapsed.Milliseconds(since) * 1000);
            }
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Nodes} nodes of 1 worker, {Pools} pools at a time, {Chunks} chunks of one int each: " +
                $"{Quantiles.Median(rates):N0} chunks/s (median of {runs}; {rates.Min():N0} to {rates.Max():N0}), all results are right."));
            return 0;
        }
        finally
        {
            foreach (var pool in pools)
                await pool.DisposeAsync();
        }
    }

    private static Task MapAllAsync(IEnumerable<WorkerPool> pools) => Task.WhenAll(pools.Select(async (pool, index) =>
    {
        int[] inputs = [.. Enumerable.Range(index * Chunks, Chunks)];
        var results = await pool.MapAsync(WorkloadFunctions.Square, inputs, new JobOptions { ChunkSize = 1 });
        if (!results.SequenceEqual(inputs.Select(x => (long)x * x)))
            throw new InvalidOperationException($"The results of pool {index} are wrong.");
    }));
}
