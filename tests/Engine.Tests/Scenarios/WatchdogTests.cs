using ActorPool.Tests.Support;
using Akka.TestKit;

namespace ActorPool.Tests.Scenarios;

/// <summary>Jobs that make no progress: said first, ended in the end.</summary>
public sealed class WatchdogTests : VirtualTimeScenario
{
    private const string Settings = "watchdog { report-after = 4m, fail-after = 20m }";
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task What_is_out_and_with_whom_is_logged_each_time_twice_as_late_and_in_the_end_the_job_fails_with_it()
    {
        var pool = Create(2, Settings);
        var gate = new Gate();
        var job = pool.StartMap(async (x, token) =>
        {
            if (x is 3 or 5)
                await gate.PassAsync(token);
            return x;
        }, Enumerable.Range(0, 6), new JobOptions { ChunkSize = 1, Name = "stuck" });
        await gate.HasArrived(2, "both stand", pool);
        await Deadline.Until(() => job.Progress.Done == 4, "the others are done", pool);

        await Pass(pool, 4); // the first look sees what has happened before it
        await LogsWarning(() => Pass(pool, 1), "[stuck] of the pool [pool] has made no progress for [00:04:00]: 4 of 6 items are done; out are item 3 at worker-");
        await LogsNoWarning(() => Pass(pool, 3));
        await LogsWarning(() => Pass(pool, 1), "for [00:08:00]");
        await LogsNoWarning(() => Pass(pool, 7));
        await LogsWarning(() => Pass(pool, 1), "for [00:16:00]");
        await Pass(pool, 3);
        Assert.False(job.Completion.IsCompleted);
        await Pass(pool, 1);

        var error = await Fixtures.Fails<TimeoutException>(job.Completion, "the end", pool);
        Assert.Contains("stuck has made no progress for [00:20:00] (actorpool.watchdog.fail-after), and was ended. 4 of 6 items are done; out are item 3 at worker-", error.Message, StringComparison.Ordinal);
        Assert.Contains("item 5 at worker-", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_goes_on_is_left_alone_however_slow_it_is()
    {
        var pool = Create(1, Settings);
        var gates = Enumerable.Range(0, 4).Select(_ => new Gate()).ToArray();
        var job = pool.StartMap(async (x, token) =>
        {
            await gates[x].PassAsync(token);
            return x;
        }, Enumerable.Range(0, 4), new JobOptions { ChunkSize = 1 });
        for (var i = 0; i < 4; i++)
        {
            await gates[i].HasArrived(1, $"item {i} runs", pool);
            await Pass(pool, 18);
            gates[i].Open();
            await Deadline.Until(() => job.Progress.Done == i + 1, $"item {i} is done", pool);
        }
        Assert.Equal(Enumerable.Range(0, 4), await job.Within("the job", pool));
    }

    [Fact]
    public async Task Waiting_for_a_consumer_is_no_standstill()
    {
        var pool = Create(1, Settings);
        await using var stream = pool.StreamAsync(Fixtures.Sqr, Enumerable.Range(0, 100), new JobOptions { Window = 2, ChunkSize = 1 }).GetAsyncEnumerator();
        Assert.Equal(0, await stream.Next("the first result", pool));
        await Deadline.Until(() => pool.Statistics.Busy == 0, "the window is full", pool);

        await LogsNoWarning(() => Pass(pool, 60));

        for (var x = 1; x < 100; x++)
            Assert.Equal(x * x, await stream.Next($"result {x}", pool));
    }

    private async Task Pass(WorkerPool pool, int minutes)
    {
        for (var i = 0; i < minutes; i++)
            await Advance(pool, s_minute);
    }

    private Task LogsWarning(Func<Task> action, string containing) =>
        CreateEventFilter(Sys).Warning(contains: containing).ExpectOneAsync(Deadline.Limit, action);

    private Task LogsNoWarning(Func<Task> action) => CreateEventFilter(Sys).Warning(contains: "no progress").ExpectAsync(0, action);
}
