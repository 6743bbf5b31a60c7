using ActorPool.Tests.Support;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Calls;

/// <summary>A function that returns a task runs as one with a token does.</summary>
public sealed class AwaitedFunctionTests : IAsyncLifetime
{
    private readonly WorkerPool _pool = WorkerPool.Create(2);

    public static TheoryData<string> Forms => ["token", "task", "value task"];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _pool.DisposeAsync().AsTask();

    [Theory, MemberData(nameof(Forms))]
    public async Task An_exception_fails_its_item(string form)
    {
        var late = await FailsByItem<FormatException>(
            MapAsync(form, async x => { await Task.Yield(); return x == 3 ? throw new FormatException("late") : x; }, [1, 2, 3]),
            "after an await", _pool);
        Assert.Equal((2L, "late"), (late.Index, late.InnerException!.Message));
        await FailsByItem<FormatException>(
            MapAsync(form, x => x == 3 ? throw new FormatException() : Task.FromResult(x), [3]), "before there is a task", _pool);
        await FailsByItem<FormatException>(
            MapAsync(form, _ => Task.FromException<int>(new FormatException()), [3]), "in the task", _pool);
    }

    [Theory, MemberData(nameof(Forms))]
    public async Task A_task_that_was_cancelled_fails_its_item(string form) =>
        await FailsByItem<TaskCanceledException>(
            MapAsync(form, _ => Task.FromCanceled<int>(new CancellationToken(canceled: true)), [1]), "the map", _pool);

    [Theory, MemberData(nameof(Forms))]
    public async Task An_item_that_failed_is_tried_again(string form)
    {
        var attempts = await MapAsync(
            form,
            async _ =>
            {
                await Task.Yield();
                var attempt = WorkContext.Current!.Attempt;
                return attempt < 3 ? throw new FormatException() : attempt;
            },
            [1, 2], new JobOptions { Retries = 2 }).Within("the map", _pool);

        Assert.Equal([3, 3], attempts);
    }

    [Theory, MemberData(nameof(Forms))]
    public async Task The_context_follows_the_awaits(string form)
    {
        var indexes = await MapAsync(
            form,
            async _ =>
            {
                await Task.Yield();
                await Task.Yield();
                return (int)WorkContext.Current!.ItemIndex;
            },
            new int[100]).Within("the map", _pool);

        Assert.Equal(Enumerable.Range(0, 100), indexes);
    }

    [Theory, MemberData(nameof(Forms))]
    public async Task Each_item_starts_on_a_thread_of_the_pool_wherever_the_last_one_ended(string form)
    {
        var starts = await MapAsync(
            form,
            async x =>
            {
                var isOfPool = !Thread.CurrentThread.IsThreadPoolThread;
                await Task.Yield();
                isOfPool &= !Thread.CurrentThread.IsThreadPoolThread;
                if (x % 2 == 1)
                    await Task.Run(() => { }).ConfigureAwait(false);
                return isOfPool ? 1 : 0;
            },
            Enumerable.Range(0, 100).ToArray(), new JobOptions { ChunkSize = 50 }).Within("the map", _pool);

        Assert.Equal(Enumerable.Repeat(1, 100), starts);
    }

    [Theory, MemberData(nameof(Forms))]
    public async Task A_worker_awaits_one_item_at_a_time_and_holds_no_thread(string form)
    {
        await using var wide = WorkerPool.Create(200);
        var gate = new Gate();
        var running = 0;
        var most = 0;
        var map = MapAsync(
            form,
            async x =>
            {
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await gate.PassAsync(CancellationToken.None);
                Interlocked.Decrement(ref running);
                return x;
            },
            Enumerable.Range(0, 1000).ToArray(), new JobOptions { ChunkSize = 5 }, wide);

        await gate.HasArrived(200, "the first items", wide);
        gate.Open();
        Assert.Equal(Enumerable.Range(0, 1000), await map.Within("the map", wide));
        Assert.Equal(200, most);
    }

    [Theory, MemberData(nameof(Forms))]
    public async Task A_cancelled_call_cancels_the_token_of_the_running_item_and_starts_no_other(string form)
    {
        await using var one = WorkerPool.Create(1);
        var gate = new Gate();
        using var source = new CancellationTokenSource();
        var map = MapAsync(
            form,
            async x => { await gate.PassAsync(WorkContext.Current!.CancellationToken); return x; },
            Enumerable.Range(0, 10).ToArray(), new JobOptions { ChunkSize = 10 }, one, source.Token);
        await gate.HasArrived(1, "the first item", one);

        await source.CancelAsync();

        await Fails<TaskCanceledException>(map, "the map", one);
        await one.ApplyAsync(() => 1).Within("the worker", one);
        Assert.Equal(1, gate.Arrived);
    }

    [Theory, MemberData(nameof(Forms))]
    public async Task A_function_that_ignores_its_token_ends_its_chunk_between_items(string form)
    {
        await using var one = WorkerPool.Create(1);
        var gate = new Gate();
        using var source = new CancellationTokenSource();
        var map = MapAsync(
            form, async x => { await gate.PassAsync(CancellationToken.None); return x; },
            Enumerable.Range(0, 10).ToArray(), new JobOptions { ChunkSize = 10 }, one, source.Token);
        await gate.HasArrived(1, "the first item", one);

        await source.CancelAsync();
        await Fails<TaskCanceledException>(map, "the map", one);
        gate.Open();

        await one.ApplyAsync(() => 1).Within("the worker", one);
        Assert.Equal(1, gate.Arrived);
    }

    [Theory, MemberData(nameof(Forms))]
    public async Task An_item_that_takes_too_long_is_told_by_its_token(string form)
    {
        var options = new JobOptions { ItemTimeout = TimeSpan.FromMilliseconds(50) };

        var failure = await FailsByItem<TimeoutException>(
            MapAsync(form, async x => { await Task.Delay(Timeout.InfiniteTimeSpan, WorkContext.Current!.CancellationToken); return x; },
                [1], options),
            "the map", _pool);

        Assert.Equal(ItemFailureCause.TimedOut, failure.Cause);
    }

    [Fact]
    public async Task A_missing_task_counts_as_the_default_result()
    {
        Task<int>? none = null;
        Task? nothing = null;

        Assert.Equal(Inputs(0, 2), await _pool.MapAsync(x => x > 1 ? Task.FromResult(x) : none, [1, 2]).Within("a map", _pool));
        await _pool.ForEachAsync(_ => nothing, [1, 2]).Within("an action", _pool);
        Assert.Equal(0, (await WorkerPool.CheckAsync(_ => none, 1).Within("a check")).Result);
    }

    private static void InterlockedMax(ref int most, int now)
    {
        var seen = Volatile.Read(ref most);
        while (seen < now && Interlocked.CompareExchange(ref most, now, seen) is var before && before != seen)
            seen = before;
    }

    private Task<int[]> MapAsync(
        string form, Func<int, Task<int>> function, int[] inputs, JobOptions? options = null, WorkerPool? pool = null,
        CancellationToken token = default)
    {
        pool ??= _pool;
        return form switch
        {
            "token" => pool.MapAsync((x, _) => new ValueTask<int>(function(x)), inputs, options, token),
            "task" => pool.MapAsync(function, inputs, options, token),
            _ => pool.MapAsync(x => new ValueTask<int>(function(x)), inputs, options, token),
        };
    }
}
