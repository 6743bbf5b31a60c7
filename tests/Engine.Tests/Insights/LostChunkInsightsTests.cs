using ActorPool.Tests.Scenarios;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Insights;

/// <summary>What a job tells of chunks that were lost with their worker.</summary>
public sealed class LostChunkInsightsTests : PoolScenario
{
    [Fact]
    public async Task A_chunk_whose_worker_is_lost_is_told_as_requeued()
    {
        var pool = CreatePool(1);
        var actor = (await GetWorkers(pool))[0];
        var gate = new Gate();
        var job = pool.StartMap(
            async (x, _) =>
            {
                if (x == 3)
                    await gate.PassAsync(CancellationToken.None);
                return x;
            },
            Enumerable.Range(0, 6), new JobOptions { ChunkSize = 6 });
        await gate.HasArrived(1, "the item runs", pool);

        Sys.Stop(actor);
        await gate.HasArrived(2, "it runs again", pool);
        gate.Open();
        Assert.Equal(Enumerable.Range(0, 6), await job.Completion.Within("the job", pool));

        var requeued = Assert.Single(job.Insights.Chunks, chunk => chunk.State == ChunkState.Requeued);
        Assert.Equal((0L, 6, "worker-0"), (requeued.Start, requeued.Count, requeued.Holder));
        Assert.Equal(3, job.Insights.Requeued);
        Assert.Equal(1, job.Insights.Holders.Sum(holder => holder.Lost));
        const string Advice = "Chunks lost with their workers or nodes, or handed back: 1.";
        Assert.Contains(job.Insights.Advice, sentence => sentence.StartsWith(Advice, StringComparison.Ordinal));
    }
}
