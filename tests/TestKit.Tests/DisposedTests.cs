using System.Diagnostics;

namespace ActorPool.TestKit.Tests;

/// <summary>What a test does after its end, or waits for meanwhile.</summary>
public sealed class DisposedTests
{
    private static readonly TimeSpan s_atOnce = TimeSpan.FromSeconds(15); // half of what an expectation waits for

    public static TheoryData<string> Members => [.. s_members.Keys];

    private static readonly Dictionary<string, Func<Scene, Task>> s_members = new(StringComparer.Ordinal)
    {
        ["ExpectIdleAsync"] = scene => scene.Test.ExpectIdleAsync(),
        ["ExpectAsync"] = scene => scene.Test.ExpectAsync(now => now.Lost == 7),
        ["ExpectAsync, met"] = scene => scene.Test.ExpectAsync(_ => true),
        ["ExpectEndAsync"] = scene => scene.Test.ExpectEndAsync(scene.Never.Task),
        ["ExpectResultAsync"] = scene => scene.Test.ExpectResultAsync(scene.Never.Task),
        ["ExpectFailureAsync"] = scene => scene.Test.ExpectFailureAsync<TimeoutException>(scene.Never.Task),
        ["AdvanceAsync"] = scene => scene.Test.AdvanceAsync(TimeSpan.FromHours(1)),
        ["AdvanceAsync, 0"] = scene => scene.Test.AdvanceAsync(TimeSpan.Zero),
        ["CreateFunction"] = scene => Do(() => scene.Test.CreateFunction<int, int>()),
        ["NextAsync"] = scene => scene.Function.NextAsync(),
        ["NextAsync, 2"] = scene => scene.Function.NextAsync(2),
        ["NextAsync, 0"] = scene => scene.Function.NextAsync(0),
        ["CompleteAll"] = scene => Do(() => scene.Function.CompleteAll(x => x)),
        ["Complete"] = scene => Do(() => scene.Item.Complete(1)),
        ["Fail"] = scene => Do(() => scene.Item.Fail(new InvalidDataException())),
        ["CompleteAfter"] = scene => Do(() => scene.Item.CompleteAfter(TimeSpan.FromSeconds(1), 1)),
        ["FailAfter"] = scene => Do(() => scene.Item.FailAfter(TimeSpan.FromSeconds(1), new InvalidDataException())),
        ["KillWorkerAsync"] = scene => scene.Item.KillWorkerAsync(),
    };

    [Theory]
    [MemberData(nameof(Members))]
    public async Task After_the_end_a_member_says_so_at_once(string member)
    {
        var scene = await Scene.StartAsync();
        await scene.Test.DisposeAsync();

        var started = Stopwatch.StartNew();
        var error = await Assert.ThrowsAsync<ObjectDisposedException>(() => s_members[member](scene));

        Assert.True(started.Elapsed < s_atOnce, $"{started.Elapsed}");
        Assert.Equal(nameof(PoolTest), error.ObjectName);
        Assert.Contains("DisposeAsync", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ExpectIdleAsync")]
    [InlineData("ExpectAsync")]
    [InlineData("ExpectEndAsync")]
    [InlineData("ExpectResultAsync")]
    [InlineData("ExpectFailureAsync")]
    [InlineData("NextAsync")]
    [InlineData("NextAsync, 2")]
    public async Task What_waits_ends_with_the_test(string member)
    {
        var scene = await Scene.StartAsync();
        var waiting = s_members[member](scene);
        Assert.False(waiting.IsCompleted);

        await scene.Test.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(s_atOnce));
    }

    [Fact]
    public async Task Moves_of_the_time_end_with_the_test()
    {
        var scene = await Scene.StartAsync();
        var moving = MoveAsync();

        await scene.Test.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => moving.WaitAsync(s_atOnce));

        async Task MoveAsync()
        {
            while (true)
                await scene.Test.AdvanceAsync(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task A_call_that_has_ended_with_the_pool_is_still_known_by_its_outcome()
    {
        var scene = await Scene.StartAsync();
        var waiting = scene.Test.ExpectFailureAsync<PoolTerminatedException>(scene.Job.Completion);
        var done = Task.FromResult(3);

        await scene.Test.DisposeAsync();

        await waiting.WaitAsync(s_atOnce);
        await scene.Test.ExpectFailureAsync<PoolTerminatedException>(scene.Job.Completion);
        await scene.Test.ExpectEndAsync(scene.Job.Completion);
        Assert.Equal(3, await scene.Test.ExpectResultAsync(done));
    }

    [Fact]
    public async Task The_end_can_be_told_twice_and_what_is_known_can_be_read_after_it()
    {
        var scene = await Scene.StartAsync();
        await Task.WhenAll(scene.Test.DisposeAsync().AsTask(), scene.Test.DisposeAsync().AsTask());
        await scene.Test.DisposeAsync();

        Assert.Contains("The pool has ended.", await scene.Test.DescribeAsync(), StringComparison.Ordinal);
        Assert.Empty(scene.Function.Running);
        Assert.True(scene.Item.HasEnded);
        Assert.Equal(VirtualTime.DefaultStart, scene.Test.Time.GetUtcNow());
        scene.Test.RealTimeLimit = TimeSpan.FromSeconds(1);
    }

    [Fact]
    public async Task A_test_whose_pool_the_program_has_ended_goes_on()
    {
        await using var test = PoolTest.Start(workers: 1);
        var work = test.CreateFunction<int, int>();
        await test.Pool.TerminateAsync();

        await test.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.Equal(VirtualTime.DefaultStart.AddHours(1), test.Time.GetUtcNow());
        test.RealTimeLimit = TimeSpan.FromMilliseconds(50);
        var error = await Assert.ThrowsAsync<PoolTestException>(() => work.NextAsync());
        Assert.Contains("The pool has ended: nothing begins in it any more.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AdvanceAsync", error.Message, StringComparison.Ordinal);
    }

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    /// <summary>A test with an item that runs.</summary>
    private sealed record Scene(PoolTest Test, ControlledFunction<int, int> Function, Job<int[]> Job, ControlledItem<int, int> Item)
    {
        public TaskCompletionSource<int> Never { get; } = new();

        public static async Task<Scene> StartAsync()
        {
            var test = PoolTest.Start(workers: 1);
            var function = test.CreateFunction<int, int>();
            var job = test.Pool.StartMap(function.RunAsync, [1]);
            return new Scene(test, function, job, await function.NextAsync());
        }
    }
}
