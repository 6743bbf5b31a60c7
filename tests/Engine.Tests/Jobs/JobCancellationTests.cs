using ActorPool.Tests.Support;

namespace ActorPool.Tests.Jobs;

/// <summary>What the caller of a cancelled job reads; ClusterObserverTests has an operator's.</summary>
public sealed class JobCancellationTests
{
    [Fact]
    public async Task A_token_is_named_before_the_job_and_during_it()
    {
        await using var pool = WorkerPool.Create(1);
        using var stop = new CancellationTokenSource();
        var gate = new Gate();
        var job = pool.MapAsync(
            async (x, token) =>
            {
                await gate.PassAsync(token);
                return x;
            },
            [1, 2], new JobOptions { Name = "held" }, stop.Token);
        await gate.HasArrived(1, "the first item", pool);

        await stop.CancelAsync();

        var during = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Within("the job", pool));
        var before = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => pool.MapAsync(x => x, [1], new JobOptions { Name = "late" }, stop.Token).Within("the map", pool));
        Assert.Equal("The job [held] was cancelled by its caller's token.", during.Message);
        Assert.Equal("The job [late] was cancelled by its caller's token.", before.Message);
        Assert.Equal(stop.Token, during.CancellationToken);
        Assert.True(job.IsCanceled);
    }

    [Fact]
    public async Task The_caller_is_named()
    {
        await using var pool = WorkerPool.Create(1);
        var gate = new Gate();
        var job = pool.StartMap(
            async (x, token) =>
            {
                await gate.PassAsync(token);
                return x;
            },
            [1, 2], new JobOptions { Name = "held" });
        await gate.HasArrived(1, "the first item", pool);

        job.Cancel();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion.Within("the job", pool));
        Assert.Equal("The job [held] was cancelled by its caller.", error.Message);
        var waited = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal(error.Message, waited.Message);
    }

    [Fact]
    public async Task A_stream_names_its_token()
    {
        await using var pool = WorkerPool.Create(1);
        using var stop = new CancellationTokenSource();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var x in pool.StreamAsync(x => x, Enumerable.Range(0, 1000), new JobOptions { Name = "read" }, stop.Token))
            {
                if (x == 3)
                    await stop.CancelAsync();
            }
        }).Within("the stream", pool);

        Assert.Equal("The job [read] was cancelled by its caller's token.", error.Message);
        Assert.Equal(stop.Token, error.CancellationToken);
    }
}
