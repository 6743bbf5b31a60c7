using ActorPool.Diagnostics;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Cluster;

/// <summary>How long chunks wait at nodes, as their job tells it.</summary>
public sealed class WaitingAtNodesTests
{
    [Fact]
    public async Task A_job_that_waits_for_the_worker_of_another_pool_tells_it()
    {
        await using var node = await LoopbackCluster.StartNodeAsync(workers: 1);
        await using var first = await WorkerPool.ConnectAsync(node.Address).Within("the first pool");
        await using var second = await WorkerPool.ConnectAsync(node.Address).Within("the second pool");
        var gate = new Gate();
        var holding = first.StartMap(async x => { await gate.PassAsync(CancellationToken.None); return x; }, [1]);
        await gate.HasArrived(1, "the item that keeps the worker", first);
        var waiting = second.StartMap(x => x, [1, 2, 3], new JobOptions { ChunkSize = 1 });
        await Deadline.Until(() => second.State.Counters.Read(Quantity.ChunksInFlight) > 0, "a chunk that waits", second);
        var since = TimeProvider.System.GetTimestamp();
        // More than what a busy machine needs for anything else; the chunk arrives a little later than it is sent.
        await Deadline.Until(() => TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromMilliseconds(300), "some time", second);

        gate.Open();
        await holding.Completion.Within("the first job", first);
        await waiting.Completion.Within("the second job", second);

        await Deadline.Until(() => waiting.Insights.Chunks.Count == 3, "all chunks", second);
        var insights = waiting.Insights;
        var (time, longest) = (insights.Time, insights.Chunks.Max(chunk => chunk.Waited));
        Assert.InRange(longest, TimeSpan.FromMilliseconds(100), insights.Progress.Elapsed);
        Assert.InRange(time.Waiting, TimeSpan.FromMilliseconds(100), insights.Progress.Elapsed);
        Assert.True(time.Waiting > time.Working, $"{time}");
    }

    [Fact]
    public async Task Chunks_that_wait_behind_others_of_their_job_cost_it_nothing()
    {
        await using var node = await LoopbackCluster.StartNodeAsync(workers: 1);
        await using var pool = await WorkerPool.ConnectAsync(node.Address).Within("the pool");
        var job = pool.StartMap(
            x =>
            {
                var until = TimeProvider.System.GetTimestamp() + TimeProvider.System.TimestampFrequency / 100;
                while (TimeProvider.System.GetTimestamp() < until)
                    Thread.SpinWait(100);
                return x;
            },
            Enumerable.Range(0, 20).ToArray(), new JobOptions { ChunkSize = 1 });

        await job.Completion.Within("the job", pool);

        await Deadline.Until(() => job.Insights.Chunks.Count == 20, "all chunks", pool);
        Assert.Contains(job.Insights.Chunks, chunk => chunk.Waited > TimeSpan.FromMilliseconds(5));
        Assert.Equal(TimeSpan.Zero, job.Insights.Time.Waiting);
    }
}
