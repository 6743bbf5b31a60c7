using System.Text.RegularExpressions;

namespace ActorPool.TestKit.Tests;

/// <summary>What the messages of failed expectations show.</summary>
public sealed class MessagesTests
{
    private static readonly TimeSpan s_shortWait = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task A_call_that_does_not_end_shows_its_job_its_items_and_since_when_they_run()
    {
        await using var test = PoolTest.Start(workers: 2);
        var work = test.CreateFunction<string, int>();
        // An array: of inputs that have to be enumerated, the first may be a chunk of its own.
        string[] inputs = ["a", "b", "c", "d"];
        var job = test.Pool.StartMap(work.RunAsync, inputs, new JobOptions { ChunkSize = 2, Name = "sizes" });
        var items = await work.NextAsync(2);
        await test.AdvanceAsync(TimeSpan.FromMinutes(3));
        items.Single(item => item.Input is "a").Complete(1);
        await work.NextAsync();
        await test.AdvanceAsync(TimeSpan.FromMinutes(2));
        test.RealTimeLimit = s_shortWait;

        var error = await Assert.ThrowsAsync<PoolTestException>(() => test.ExpectResultAsync(job));

        Assert.Contains("the end of [job]", error.Message, StringComparison.Ordinal);
        Assert.Contains("CompleteAfter", error.Message, StringComparison.Ordinal);
        Assert.Contains("[00:05:00] of virtual time after its start", error.Message, StringComparison.Ordinal);
        Assert.Contains("Busy = 2, Jobs = 1", error.Message, StringComparison.Ordinal);
        // The whole message if it does not match: xunit would cut it.
        const string Pattern = @"sizes: \d of 4 items are done; in flight: items 0 to 1 at worker-\d, item 1 for \[00:02:00\], "
            + @"items 2 to 3 at worker-\d, item 2 for \[00:05:00\]\.";
        Assert.True(Regex.IsMatch(error.Message, Pattern, RegexOptions.None, TimeSpan.FromSeconds(10)), error.Message);
        Assert.Matches(@"The test has not ended item 2 of sizes at worker-\d, attempt 1, input \[c\], for \[00:05:00\]", error.Message);
    }

    [Fact]
    public async Task A_synchronous_chunk_shows_since_when_it_runs()
    {
        await using var test = PoolTest.Start(workers: 1);
        var work = test.CreateFunction<int, int>();
        int[] inputs = [1, 2, 3];
        _ = test.Pool.MapAsync(x => work.Run(x), inputs, new JobOptions { ChunkSize = 3, Name = "sync" });
        await work.NextAsync();
        await test.AdvanceAsync(TimeSpan.FromHours(1));

        var text = await test.DescribeAsync();
        const string Expected = "sync: 0 of 3 items are done; in flight: items 0 to 2 at worker-0 for [01:00:00].";
        Assert.True(text.Contains(Expected, StringComparison.Ordinal), text);
    }

    [Fact]
    public async Task An_item_that_does_not_begin_and_a_condition_that_is_not_met_are_named()
    {
        await using var test = PoolTest.Start(workers: 1);
        test.RealTimeLimit = s_shortWait;
        var work = test.CreateFunction<int, int>();

        var item = await Assert.ThrowsAsync<PoolTestException>(() => work.NextAsync());
        Assert.Contains("another item begins", item.Message, StringComparison.Ordinal);
        Assert.Contains("No job is unfinished.", item.Message, StringComparison.Ordinal);

        var condition = await Assert.ThrowsAsync<PoolTestException>(() => test.ExpectAsync(now => now.Lost == 7));
        Assert.Contains("now => now.Lost == 7", condition.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_that_takes_long_in_real_time_is_told_from_one_that_waits_for_the_test()
    {
        await using var test = PoolTest.Start(workers: 1);
        test.RealTimeLimit = s_shortWait;
        using var end = new ManualResetEventSlim();
        var job = test.Pool.ApplyAsync(() =>
        {
            end.Wait();
            return 1;
        });

        var error = await Assert.ThrowsAsync<PoolTestException>(() => test.ExpectResultAsync(job));

        end.Set();
        Assert.Contains("raise RealTimeLimit", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CompleteAfter", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outcome_of_another_kind_is_shown()
    {
        await using var test = PoolTest.Start(workers: 1);
        var good = test.Pool.ApplyAsync(() => 1);
        var succeeded = await Assert.ThrowsAsync<PoolTestException>(() => test.ExpectFailureAsync<WorkItemException>(good));
        Assert.Equal("[good] should have failed with [WorkItemException], but has succeeded.", succeeded.Message);

        var bad = test.Pool.ApplyAsync<int>(() => throw new InvalidDataException("no"));
        var other = await Assert.ThrowsAsync<PoolTestException>(() => test.ExpectFailureAsync<TimeoutException>(bad));
        Assert.IsType<WorkItemException>(other.InnerException);
        await Assert.ThrowsAsync<WorkItemException>(() => test.ExpectResultAsync(bad));
    }
}
