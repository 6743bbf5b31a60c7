using ActorPool.Tests.Support;
using Akka.TestKit;

namespace ActorPool.Tests.Scenarios;

/// <summary>Jobs that make no progress are first reported and then ended.</summary>
public sealed class WatchdogTests : VirtualTimeScenario
{
    private const string Settings = "watchdog { report-after = 4m, fail-after = 20m }";
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_stuck_job_logs_its_outstanding_items_at_doubling_intervals_and_then_fails_with_them()
    {
        var pool = Create(2, Settings);
        var gate = new Gate();
        var job = pool.StartMap(async (x, token) =>
        {
            if (x is 3 or 5)
                await gate.PassAsync(token);
            return x;
        }, Enumerable.Range(0, 6), new JobOptions { ChunkSize = 1, Name = "stuck" });
        await gate.HasArrived(2, "both items wait", pool);
        await Deadline.Until(() => job.Progress.Done == 4, "the others are done", pool);

        await Pass(pool, 4); // the first check sees the progress made before it
        await ExpectWarning(
            () => Pass(pool, 1),
            "[stuck] of the pool [pool] has made no progress for [00:04:00]: 4 of 6 items are done; in flight: item 3 at worker-");
        await ExpectNoWarning(() => Pass(pool, 3));
        await ExpectWarning(() => Pass(pool, 1), "for [00:08:00]");
        await ExpectNoWarning(() => Pass(pool, 7));
        await ExpectWarning(() => Pass(pool, 1), "for [00:16:00]");
        await Pass(pool, 3);
        Assert.False(job.Completion.IsCompleted);
        await Pass(pool, 1);

        var error = await Fixtures.Fails<TimeoutException>(job.Completion, "the end", pool);
        Assert.Contains(
            "stuck has made no progress for [00:20:00] (actorpool.watchdog.fail-after), and was ended. "
            + "4 of 6 items are done; in flight: item 3 at worker-", error.Message, StringComparison.Ordinal);
        Assert.Contains("item 5 at worker-", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_job_that_makes_progress_does_not_fail()
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
    public async Task Waiting_for_a_consumer_is_not_reported_as_a_lack_of_progress()
    {
        var pool = Create(1, Settings);
        var options = new JobOptions { Window = 2, ChunkSize = 1 };
        await using var stream = pool.StreamAsync(Fixtures.Sqr, Enumerable.Range(0, 100), options).GetAsyncEnumerator();
        Assert.Equal(0, await stream.Next("the first result", pool));
        await Deadline.Until(() => pool.Statistics.Busy == 0, "the window is full", pool);

        await ExpectNoWarning(() => Pass(pool, 60));

        for (var x = 1; x < 100; x++)
            Assert.Equal(x * x, await stream.Next($"result {x}", pool));
    }

    [Fact]
    public async Task A_coordinator_that_workers_wait_for_says_so_once_and_what_to_do()
    {
        const int Items = 100; // handed out between two probes
        var pool = Create(1);
        await WaitUntilIdle(pool);
        var gates = Enumerable.Range(0, 5).Select(_ => new Gate()).ToArray();
        var job = pool.StartMap(async (x, token) =>
        {
            if (x % Items == 0)
                await gates[x / Items].PassAsync(token);
            return x;
        }, Enumerable.Range(0, Items * gates.Length), new JobOptions { ChunkSize = 1, Name = "small" });
        await gates[0].HasArrived(1, "the first item runs", pool);

        await DelayProbe(pool, gates, 0); // the rate counts from here
        await DelayProbe(pool, gates, 1);
        // 100 items of the job, and the two that held the coordinator, in 1.3 s.
        await CreateEventFilter(Sys)
            .Warning(contains:
                "The coordinator of the pool [pool] is [300 ms] behind: it hands out [78] chunks a second, and its [1] workers wait "
                + "for it. Make chunks longer (JobOptions.ChunkSize or actorpool.chunk.target), or share the work among several pools.")
            .ExpectOneAsync(Deadline.Limit, () => DelayProbe(pool, gates, 2));
        await CreateEventFilter(Sys).Warning(contains: "behind").ExpectAsync(0, () => DelayProbe(pool, gates, 3));

        gates[4].Open();
        Assert.Equal(Enumerable.Range(0, Items * gates.Length), await job.Within("the job", pool));
    }

    /// <summary>Lets one part of the items run, and the next probe wait for 300 ms.</summary>
    private async Task DelayProbe(WorkerPool pool, Gate[] gates, int part)
    {
        gates[part].Open();
        await gates[part + 1].HasArrived(1, "the next part's first item runs", pool);
        var before = await Freeze(pool);
        MoveClock(TimeSpan.FromSeconds(1)); // the message that sends the probe is in the mailbox, behind the frozen one
        var behind = FreezeLater(pool); // and the probe will be behind this one
        before.Open();
        await behind.HasArrived(1, "the probe was sent", pool);
        MoveClock(TimeSpan.FromMilliseconds(300));
        behind.Open();
        await Advance(pool, TimeSpan.Zero);
    }

    private async Task Pass(WorkerPool pool, int minutes)
    {
        for (var i = 0; i < minutes; i++)
            await Advance(pool, s_minute);
    }

    private Task ExpectWarning(Func<Task> action, string containing) =>
        CreateEventFilter(Sys).Warning(contains: containing).ExpectOneAsync(Deadline.Limit, action);

    private Task ExpectNoWarning(Func<Task> action) => CreateEventFilter(Sys).Warning(contains: "no progress").ExpectAsync(0, action);
}
