using System.Collections.Concurrent;
using ActorPool.Jobs;
using ActorPool.Tests.Support;
using Akka.Actor;

namespace ActorPool.Tests.Scenarios;

/// <summary>Failed items of a running job run again by order, in this process.</summary>
/// <remarks>
/// Item 99, which is alone in its chunk, waits at the gate: it keeps the job from its end, and one of the workers. The others can try items
/// again, each at one that has not failed at it.
/// </remarks>
public sealed class RetryFailedTests : PoolScenario
{
    private const int Items = 100;
    private const int Last = Items - 1;
    private static readonly int[] s_inputs = [.. Enumerable.Range(0, Items)];
    private static readonly JobOptions s_options = new() { Name = "prices", ChunkSize = 3 };

    private readonly Gate _gate = new();
    private readonly ConcurrentDictionary<int, int> _runs = new();
    private readonly ConcurrentDictionary<int, int> _attempts = new();
    private volatile bool _isRepaired;

    [Fact]
    public async Task They_get_new_outcomes_and_their_failures_no_longer_count()
    {
        var pool = CreatePool(3);
        var job = pool.StartTryMap(Run, s_inputs, s_options with { Retries = 1 });
        await UntilDone(job, pool);
        Assert.Equal((99L, 10L), (job.Progress.Done, job.Progress.Failed));
        Assert.Equal(10, job.Insights.Failures.Sum(group => group.Count));
        _isRepaired = true;

        var answer = await job.RetryFailedAsync().Within("the answer", pool);

        Assert.Equal(new RetriedItems(10, 0, "10 failed items of prices run again."), answer);
        await UntilDone(job, pool);
        Assert.Equal((99L, 0L, 20L), (job.Progress.Done, job.Progress.Failed, job.Progress.Retried));
        Assert.Empty(job.Insights.Failures);
        _gate.Open();
        var outcomes = await job.Within("the job", pool);
        Assert.Equal(s_inputs.Select(x => x * 10), outcomes.Select(one => one.Value));
        Assert.All(outcomes, one => Assert.Equal(1, one.Attempts));
        Assert.All(_runs, run => Assert.Equal(Fails(run.Key) ? 3 : 1, run.Value));
        Assert.Equal((100L + 10, 10L, 20L), (pool.Statistics.ItemsDone, pool.Statistics.ItemsFailed, pool.Statistics.ItemsRetried));
    }

    [Fact]
    public async Task They_have_all_attempts_again_and_may_fail_once_more()
    {
        var pool = CreatePool(3);
        var job = pool.StartTryMap(Run, s_inputs, s_options with { Retries = 2 });
        await UntilDone(job, pool);

        await job.RetryFailedAsync().Within("the answer", pool);

        await UntilDone(job, pool);
        Assert.Equal(10L, job.Progress.Failed);
        Assert.All(_runs, run => Assert.Equal(Fails(run.Key) ? 6 : 1, run.Value));
        Assert.All(_attempts, run => Assert.Equal(Fails(run.Key) ? 3 : 1, run.Value));
        _gate.Open();
        var outcomes = await job.Within("the job", pool);
        Assert.All(outcomes.Where(one => !one.IsSuccess), one => Assert.Equal(3, one.Error!.Attempts));
        Assert.Equal([9L, 19, 29, 39, 49, 59, 69, 79, 89, 98], outcomes.Where(one => !one.IsSuccess).Select(one => one.Index));
    }

    [Fact]
    public async Task Inputs_that_are_read_while_the_job_runs_are_there_for_them()
    {
        var pool = CreatePool(3);
        var job = pool.StartTryMap(Run, new CountingSource(Items), s_options with { Window = 20 });
        await UntilDone(job, pool);
        _isRepaired = true;

        var answer = await job.RetryFailedAsync().Within("the answer", pool);

        Assert.Equal((10L, 0L), (answer.Again, answer.Left));
        _gate.Open();
        var outcomes = await job.Within("the job", pool);
        Assert.Equal(s_inputs.Select(x => x * 10), outcomes.Select(one => one.Value));
    }

    [Fact]
    public async Task Of_inputs_that_are_read_while_the_job_runs_no_more_are_kept_than_its_window_has()
    {
        var pool = CreatePool(3);
        var job = pool.StartTryMap(Run, new CountingSource(Items), s_options with { ChunkSize = 1, Window = 4 });
        await UntilDone(job, pool);
        _isRepaired = true;

        var answer = await job.RetryFailedAsync().Within("the answer", pool);

        Assert.Equal((4L, 6L), (answer.Again, answer.Left));
        Assert.Contains("6 others cannot", answer.Message, StringComparison.Ordinal);
        await UntilDone(job, pool);
        Assert.Equal(6L, job.Progress.Failed);
        var group = job.Insights.Failures.Single();
        Assert.Equal(6, group.Count);
        _gate.Open();
        var outcomes = await job.Within("the job", pool);
        Assert.Equal(group.Indices, outcomes.Where(one => !one.IsSuccess).Select(one => one.Index));
    }

    [Fact]
    public async Task A_second_order_finds_none_while_they_run()
    {
        var pool = CreatePool(3);
        var again = new Gate();
        var job = pool.StartTryMap(
            x =>
            {
                if (Fails(x) && _isRepaired)
                    again.Pass();
                return Run(x);
            },
            s_inputs, s_options);
        await UntilDone(job, pool);
        _isRepaired = true;
        await job.RetryFailedAsync().Within("the first answer", pool);
        await again.HasArrived(2, "items run again", pool);

        var second = await job.RetryFailedAsync().Within("the second answer", pool);

        Assert.Equal(new RetriedItems(0, 0, "prices has no failed items."), second);
        Assert.Equal(89, job.Progress.Done);
        again.Open();
        _gate.Open();
        Assert.All(await job.Within("the job", pool), one => Assert.True(one.IsSuccess));
    }

    [Fact]
    public async Task A_job_whose_last_items_have_failed_ends_without_an_order_and_names_the_line_that_runs_them()
    {
        var pool = CreatePool(3);
        _gate.Open();
        var job = pool.StartTryMap(Run, s_inputs, s_options);
        Assert.Equal(10, (await job.Within("the job", pool)).Count(one => !one.IsSuccess));

        var answer = await job.RetryFailedAsync().Within("the answer", pool);
        var byNumber = await AskAsync(pool, job.Id);

        Assert.Equal((0L, 10L), (answer.Again, answer.Left));
        Assert.Equal(
            "prices has ended: its failed items cannot run again in it. To run the failed items again, from the same inputs: "
            + "var again = new[] { 9, 19, 29, 39, 49, 59, 69, 79, 89, 98 }.Select(i => inputs[i]);",
            answer.Message);
        Assert.Equal(answer, byNumber);
        Assert.Same(JobProtocol.JobUnknown.Instance, await AskAsync(pool, 12345));
    }

    [Fact]
    public async Task Jobs_that_a_failure_ends_and_streams_are_refused()
    {
        var pool = CreatePool(3);
        _isRepaired = true;
        var map = pool.StartMap(Run, s_inputs, s_options);
        Assert.Contains(
            "The first failure ends prices", (await map.RetryFailedAsync().Within("the map's answer", pool)).Message,
            StringComparison.Ordinal);
        map.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => map.Completion.Within("the map", pool));

        await using var stream = pool.TryStreamAsync(Run, s_inputs, s_options).GetAsyncEnumerator();
        await stream.MoveNextAsync();
        var refusal = Assert.IsType<RetriedItems>(await AskAsync(pool, map.Id + 1));
        Assert.Contains("go to its caller as they come", refusal.Message, StringComparison.Ordinal);
        Assert.True(refusal.IsRefused);
        _gate.Open();
    }

    [Fact]
    public async Task A_cancelled_job_runs_nothing_again()
    {
        var pool = CreatePool(3);
        var job = pool.StartTryMap(Run, s_inputs, s_options);
        await UntilDone(job, pool);
        var gate = await Freeze(pool);
        job.Cancel();

        var answer = job.RetryFailedAsync();
        gate.Open();

        Assert.Contains("has ended", (await answer.Within("the answer", pool)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion.Within("the job", pool));
        Assert.All(_runs, run => Assert.Equal(1, run.Value));
        _gate.Open();
    }

    [Fact]
    public async Task Items_that_run_again_are_cancelled_with_their_job()
    {
        var pool = CreatePool(3);
        var again = new Gate();
        var job = pool.StartTryMap(
            async (x, token) =>
            {
                if (Fails(x) && _isRepaired)
                    await again.PassAsync(token);
                if (x == Last)
                    await _gate.PassAsync(token);
                return Fails(x) ? throw new SayWhenException() : x;
            },
            s_inputs, s_options);
        await UntilDone(job, pool);
        _isRepaired = true;
        Assert.Equal(10, (await job.RetryFailedAsync().Within("the answer", pool)).Again);
        await again.HasArrived(2, "items run again", pool);

        job.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion.Within("the job", pool));
        await WaitUntilIdle(pool);
    }

    [Fact]
    public async Task The_end_of_the_pool_is_an_answer()
    {
        var pool = CreatePool(3);
        var job = pool.StartTryMap(Run, s_inputs, s_options);
        await UntilDone(job, pool);
        var gate = await Freeze(pool);
        var answer = job.RetryFailedAsync();
        var cancelled = job.RetryFailedAsync(new CancellationToken(canceled: true));

        var terminated = pool.TerminateAsync();
        gate.Open();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Within("the cancelled wait", pool));
        await terminated.Within("the end", pool);
        Assert.Contains("prices", (await answer.Within("the answer", pool)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PoolTerminatedException>(() => job.Completion.Within("the job", pool));
        Assert.Contains("has ended", (await job.RetryFailedAsync().Within("the next answer", pool)).Message, StringComparison.Ordinal);
        _gate.Open();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Orders_at_any_moment_leave_one_outcome_for_each_item(bool isRead)
    {
        const int items = 20_000;
        var pool = CreatePool(4);
        IEnumerable<int> inputs = isRead ? new CountingSource(items) : Enumerable.Range(0, items).ToArray();
        var job = pool.StartTryMap(
            x =>
            {
                var run = _runs.AddOrUpdate(x, 1, static (_, before) => before + 1);
                return x == 0 ? Wait(x) // the first chunk has one item
                    : x % 7 == 3 && run <= x % 5 ? throw new SayWhenException()
                    : -x;
            },
            inputs);

        for (var orders = 0; job.Progress.Done < items - 1 || job.Progress.Failed > 0; orders++)
        {
            var answer = await job.RetryFailedAsync().Within($"answer {orders}", pool);
            Assert.Equal(0, answer.Left);
            Assert.Null(job.Completion.Exception);
        }
        _gate.Open();
        var outcomes = await job.Within("the job", pool);

        Assert.Equal(Enumerable.Range(0, items).Select(x => -x), outcomes.Select(one => one.Value));
        Assert.Equal((items, 0L, (long)items), (job.Progress.Done, job.Progress.Failed, job.Progress.Total));
        Assert.All(_runs, run => Assert.Equal(run.Key % 7 == 3 ? run.Key % 5 + 1 : 1, run.Value));
    }

    private static bool Fails(int x) => x % 10 == 9 && x != Last || x == Last - 1;

    private int Run(int x)
    {
        _runs.AddOrUpdate(x, 1, static (_, before) => before + 1);
        _attempts[x] = WorkContext.Current!.Attempt;
        if (x == Last)
            return Wait(x) * 10;
        return Fails(x) && !_isRepaired ? throw new SayWhenException() : x * 10;
    }

    private int Wait(int x)
    {
        _gate.Pass();
        return x;
    }

    /// <summary>Waits until all items but the last one have an outcome.</summary>
    private static Task UntilDone<T>(Job<T> job, WorkerPool pool) =>
        Deadline.Until(() => job.Progress.Done == Last, "all outcomes but one", pool);

    private static Task<object> AskAsync(WorkerPool pool, long job) =>
        pool.Coordinator.Ask<object>(new JobProtocol.RetryFailed(job, IsOperator: true), Deadline.Limit).Within("an answer", pool);
}
