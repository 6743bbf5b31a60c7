using NUnit.Framework;

namespace ActorPool.TestKit.NUnit.Tests;

/// <summary>The kit under NUnit.</summary>
public sealed class PoolTestTests
{
    [Test]
    public async Task A_test_moves_time_and_ends_items()
    {
        await using var test = PoolTest.Start(workers: 1);
        var work = test.CreateFunction<int, int>();
        var job = test.Pool.MapAsync(work.RunAsync, [4], new JobOptions { Timeout = TimeSpan.FromHours(1) });
        (await work.NextAsync()).CompleteAfter(TimeSpan.FromMinutes(59), 16);
        await test.AdvanceAsync(TimeSpan.FromMinutes(59));
        Assert.That((await test.ExpectResultAsync(job))[0], Is.EqualTo(16));
    }

    [Test]
    public async Task Schedules_run() => await Schedule.RunAllAsync(async schedule =>
        Assert.That((await schedule.Pool.MapAsync(x => x + 1, [1, 2, 3])).Sum(), Is.EqualTo(9)));
}
