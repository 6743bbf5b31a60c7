using Akka.Actor;

namespace ActorPool.TestKit.Tests;

/// <summary>The clock and its timers, beside Akka's in a TestKit's system.</summary>
public sealed class VirtualTimeTests() : Akka.TestKit.Xunit2.TestKit(VirtualTime.Config)
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_tick = TimeSpan.FromTicks(1);

    [Fact]
    public async Task A_clock_starts_at_a_fixed_date_or_at_the_one_that_the_test_gives()
    {
        var start = new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.FromHours(1));
        await using var plain = PoolTest.Start();
        await using var given = PoolTest.Start(new WorkerPoolOptions { Workers = 1 }, start);

        Assert.Equal(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), plain.Time.GetUtcNow());
        Assert.Equal(VirtualTime.DefaultStart, new VirtualTime(Sys).GetUtcNow());
        Assert.Equal(start, given.Time.GetUtcNow());
        await given.AdvanceAsync(TimeSpan.FromHours(24));
        Assert.Equal(start.AddDays(1), given.Time.GetUtcNow());
    }

    [Fact]
    public void Clock_and_scheduler_move_together()
    {
        var time = new VirtualTime(Sys);
        var (before, started) = (time.GetUtcNow(), time.GetTimestamp());
        var scheduled = Sys.Scheduler.Now;
        Sys.Scheduler.ScheduleTellOnce(s_minute, TestActor, "due", ActorRefs.NoSender);
        time.Advance(s_minute - s_tick);
        Assert.Equal(s_minute - s_tick, time.GetElapsedTime(started));
        Assert.False(HasMessages);
        time.Advance(s_tick);
        ExpectMsg("due");
        Assert.Equal(before + s_minute, time.GetUtcNow());
        Assert.Equal(scheduled + s_minute, Sys.Scheduler.Now);
        Assert.Equal(TimeSpan.Zero, time.GetLocalNow().Offset);
    }

    [Fact]
    public async Task Delays_and_timeouts_of_the_code_under_test_follow_the_clock()
    {
        var time = new VirtualTime(Sys);
        var delay = Task.Delay(s_minute, time);
        using var source = new CancellationTokenSource(2 * s_minute, time);
        time.Advance(s_minute - s_tick);
        Assert.False(delay.IsCompleted);
        time.Advance(s_tick);
        await delay.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(source.IsCancellationRequested);
        time.Advance(s_minute);
        Assert.True(source.IsCancellationRequested);
    }

    [Fact]
    public void A_timer_fires_in_each_of_its_periods_and_not_after_a_change_or_its_end()
    {
        var time = new VirtualTime(Sys);
        var fired = 0;
        using var timer = time.CreateTimer(_ => fired++, null, s_minute, 2 * s_minute);
        time.Advance(s_minute);
        Assert.Equal(1, fired);
        time.Advance(s_minute);
        Assert.Equal(1, fired);
        time.Advance(s_minute);
        Assert.Equal(2, fired);
        Assert.True(timer.Change(5 * s_minute, Timeout.InfiniteTimeSpan));
        time.Advance(4 * s_minute);
        Assert.Equal(2, fired);
        time.Advance(s_minute);
        Assert.Equal(3, fired);
        Assert.Null(time.NextDue);
        timer.Change(s_minute, s_minute);
        timer.Dispose();
        time.Advance(s_minute);
        Assert.Equal(3, fired);
        Assert.False(timer.Change(s_minute, s_minute));
        Assert.Null(time.NextDue);
    }

    [Fact]
    public async Task A_pool_in_a_test_kit_answers_probes_on_virtual_time()
    {
        await using var test = PoolTest.Start(Sys, new WorkerPoolOptions { Workers = 1 });
        var work = test.CreateFunction<int, int>();
        test.Pool.Coordinator.Tell(
            new MapJob<int, int>(x => work.Run(x), [1], new JobOptions { Timeout = s_minute, Name = "asked" }), TestActor);
        await work.NextAsync();
        await test.AdvanceAsync(s_minute);
        var failure = await ExpectMsgAsync<Status.Failure>();
        Assert.IsType<TimeoutException>(failure.Cause);
    }

    [Fact]
    public void A_system_with_a_real_scheduler_is_refused_with_what_to_do()
    {
        using var system = ActorSystem.Create("real", "akka { loglevel = OFF, stdout-loglevel = OFF }");
        var error = Assert.Throws<ArgumentException>(() => new VirtualTime(system));
        Assert.Contains("VirtualTime.Config", error.Message, StringComparison.Ordinal);
    }
}
