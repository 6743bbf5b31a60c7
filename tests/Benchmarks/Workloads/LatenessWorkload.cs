using ActorPool.Benchmarks.Peers;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>How late the caller's tasks run while the pool is saturated.</summary>
internal static class LatenessWorkload
{
    private static readonly TimeSpan s_atLeast = TimeSpan.FromSeconds(3);

    public static readonly Workload Neighbour = new("W9", "lateness of Task.Run(() => {}) every 10 ms while W3's items run", arena =>
    {
        var work = SpinWorkload.CreateWork();
        return new[] { arena.ActorPool, arena.ParallelFor, arena.Plinq, arena.TaskPerItem, arena.Dataflow, arena.AkkaChunks }
            .Select(peer => new Contender(peer.Name, () => MeasureAsync(() => SaturateAsync(peer, work))))
            .Append(new Contender("no work", () => MeasureAsync(IdleAsync)));
    })
    {
        Metrics = [new("p50", "ms", 2), new("p99", "ms", 2), new("largest", "ms", 2)],
        WarmUp = TimeSpan.Zero,
        Note = "About 300 tasks a round from a separate thread; each peer is called from a thread of the thread pool, as in a service.",
    };

    private static async Task<double[]> MeasureAsync(Func<Task> saturateAsync)
    {
        using var probe = new LatenessProbe();
        await Task.Run(saturateAsync);
        var lateness = await probe.StopAsync();
        return [Quantiles.Quantile(lateness, 0.5), Quantiles.Quantile(lateness, 0.99), lateness[^1]];
    }

    private static async Task SaturateAsync(IMapPeer peer, MapWork<int, ulong> work)
    {
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        do
            await work.CreateContender(peer).MeasureAsync();
        while (clock.GetElapsedTime(start) < s_atLeast);
    }

    private static async Task IdleAsync()
    {
        using var timer = new PeriodicTimer(s_atLeast);
        await timer.WaitForNextTickAsync();
    }
}
