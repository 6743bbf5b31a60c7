using System.Collections.Concurrent;
using ActorPool.Tests.Support;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Tests.Scenarios;

/// <summary>Functions that do not stop when they should.</summary>
/// <remarks>Their jobs end, their workers are replaced, and their late results are dropped.</remarks>
public sealed class AbandonedWorkerTests : PoolScenario
{
    private const string AbandonSoon = "abandon-after = 30ms";

    /// <summary>An item timeout that other items keep even on a busy machine.</summary>
    private static readonly TimeSpan s_itemTimeout = TimeSpan.FromMilliseconds(300);

    private readonly ConcurrentBag<IActorRef> _stuck = [];

    [Fact]
    public async Task An_item_that_ignores_its_timeout_fails_and_its_worker_is_replaced()
    {
        var pool = CreatePool(2, AbandonSoon);
        var warnings = CreateTestProbe();
        Sys.EventStream.Subscribe(warnings, typeof(Warning));
        var gate = new Gate();
        var results = await pool.TryMapAsync(x =>
        {
            if (x == 5)
                Hang(gate);
            return x;
        }, Enumerable.Range(0, 9), new JobOptions { ItemTimeout = s_itemTimeout, ChunkSize = 3, Name = "stubborn" }).Within("result", pool);
        Assert.Equal([5], results.Where(result => !result.IsSuccess).Select(result => result.Index));
        Assert.IsType<TimeoutException>(results[5].Error!.InnerException);
        Assert.Equal(Enumerable.Range(0, 9).Where(x => x != 5), results.Where(result => result.IsSuccess).Select(result => result.Value));
        var warning = await warnings.ExpectMsgAsync<Warning>(Deadline.Limit);
        Assert.Contains("item [5] of [stubborn]", warning.Message.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, pool.Statistics.Abandoned);
        await CheckFullCapacity(pool);
        Assert.Equal(0, pool.Statistics.Lost);
        gate.Open();
        await CheckFullCapacity(pool);
        Assert.Equal(3, pool.Statistics.Started);
    }

    [Fact]
    public async Task A_function_that_returns_before_it_is_abandoned_keeps_its_worker()
    {
        var pool = CreatePool(1, "abandon-after = 1h");
        var gate = new Gate();
        var results = pool.TryMapAsync(x =>
        {
            if (x == 0)
                Hang(gate);
            return x;
        }, Enumerable.Range(0, 3), new JobOptions { ItemTimeout = s_itemTimeout, ChunkSize = 3 });
        await gate.HasArrived(1, "item runs", pool);
        await Deadline.Until(() => pool.Statistics.ItemsFailed == 1, "the item has timed out", pool);
        gate.Open();
        var outcomes = await results.Within("result", pool);
        Assert.Equal([false, true, true], outcomes.Select(result => result.IsSuccess).ToArray());
        await CheckFullCapacity(pool);
        Assert.Equal((1, 0), (pool.Statistics.Started, pool.Statistics.Abandoned));
    }

    [Fact]
    public async Task A_cancelled_job_ends_though_its_function_does_not_and_the_worker_is_replaced()
    {
        var pool = CreatePool(2, AbandonSoon);
        var gate = new Gate();
        var job = pool.StartMap(x =>
        {
            Hang(gate);
            return x;
        }, Enumerable.Range(0, 2), new JobOptions { ChunkSize = 1 });
        await gate.HasArrived(2, "items run", pool);
        job.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Within("job", pool));
        await Deadline.Until(() => pool.Statistics.Abandoned == 2, "both are abandoned", pool);
        await CheckFullCapacity(pool);
        gate.Open();
        await CheckFullCapacity(pool);
    }

    [Fact]
    public async Task A_worker_is_replaced_at_once_when_abandon_after_is_zero()
    {
        var pool = CreatePool(1, "abandon-after = 0ms");
        var gate = new Gate();
        for (var i = 1; i <= 5; i++)
        {
            var results = await pool.TryMapAsync(x =>
            {
                if (x == 1)
                    Hang(gate);
                return x;
            }, Enumerable.Range(0, 3), new JobOptions { ItemTimeout = s_itemTimeout, ChunkSize = 3 }).Within("result", pool);
            Assert.Equal([true, false, true], results.Select(result => result.IsSuccess).ToArray());
            Assert.Equal(i, pool.Statistics.Abandoned);
        }
        gate.Open();
        await CheckFullCapacity(pool);
    }

    [Fact]
    public async Task Late_results_do_not_reach_an_array_that_was_handed_out()
    {
        var pool = CreatePool(2, AbandonSoon);
        var gate = new Gate();
        var results = await pool.TryMapAsync(x =>
        {
            if (x == 1 && WorkContext.Current!.Attempt == 1)
                Hang(gate);
            return WorkContext.Current!.Attempt;
        }, Enumerable.Range(0, 3), new JobOptions { ItemTimeout = s_itemTimeout, Retries = 1, ChunkSize = 3 }).Within("result", pool);
        Assert.Equal([1, 2, 1], results.Select(result => result.Value).ToArray());
        Assert.Equal([1, 2, 1], results.Select(result => result.Attempts).ToArray());
        await ReleaseStuck(gate, pool);
        Assert.Equal([1, 2, 1], results.Select(result => result.Value).ToArray());
    }

    [Fact]
    public async Task Late_results_do_not_reach_a_buffer_that_its_owner_reuses()
    {
        var pool = CreatePool(2, AbandonSoon);
        var gate = new Gate();
        using var cancel = new CancellationTokenSource();
        var buffer = new int[4];
        var job = pool.MapAsync(x =>
        {
            Hang(gate);
            return 1000 + x;
        }, Enumerable.Range(0, 4).ToArray(), buffer.AsMemory(), new JobOptions { ChunkSize = 2 }, cancel.Token);
        await gate.HasArrived(2, "items run", pool);
        await cancel.CancelAsync().Within("cancel");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Within("job", pool));
        Array.Fill(buffer, -1);
        await ReleaseStuck(gate, pool);
        Assert.Equal([-1, -1, -1, -1], buffer);
    }

    [Theory]
    [InlineData(JobOrder.Input)]
    [InlineData(JobOrder.Completion)]
    public async Task Late_results_do_not_appear_in_a_stream(JobOrder order)
    {
        var pool = CreatePool(2, AbandonSoon);
        var gate = new Gate();
        var options = new JobOptions { ItemTimeout = s_itemTimeout, Retries = 1, ChunkSize = 2, Order = order };
        await using var results = pool.TryStreamAsync(x =>
        {
            if (x == 1 && WorkContext.Current!.Attempt == 1)
                Hang(gate);
            return (x, WorkContext.Current!.Attempt);
        }, Enumerable.Range(0, 4), options).GetAsyncEnumerator();
        var yielded = new List<(int, int)>();
        while (yielded.Count < 3)
            yielded.Add((await results.Next("result", pool)).Value);
        gate.Open();
        while (await results.MoveNextAsync().Within("rest", pool))
            yielded.Add(results.Current.Value);
        Assert.Equal([(0, 1), (1, 2), (2, 1), (3, 1)], yielded.Order());
    }

    [Fact]
    public async Task A_retry_predicate_that_takes_long_over_a_timeout_loses_no_item()
    {
        var pool = CreatePool(2, "abandon-after = 0ms");
        var (item, predicate) = (new Gate(), new Gate());
        var job = pool.MapAsync(x =>
        {
            if (x == 1 && WorkContext.Current!.Attempt == 1)
                Hang(item);
            return x;
        }, Enumerable.Range(0, 6), new JobOptions
        {
            ItemTimeout = s_itemTimeout,
            ChunkSize = 6,
            Retries = 1,
            RetryWhen = error =>
            {
                predicate.Pass();
                return error is TimeoutException;
            },
        });
        await predicate.HasArrived(1, "predicate", pool);
        await Deadline.Until(() => pool.Statistics.Abandoned == 1, "the worker is abandoned", pool);
        predicate.Open();
        Assert.Equal(Enumerable.Range(0, 6), await job.Within("result", pool));
        await ReleaseStuck(item, pool);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_retry_predicate_that_does_not_return_fails_its_item_by_name(bool isAsync, bool timesOut)
    {
        var pool = CreatePool(2, "abandon-after = 30ms, retry-when-timeout = 200ms");
        var predicate = new Gate();
        var options = new JobOptions
        {
            ItemTimeout = timesOut ? s_itemTimeout : null,
            ChunkSize = 3,
            Retries = 1,
            RetryWhen = _ =>
            {
                predicate.Pass();
                return true;
            },
        };
        var items = Enumerable.Range(0, 9).ToArray();
        var job = isAsync || timesOut
            ? pool.TryMapAsync(async (x, token) =>
            {
                if (x == 4 && timesOut)
                    await new TaskCompletionSource<int>().Task.WaitAsync(token);
                return x == 4 ? throw new FormatException("bad item") : x;
            }, items, options)
            : pool.TryMapAsync(x => x == 4 ? throw new FormatException("bad item") : x, items, options);
        var results = await job.Within("result", pool);
        Assert.Equal([4], results.Where(result => !result.IsSuccess).Select(result => result.Index));
        var both = Assert.IsType<AggregateException>(results[4].Error!.InnerException);
        Assert.Contains("JobOptions.RetryWhen did not decide about item 4", both.Message, StringComparison.Ordinal);
        Assert.Contains("[00:00:00.2000000] (actorpool.retry-when-timeout)", both.Message, StringComparison.Ordinal);
        Assert.Contains(both.InnerExceptions, error => timesOut ? error is TimeoutException : error is FormatException);
        await CheckFullCapacity(pool);
        predicate.Open();
    }

    [Fact]
    public async Task A_retry_predicate_that_throws_for_a_timeout_fails_the_item_with_both_exceptions()
    {
        var pool = CreatePool(2, AbandonSoon);
        var options = new JobOptions { ItemTimeout = s_itemTimeout, Retries = 1, RetryWhen = _ => throw new SayWhenException() };
        var failure = await Assert.ThrowsAsync<WorkItemException>(() => pool.MapAsync(async (x, token) =>
        {
            await new TaskCompletionSource<int>().Task.WaitAsync(token);
            return x;
        }, Enumerable.Range(0, 1), options).Within("result", pool));
        var both = Assert.IsType<AggregateException>(failure.InnerException).InnerExceptions;
        Assert.Contains(both, error => error is SayWhenException);
        Assert.Contains(both, error => error is TimeoutException);
    }

    [Fact]
    public async Task An_abandoned_parent_of_a_nested_job_gives_its_loan_back()
    {
        var pool = CreatePool(1, AbandonSoon);
        var gate = new Gate();
        var outer = pool.StartMap(x =>
        {
            _ = pool.ApplyAsync(() =>
            {
                Hang(gate);
                return 1;
            }).GetAwaiter().GetResult();
            return x;
        }, new int[1]);
        await gate.HasArrived(1, "nested item runs", pool);
        outer.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outer.Within("outer job", pool));
        await Deadline.Until(() => pool.Statistics.Abandoned == 1, "the outer worker is abandoned", pool);
        gate.Open();
        await CheckFullCapacity(pool);
    }

    /// <summary>Lets the abandoned functions return, and waits until their workers have stopped.</summary>
    private async Task ReleaseStuck(Gate gate, WorkerPool pool)
    {
        Assert.NotEmpty(_stuck);
        await Deadline.Until(() => pool.Statistics.Abandoned == _stuck.Count, "the workers are abandoned", pool);
        gate.Open();
        foreach (var worker in _stuck)
            await WaitForStop(worker);
        await CheckFullCapacity(pool);
    }

    private void Hang(Gate gate)
    {
        _stuck.Add(ThisWorker.Actor);
        gate.Pass();
    }
}
