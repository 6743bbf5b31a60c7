using ActorPool.Tests.Support;

namespace ActorPool.Tests.Scenarios;

/// <summary>Timeouts, abandonment and progress reports, on a clock that the test moves.</summary>
public sealed class VirtualTimeTests : VirtualTimeScenario
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_tick = TimeSpan.FromTicks(1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_item_times_out_when_its_time_is_up_and_not_a_tick_before(bool asynchronous)
    {
        var pool = Create(1, "abandon-after = 1h");
        var gate = new Gate();
        var options = new JobOptions { ItemTimeout = s_limit, ChunkSize = 3 };
        var job = asynchronous
            ? pool.TryMapAsync(async (x, token) =>
            {
                if (x == 1)
                    await gate.PassAsync(token);
                return x;
            }, Enumerable.Range(0, 3), options)
            : pool.TryMapAsync(x =>
            {
                if (x == 1)
                    gate.PassAsync(WorkContext.Current!.CancellationToken).AsTask().GetAwaiter().GetResult();
                return x;
            }, Enumerable.Range(0, 3), options);
        await gate.HasArrived(1, "item runs", pool);
        await Advance(pool, s_limit - s_tick);
        Assert.Equal(0, pool.Statistics.ItemsFailed);
        await Advance(pool, s_tick);
        var results = await job.Within("result", pool);
        Assert.Equal([true, false, true], results.Select(result => result.IsSuccess).ToArray());
        var timeout = Assert.IsType<TimeoutException>(results[1].Error!.InnerException);
        Assert.Contains("Item 1 ran longer than JobOptions.ItemTimeout [00:10:00]", timeout.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_item_has_its_own_time()
    {
        var pool = Create(1);
        var gates = Enumerable.Range(0, 3).Select(_ => new Gate()).ToArray();
        var job = pool.MapAsync(async (x, token) =>
        {
            await gates[x].PassAsync(token);
            return x;
        }, Enumerable.Range(0, 3), new JobOptions { ItemTimeout = s_limit, ChunkSize = 3 });
        foreach (var gate in gates)
        {
            await gate.HasArrived(1, "item runs", pool);
            await Advance(pool, s_limit - s_tick);
            gate.Open();
        }
        Assert.Equal(Enumerable.Range(0, 3), await job.Within("result", pool));
    }

    [Fact]
    public async Task A_job_times_out_with_the_count_of_what_is_unfinished()
    {
        var pool = Create(2);
        var gate = new Gate();
        var job = pool.StartMap(async (x, token) =>
        {
            if (x >= 4)
                await gate.PassAsync(token);
            return x;
        }, Enumerable.Range(0, 10), new JobOptions { Timeout = s_limit, ChunkSize = 1, Name = "slow" });
        await gate.HasArrived(2, "items run", pool);
        await Deadline.Until(() => job.Progress.Done == 4, "four are done", pool);
        await Advance(pool, s_limit - s_tick);
        Assert.False(job.Completion.IsCompleted);
        await Advance(pool, s_tick);
        var timeout = await Fixtures.Fails<TimeoutException>(job.Completion, "job", pool);
        Assert.Contains("slow", timeout.Message, StringComparison.Ordinal);
        Assert.Contains("6 (of 10) items unfinished", timeout.Message, StringComparison.Ordinal);
        Assert.Equal(2, gate.Arrived);
    }

    [Fact]
    public async Task An_item_that_times_out_runs_again_until_its_retries_are_used_up()
    {
        var pool = Create(2);
        var gate = new Gate();
        var job = pool.TryMapAsync(async (x, token) =>
        {
            if (x == 2)
                await gate.PassAsync(token);
            return x;
        }, Enumerable.Range(0, 4), new JobOptions { ItemTimeout = s_limit, Retries = 2, ChunkSize = 4 });
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await gate.HasArrived(attempt, $"attempt {attempt}", pool);
            Assert.False(job.IsCompleted);
            await Advance(pool, s_limit);
        }
        var results = await job.Within("result", pool);
        Assert.Equal(3, results[2].Attempts);
        Assert.IsType<TimeoutException>(results[2].Error!.InnerException);
        Assert.Equal([1, 1, 1], results.Where(result => result.IsSuccess).Select(result => result.Attempts).ToArray());
        Assert.Equal(3, gate.Arrived);
        Assert.Equal(2, pool.Statistics.ItemsRetried);
    }

    [Fact]
    public async Task An_item_that_succeeds_after_a_timeout_counts_its_attempts()
    {
        var pool = Create(2);
        var gate = new Gate();
        var job = pool.TryMapAsync(async (x, token) =>
        {
            if (WorkContext.Current!.Attempt == 1)
                await gate.PassAsync(token);
            return WorkContext.Current!.Attempt;
        }, new int[1], new JobOptions { ItemTimeout = s_limit, Retries = 5, RetryWhen = error => error is TimeoutException });
        await gate.HasArrived(1, "first attempt", pool);
        await Advance(pool, s_limit);
        var result = Assert.Single(await job.Within("result", pool));
        Assert.Equal((2, 2), (result.Value, result.Attempts));
    }

    [Fact]
    public async Task A_function_that_does_not_stop_is_abandoned_after_the_configured_time_and_not_before()
    {
        var pool = Create(1, "abandon-after = 1m");
        var gate = new Gate();
        var job = pool.TryMapAsync(x =>
        {
            gate.Pass();
            return x;
        }, new int[1], new JobOptions { ItemTimeout = s_limit });
        await gate.HasArrived(1, "item runs", pool);
        await Advance(pool, s_limit);
        Assert.False(Assert.Single(await job.Within("result", pool)).IsSuccess);
        await Advance(pool, TimeSpan.FromMinutes(1) - s_tick);
        Assert.Equal((0, 1), (pool.Statistics.Abandoned, pool.Statistics.Busy));
        await Advance(pool, s_tick);
        await Deadline.Until(() => pool.Statistics.Abandoned == 1, "abandoned", pool);
        Assert.Equal(4, await pool.ApplyAsync(Fixtures.Sqr, 2).Within("the replacement works", pool));
        gate.Open();
    }

    [Fact]
    public async Task Progress_is_reported_at_the_start_then_not_before_its_interval_has_passed_and_at_the_end()
    {
        var pool = Create(1, "progress-interval = 10s");
        var log = new ProgressLog();
        var gates = Enumerable.Range(0, 5).Select(_ => new Gate()).ToArray();
        var job = pool.StartMap(async (x, token) =>
        {
            await gates[x].PassAsync(token);
            return x;
        }, Enumerable.Range(0, 5), new JobOptions { ChunkSize = 1, Progress = log });
        await Deadline.Until(() => log.Reports.Count == 1, "the first report", pool);
        for (var i = 0; i < 4; i++)
        {
            gates[i].Open();
            await Deadline.Until(() => job.Progress.Done == i + 1, $"item {i} is done", pool);
            await gates[i + 1].HasArrived(1, $"item {i + 1} runs", pool);
            if (i == 2)
                await Deadline.Until(() => log.Reports.Count == 2, "the second report", pool);
            await Advance(pool, i == 1 ? TimeSpan.FromSeconds(10) : s_tick);
        }
        gates[4].Open();
        await job.Within("job", pool);
        Assert.Equal(3, log.Reports.Count);
        Assert.Equal((0, 5), (log.Reports[0].Done, log.Last.Done));
        // The gatherer may read the clock just before the clock moves for the second item, or just after.
        Assert.InRange(log.Reports[1].Done, 2, 3);
        Assert.InRange(log.Reports[1].Elapsed, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(11));
    }

    [Fact]
    public async Task Dispose_ends_in_real_time_while_a_function_blocks_and_the_scheduler_stands_still()
    {
        var gate = new Gate();
        await using (var pool = Create(1))
        {
            _ = pool.ApplyAsync(() =>
            {
                gate.Pass();
                return 1;
            });
            await gate.HasArrived(1, "the function runs", pool);
            await pool.DisposeAsync().Within("dispose", pool);
            Assert.Equal((0, 0, 0), (pool.Statistics.Workers, pool.Statistics.Busy, pool.Statistics.Jobs));
        }
        gate.Open();
    }
}
