using ActorPool.Insights;
using ActorPool.Jobs;
using ActorPool.Tests.Support;
using Akka.Actor;

namespace ActorPool.Tests.Insights;

/// <summary>What a pool with more running jobs than it lists tells observers.</summary>
public sealed class PoolReportTests
{
    private const int Listed = 200;

    [Fact]
    public async Task Running_jobs_that_are_not_listed_are_counted_and_those_with_failures_are_listed()
    {
        await using var pool = WorkerPool.Create(1);
        using var end = new CancellationTokenSource();
        await pool.TryMapAsync(x => x / 0, [1], new JobOptions { Name = "ended" }).Within("the job that ends", pool);
        var fails = pool.StartTryMap(
            async (x, token) => x == 0 ? throw new FormatException() : await HoldAsync(x, token), Enumerable.Range(0, 3),
            new JobOptions { Name = "fails", ChunkSize = 1 }, end.Token);
        await Deadline.Until(() => fails.Progress.Failed == 1, "the item that fails", pool);
        var held = Enumerable.Range(0, Listed + 50)
            .Select(i => pool.StartMap(
                async (x, token) => await HoldAsync(x, token), [i], new JobOptions { Name = $"held {i}" }, end.Token)).ToList();

        var report = await AskAsync(pool);

        var running = report.RecentJobs!.Where(job => job.State == JobState.Running).Select(job => job.Name).ToList();
        Assert.Equal((Listed, 51), (running.Count, report.UnlistedJobs));
        Assert.Equal(Listed + 51, report.Jobs);
        var newest = Enumerable.Range(51, Listed - 1).Select(i => $"held {i}");
        Assert.Equal("fails", Assert.Single(running.Except(newest, StringComparer.Ordinal)));
        Assert.Equal("ended", report.RecentJobs![^1].Name);

        await end.CancelAsync();
        foreach (var job in held)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion.Within("the end", pool));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fails.Completion.Within("the end", pool));
        await Deadline.Until(async () => (await AskAsync(pool)).UnlistedJobs == 0, "no running job", pool);
    }

    private static Task<PoolReport> AskAsync(WorkerPool pool) =>
        pool.Coordinator.Ask<PoolReport>(JobProtocol.DescribePool.Instance, Deadline.Limit).Within("an answer", pool);

    private static async Task<int> HoldAsync(int x, CancellationToken token)
    {
        await new TaskCompletionSource().Task.WaitAsync(token);
        return x;
    }
}
