using System.Globalization;
using System.Text.RegularExpressions;
using Akka.Actor;

namespace ActorPool.TestKit.Tests;

/// <summary>Virtual time, and functions that the test controls.</summary>
public sealed class PoolTestTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_tick = TimeSpan.FromTicks(1);

    [Fact]
    public async Task Items_end_as_the_test_says()
    {
        await using var test = PoolTest.Start(workers: 2);
        var square = test.CreateFunction<int, int>();
        var job = test.Pool.StartMap(square.RunAsync, [3, 4], new JobOptions { Name = "squares", ChunkSize = 1 });
        var items = await square.NextAsync(2);
        Assert.Equal([(3, 0L), (4, 1L)], items.Select(item => (item.Input, item.Index)));
        Assert.All(items, item => Assert.Equal(("squares", 1), (item.JobName, item.Attempt)));
        Assert.NotEqual(items[0].WorkerId, items[1].WorkerId);
        Assert.Equal(2, square.Running.Count);
        items[1].Complete(16);
        items[0].Complete(9);
        Assert.Equal((int[])[9, 16], await test.ExpectResultAsync(job));
        Assert.Empty(square.Running);
        Assert.True(items[0].HasEnded);
        await test.ExpectIdleAsync();
    }

    [Fact]
    public async Task A_synchronous_function_waits_on_its_worker()
    {
        await using var test = PoolTest.Start(workers: 1);
        var half = test.CreateFunction<int, int>();
        var job = test.Pool.MapAsync(x => half.Run(x) + 1, [8]);
        (await half.NextAsync()).Complete(4);
        Assert.Equal((int[])[5], await test.ExpectResultAsync(job));
    }

    [Fact]
    public async Task An_item_that_the_test_fails_is_retried()
    {
        await using var test = PoolTest.Start(workers: 2);
        var download = test.CreateFunction<string, int>();
        var job = test.Pool.TryMapAsync(download.RunAsync, ["a"], new JobOptions { Retries = 1 });
        (await download.NextAsync()).Fail(new InvalidDataException("once"));
        var second = await download.NextAsync();
        Assert.Equal(2, second.Attempt);
        second.Fail(new InvalidDataException("twice"));
        var result = Assert.Single(await test.ExpectResultAsync(job));
        Assert.Equal("twice", result.Error!.InnerException!.Message);
    }

    [Fact]
    public async Task An_item_times_out_when_its_virtual_time_is_up_and_not_before()
    {
        await using var test = PoolTest.Start(workers: 1);
        var slow = test.CreateFunction<int, int>();
        var job = test.Pool.MapAsync(slow.RunAsync, [1], new JobOptions { ItemTimeout = s_limit });
        var item = await slow.NextAsync();
        await test.AdvanceAsync(s_limit - s_tick);
        Assert.False(item.CancellationToken.IsCancellationRequested);
        await test.AdvanceAsync(s_tick);
        var failure = await test.ExpectFailureAsync<WorkItemException>(job);
        Assert.IsType<TimeoutException>(failure.InnerException);
        Assert.True(item.HasEnded);
    }

    [Theory]
    [InlineData(true, 60)]
    [InlineData(true, 61)]
    [InlineData(false, 60)]
    [InlineData(false, 90)]
    public async Task A_timeout_before_the_end_of_an_item_comes_first_however_far_the_time_moves(bool ofItem, int minutes)
    {
        for (var run = 0; run < 10; run++)
        {
            await using var test = PoolTest.Start(workers: 2);
            var work = test.CreateFunction<string, int>();
            var limit = TimeSpan.FromMinutes(30);
            var options = ofItem ? new JobOptions { ItemTimeout = limit } : new JobOptions { Timeout = limit };
            var job = test.Pool.TryMapAsync(work.RunAsync, ["slow", "fast"], options);
            var items = await work.NextAsync(2);
            items.Single(item => item.Input is "slow").CompleteAfter(TimeSpan.FromHours(1), 1);
            items.Single(item => item.Input is "fast").Complete(2);

            await test.AdvanceAsync(TimeSpan.FromMinutes(minutes));

            if (ofItem)
                Assert.IsType<TimeoutException>((await test.ExpectResultAsync(job))[0].Error!.InnerException);
            else
                await test.ExpectFailureAsync<TimeoutException>(job);
        }
    }

    [Fact]
    public async Task An_item_ends_after_virtual_time()
    {
        await using var test = PoolTest.Start(workers: 2);
        var slow = test.CreateFunction<int, int>();
        var job = test.Pool.TryMapAsync(slow.RunAsync, [1, 2], new JobOptions { ChunkSize = 1 });
        var items = await slow.NextAsync(2);
        items[0].CompleteAfter(s_limit, 10);
        items[1].FailAfter(s_limit, new InvalidDataException("late"));
        await test.AdvanceAsync(s_limit - s_tick);
        Assert.Equal(2, slow.Running.Count);
        await test.AdvanceAsync(s_tick);
        var results = await test.ExpectResultAsync(job);
        Assert.Equal(10, results[0].Value);
        Assert.Equal("late", results[1].Error!.InnerException!.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_item_of_a_killed_worker_runs_again_at_another_one(bool synchronous)
    {
        await using var test = PoolTest.Start(workers: 1);
        var work = test.CreateFunction<int, int>();
        var job = synchronous
            ? test.Pool.MapAsync(x => work.Run(x), [7])
            : test.Pool.MapAsync(work.RunAsync, [7]);
        var first = await work.NextAsync();
        await first.KillWorkerAsync();
        var second = await work.NextAsync();
        Assert.Equal((7, 0L, 1), (second.Input, second.Index, second.Attempt));
        Assert.NotEqual(first.WorkerId, second.WorkerId);
        second.Complete(70);
        Assert.Equal((int[])[70], await test.ExpectResultAsync(job));
        Assert.Equal(1, test.Pool.Statistics.Lost);
        await test.ExpectIdleAsync();
    }

    [Fact]
    public async Task An_item_that_loses_its_workers_again_and_again_is_given_up()
    {
        await using var test = PoolTest.Start(new WorkerPoolOptions { Workers = 1, Config = "actorpool.worker-losses = 2" });
        var work = test.CreateFunction<int, int>();
        var job = test.Pool.MapAsync(work.RunAsync, [7]);
        await (await work.NextAsync()).KillWorkerAsync();
        await (await work.NextAsync()).KillWorkerAsync();
        var failure = await test.ExpectFailureAsync<WorkItemException>(job);
        Assert.IsType<PoisonItemException>(failure.InnerException);
    }

    [Fact]
    public async Task A_function_that_ignores_its_token_is_abandoned()
    {
        await using var test = PoolTest.Start(new WorkerPoolOptions { Workers = 1, Config = "actorpool.abandon-after = 1m" });
        var stubborn = test.CreateFunction<int, int>(ignoresCancellation: true);
        var job = test.Pool.MapAsync(x => stubborn.Run(x), [1], new JobOptions { ItemTimeout = s_limit });
        var item = await stubborn.NextAsync();
        await test.AdvanceAsync(s_limit);
        await test.ExpectFailureAsync<WorkItemException>(job);
        Assert.False(item.HasEnded);
        await test.AdvanceAsync(TimeSpan.FromMinutes(1));
        await test.ExpectAsync(now => now.Abandoned == 1);
        Assert.Contains("Log: [WarningLevel]", await test.DescribeAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_items_can_be_completed_at_once()
    {
        await using var test = PoolTest.Start(workers: 3);
        var square = test.CreateFunction<int, int>();
        var job = test.Pool.MapAsync(square.RunAsync, Enumerable.Range(0, 100));
        await square.NextAsync();
        square.CompleteAll(x => x == 99 ? throw new InvalidDataException("99") : x * x);
        var failure = await test.ExpectFailureAsync<WorkItemException>(job);
        Assert.Equal((99, "99"), (failure.Index, failure.InnerException!.Message));
    }

    [Fact]
    public async Task An_item_is_ended_once()
    {
        await using var test = PoolTest.Start(workers: 1);
        var work = test.CreateFunction<int, int>();
        var job = test.Pool.MapAsync(work.RunAsync, [1]);
        var item = await work.NextAsync();
        item.CompleteAfter(s_limit, 5);
        var error = Assert.Throws<InvalidOperationException>(() => item.Complete(4));
        Assert.Contains("item 0 of job-1 at worker-0, attempt 1, input [1], for [00:00:00]", error.Message, StringComparison.Ordinal);
        await test.AdvanceAsync(s_limit);
        Assert.Equal((int[])[5], await test.ExpectResultAsync(job));
    }

    [Fact]
    public async Task Wrong_uses_are_refused_at_the_call()
    {
        await using var test = PoolTest.Start();
        var work = test.CreateFunction<int, int>();
        Assert.Contains("MapAsync", Assert.Throws<InvalidOperationException>(() => work.Run(1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => test.RealTimeLimit = TimeSpan.Zero);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => test.AdvanceAsync(-s_tick));
        var clock = Assert.Throws<ArgumentException>(() => PoolTest.Start(new WorkerPoolOptions { TimeProvider = test.Time }));
        Assert.Contains("TimeProvider", clock.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Time.Advance(-s_tick));
        Assert.ThrowsAny<ArgumentException>(() => PoolTest.Start(0));
    }

    [Theory]
    [InlineData("AdvanceAsync", "by")]
    [InlineData("Advance", "by")]
    [InlineData("CompleteAfter", "delay")]
    [InlineData("FailAfter", "delay")]
    [InlineData("CreateTimer", "dueTime")]
    [InlineData("Change", "dueTime")]
    public async Task A_time_beyond_the_last_date_is_refused_with_the_range(string member, string parameter)
    {
        await using var test = PoolTest.Start(workers: 1);
        var work = test.CreateFunction<int, int>();
        var job = test.Pool.MapAsync(work.RunAsync, [1]);
        var item = await work.NextAsync();
        await using var timer = test.Time.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        foreach (var time in (TimeSpan[])[TimeSpan.MaxValue, test.Time.MaxMove + s_tick, -TimeSpan.FromSeconds(2)])
        {
            var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Move(time));
            Assert.Equal(parameter, error.ParamName);
            var expected = $"{parameter} is [{time}]. The clock shows [2000-01-01 00:00:00Z]: set 0 to [";
            Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        }

        item.Complete(5); // which no refused call has decided
        Assert.Equal((int[])[5], await test.ExpectResultAsync(job));

        Task Move(TimeSpan time)
        {
            switch (member)
            {
                case "AdvanceAsync":
                    return test.AdvanceAsync(time);
                case "Advance":
                    test.Time.Advance(time);
                    break;
                case "CompleteAfter":
                    item.CompleteAfter(time, 1);
                    break;
                case "FailAfter":
                    item.FailAfter(time, new InvalidDataException());
                    break;
                case "CreateTimer":
                    test.Time.CreateTimer(_ => { }, null, time, Timeout.InfiniteTimeSpan);
                    break;
                default:
                    timer.Change(time, Timeout.InfiniteTimeSpan);
                    break;
            }
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task The_time_moves_as_far_as_the_message_says()
    {
        await using var test = PoolTest.Start(workers: 1);
        var fired = 0;
        await using var timer = test.Time.CreateTimer(_ => fired++, null, TimeSpan.FromDays(1), TimeSpan.MaxValue);
        var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => test.AdvanceAsync(TimeSpan.MaxValue));
        var max = Regex.Match(error.Message, @"set 0 to \[(?<max>[^\]]+)\]", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10));

        await test.AdvanceAsync(TimeSpan.Parse(max.Groups["max"].Value, CultureInfo.InvariantCulture));

        Assert.Equal(1, fired);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => test.AdvanceAsync(TimeSpan.FromDays(1)));
        await test.AdvanceAsync(TimeSpan.Zero);
        test.RealTimeLimit = TimeSpan.MaxValue;
        Assert.Equal(2, await test.ExpectResultAsync(test.Pool.ApplyAsync(x => x + 1, 1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9999)]
    public async Task A_clock_may_start_at_any_date(int year)
    {
        var start = new DateTimeOffset(year, 6, 1, 0, 0, 0, TimeSpan.Zero);
        await using var test = PoolTest.Start(new WorkerPoolOptions { Workers = 1 }, start);
        var work = test.CreateFunction<int, int>();
        var job = test.Pool.MapAsync(work.RunAsync, [1], new JobOptions { ItemTimeout = TimeSpan.FromDays(2) });
        (await work.NextAsync()).CompleteAfter(TimeSpan.FromDays(1), 5);

        await test.AdvanceAsync(TimeSpan.FromDays(1));

        Assert.Equal((int[])[5], await test.ExpectResultAsync(job));
        Assert.Equal(start.AddDays(1), test.Time.GetUtcNow());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Worker_processes_are_refused_at_the_start(bool inCode)
    {
        var options = inCode
            ? new WorkerPoolOptions { Workers = 1, Isolation = WorkerIsolation.Process }
            : new WorkerPoolOptions { Workers = 1, Config = "actorpool.isolation = process" };
        var place = inCode ? "WorkerPoolOptions.Isolation is [Process]" : "actorpool.isolation is [Process]";
        using var system = ActorSystem.Create(
            "isolated", $"{VirtualTime.Config}\nakka {{ loggers = [], stdout-loglevel = OFF }}\nactorpool.isolation = process");

        var own = Assert.Throws<ArgumentException>(() => PoolTest.Start(options));
        Assert.StartsWith(place, own.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => PoolTest.Start(system));
        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => Schedule.RunAllAsync(_ => Task.CompletedTask, new ScheduleOptions { Seed = 1, Pool = options }));

        await using var none = PoolTest.Start(system, new WorkerPoolOptions { Workers = 1, Isolation = WorkerIsolation.None });
        Assert.Equal(2, await none.ExpectResultAsync(none.Pool.ApplyAsync(x => x + 1, 1)));
    }
}
