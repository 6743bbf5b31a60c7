using System.Collections.Concurrent;
using ActorPool.Tests.Support;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Cluster;

/// <summary>Functions that return a task and take no token, over nodes.</summary>
/// <remarks>The nodes get the delegate that the caller wrote; what they make of it awaits it.</remarks>
public sealed class AwaitedFunctionClusterTests(LoopbackCluster cluster) : IClassFixture<LoopbackCluster>, IAsyncLifetime
{
    private static readonly int[] s_inputs = [.. Enumerable.Range(0, 1000)];
    private static readonly ConcurrentDictionary<string, int> s_sums = new(StringComparer.Ordinal);
    private static readonly TaskCompletionSource s_started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static readonly TaskCompletionSource s_cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static int s_begun;

    private WorkerPool _pool = null!;

    public async Task InitializeAsync() => _pool = await cluster.ConnectAsync();

    public Task DisposeAsync() => _pool.DisposeAsync().AsTask();

    [Fact]
    public async Task Every_call_awaits_functions_that_return_a_task()
    {
        var factor = 3;
        var expected = s_inputs.Select(x => x * 3).ToArray();
        Func<int, Task<int>> function = async x => { await Task.Yield(); return x * factor; };

        Assert.Equal(expected, await _pool.MapAsync(async x => { await Task.Yield(); return x * factor; }, s_inputs).Within("map", _pool));
        Assert.Equal(expected, await _pool.StartMap(function, s_inputs).Within("start", _pool));
        Assert.Equal(expected, (await _pool.TryMapAsync(function, s_inputs).Within("try", _pool)).Select(one => one.Value));
        Assert.Equal(expected, await _pool.StreamAsync(function, s_inputs).ReadAll("stream", _pool));
        Assert.Equal(expected, await _pool.StreamAsync(function, GeneratedAsync(s_inputs)).ReadAll("stream", _pool));
        Assert.Equal(expected, (await _pool.TryStreamAsync(function, s_inputs).ReadAll("try", _pool)).Select(one => one.Value));
        Assert.Equal(6, await _pool.ApplyAsync(function, 2).Within("apply", _pool));
        Assert.Equal(3, await _pool.ApplyAsync(async () => { await Task.Yield(); return factor; }).Within("apply", _pool));
        Assert.Equal(Inputs(9), await _pool.StarMapAsync(async (a, b) => await function(a + b), [(1, 2)]).Within("star", _pool));
        Assert.Equal(Inputs(18), await _pool.StarMapAsync(async (a, b, c) => await function(a + b + c), [(1, 2, 3)]).Within("star", _pool));
        Assert.Equal(
            Inputs(30),
            await _pool.StarMapAsync(async (a, b, c, d) => await function(a + b + c + d), [(1, 2, 3, 4)]).Within("star", _pool));
        await _pool.ForEachAsync(
            async x => { await Task.Yield(); s_sums.AddOrUpdate("task", x * factor, (_, sum) => sum + x * factor); }, s_inputs)
            .Within("each", _pool);
        Assert.Equal(expected.Sum(), s_sums["task"]);
        Assert.Equal(6, (await WorkerPool.CheckAsync(function, 2).Within("check")).Result);
    }

    [Fact]
    public async Task Every_call_awaits_functions_that_return_a_value_task()
    {
        var factor = 3;
        var expected = s_inputs.Select(x => x * 3).ToArray();
        Func<int, ValueTask<int>> function = async x => { await Task.Yield(); return x * factor; };

        Assert.Equal(expected, await _pool.MapAsync(function, s_inputs).Within("map", _pool));
        Assert.Equal(expected, await _pool.StartMap(function, s_inputs).Within("start", _pool));
        Assert.Equal(expected, (await _pool.TryMapAsync(function, s_inputs).Within("try", _pool)).Select(one => one.Value));
        Assert.Equal(expected, await _pool.StreamAsync(function, s_inputs).ReadAll("stream", _pool));
        Assert.Equal(expected, await _pool.StreamAsync(function, GeneratedAsync(s_inputs)).ReadAll("stream", _pool));
        Assert.Equal(expected, (await _pool.TryStreamAsync(function, s_inputs).ReadAll("try", _pool)).Select(one => one.Value));
        Assert.Equal(6, await _pool.ApplyAsync(function, 2).Within("apply", _pool));
        Assert.Equal(6, await _pool.ApplyAsync(() => function(2)).Within("apply", _pool));
        Assert.Equal(Inputs(9), await _pool.StarMapAsync((a, b) => function(a + b), [(1, 2)]).Within("star", _pool));
        Assert.Equal(Inputs(18), await _pool.StarMapAsync((a, b, c) => function(a + b + c), [(1, 2, 3)]).Within("star", _pool));
        Assert.Equal(Inputs(30), await _pool.StarMapAsync((a, b, c, d) => function(a + b + c + d), [(1, 2, 3, 4)]).Within("star", _pool));
        await _pool.ForEachAsync(
            async ValueTask (int x) => { await Task.Yield(); s_sums.AddOrUpdate("value task", x * factor, (_, sum) => sum + x * factor); },
            s_inputs).Within("each", _pool);
        Assert.Equal(expected.Sum(), s_sums["value task"]);
        Assert.Equal(6, (await WorkerPool.CheckAsync(function, 2).Within("check")).Result);
    }

    [Fact]
    public async Task An_exception_names_its_item_and_the_others_have_results()
    {
        Func<int, Task<int>> function = async x =>
        {
            await Task.Yield();
            return x == 7 ? throw new FormatException($"no {x}") : x;
        };

        var failure = await Assert.ThrowsAsync<WorkItemException>(() => _pool.MapAsync(function, s_inputs).Within("the map", _pool));
        var outcomes = await _pool.TryMapAsync(function, s_inputs).Within("the outcomes", _pool);

        Assert.Equal(7, failure.Index);
        Assert.Contains("no 7", failure.InnerException!.Message, StringComparison.Ordinal);
        Assert.Equal([7], outcomes.Where(one => !one.IsSuccess).Select(one => (int)one.Index));
    }

    [Fact]
    public async Task A_cancelled_call_cancels_the_token_of_the_running_item_and_starts_no_other_of_its_chunk()
    {
        using var source = new CancellationTokenSource();
        var map = _pool.MapAsync(
            async x =>
            {
                Interlocked.Increment(ref s_begun);
                s_started.TrySetResult();
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, WorkContext.Current!.CancellationToken);
                }
                finally
                {
                    s_cancelled.TrySetResult();
                }
                return x;
            },
            s_inputs[..10], new JobOptions { ChunkSize = 10 }, source.Token);
        await s_started.Task.Within("the first item", _pool);

        await source.CancelAsync();

        await Fails<TaskCanceledException>(map, "the map", _pool);
        await s_cancelled.Task.Within("the token of the item", _pool);
        Assert.Equal(s_inputs, await _pool.MapAsync(x => Task.FromResult(x), s_inputs).Within("another map", _pool));
        Assert.Equal(1, s_begun);
    }

    [Fact]
    public async Task An_item_that_takes_too_long_fails()
    {
        var options = new JobOptions { ItemTimeout = TimeSpan.FromMilliseconds(50) };

        var failure = await FailsByItem<TimeoutException>(
            _pool.MapAsync(async x => { await Task.Delay(Timeout.InfiniteTimeSpan, WorkContext.Current!.CancellationToken); return x; },
                [1], options),
            "the map", _pool);

        Assert.Equal(ItemFailureCause.TimedOut, failure.Cause);
    }
}
