using ActorPool.TestKit;
using ActorPool.TestKit.Simulation;

namespace ActorPool.Tests.Examples;

/// <summary>The README's section on tests.</summary>
public sealed class ReadmeTestingExamples
{
    [Fact]
    public async Task Virtual_time()
    {
        await using var test = PoolTest.Start(workers: 2);
        var download = test.CreateFunction<string, int>();

        var options = new JobOptions { ItemTimeout = TimeSpan.FromMinutes(1) };
        var sizes = test.Pool.TryMapAsync(download.RunAsync, ["a", "b"], options);
        var items = await download.NextAsync(2);                             // both have begun
        items[0].Complete(10);
        await test.AdvanceAsync(TimeSpan.FromMinutes(1));                    // at once

        ItemResult<int>[] ended = await test.ExpectResultAsync(sizes);
        Console.WriteLine($"{ended[0].Value}, {ended[1].Error!.InnerException!.GetType().Name}");   // 10, TimeoutException

        Assert.Equal(10, ended[0].Value);
        Assert.IsType<TimeoutException>(ended[1].Error!.InnerException);
    }

    [Fact]
    public async Task Schedules()
    {
        var schedules = Schedule.RunAllAsync(async schedule =>
        {
            var reserved = 0;
            await schedule.Pool.ForEachAsync(order => reserved++, Enumerable.Range(0, 20));
            if (reserved != 20)
                throw new InvalidOperationException($"{reserved} of 20 were reserved");
        });

        var found = await Assert.ThrowsAsync<ScheduleException>(() => schedules);
        Assert.Contains(" of 20 were reserved", found.Message, StringComparison.Ordinal);
        // The first half of the seeds are the same in each run, and so is the first one that finds it.
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(World.SeedVariable)))
            Assert.Contains($"The exception begins with `{found.Message.Split('\n')[0]}`", Readme.Text, StringComparison.Ordinal);
    }
}
