using ActorPool.Tests.Support;
using Akka.Actor;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Conformance;

/// <summary>Cases SH: the shutdown of executors.</summary>
public class ShutdownTests : ConformanceCases
{
    [Fact]
    public async Task SH_01_a_closed_pool_takes_no_calls()
    {
        await using var pool = await CreatePool(5);
        await pool.CloseAsync().Within("close", pool);
        var refused = Assert.Throws<InvalidOperationException>(() => { _ = pool.ApplyAsync(() => Pow(2, 5)); });
        Assert.IsNotType<ObjectDisposedException>(refused);
        Assert.Contains("closed", refused.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => { _ = pool.StartMap(Sqr, Inputs(1)); });
        Assert.Throws<InvalidOperationException>(() => { _ = pool.ForEachAsync(_ => { }, Inputs(1)); });
        await Assert.ThrowsAsync<InvalidOperationException>(() => pool.StreamAsync(Sqr, Inputs(1)).ReadAll("stream of a closed pool"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task SH_04_every_result_is_available_after_the_pool_has_closed(int workers)
    {
        await using var pool = await CreatePool(workers);
        var gate = new Gate();
        var results = Enumerable.Range(0, 50).Select(i => pool.ApplyAsync(x =>
        {
            gate.Pass();
            return Sqr(x);
        }, i)).ToArray();
        await gate.HasArrived(workers, "workers are busy", pool);
        var closed = pool.CloseAsync();
        Assert.False(closed.IsCompleted);
        gate.Open();
        await closed.Within("close", pool);
        Assert.All(results, result => Assert.True(result.IsCompletedSuccessfully));
        Assert.Equal(Enumerable.Range(0, 50).Select(Sqr), await Task.WhenAll(results));
    }

    [Fact]
    public async Task SH_05_terminate_ends_the_waiting_calls_and_keeps_the_finished_ones()
    {
        await using var pool = await CreatePool(5);
        var started = new Gate();
        started.Open();
        var results = Enumerable.Range(0, 50).Select(i => pool.ApplyAsync(x =>
        {
            started.Pass();
            if (x >= 3)
                WaitForCancellation();
            return x;
        }, i)).ToArray();
        await Task.WhenAll(results.Take(3)).Within("the first three", pool);
        await started.HasArrived(8, "five more are running", pool);
        await pool.TerminateAsync().Within("terminate", pool);
        await Task.WhenAll(results).ContinueWith(_ => { }, TaskScheduler.Default).Within("all calls end", pool);
        Assert.Equal(3, results.Count(result => result.IsCompletedSuccessfully));
        foreach (var ended in results.Skip(3))
            await Assert.ThrowsAsync<PoolTerminatedException>(() => ended);
        Assert.Equal(8, started.Arrived);
    }

    [Fact]
    public async Task SH_07_close_returns_though_a_call_was_cancelled_at_once()
    {
        await using var pool = await CreatePool(1);
        using var cancel = new CancellationTokenSource();
        var cancelled = pool.ApplyAsync(() =>
        {
            WaitForCancellation();
            return 1;
        }, cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        await pool.CloseAsync().Within("close", pool);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Within("the cancelled call", pool));
    }

    [FactAt(Places.Here)]
    public async Task SH_08_all_workers_are_gone_after_a_close()
    {
        var system = ActorSystem.Create("sh-08");
        try
        {
            var states = new WorkerStates();
            var options = new WorkerPoolOptions { Workers = 3, Name = "closing", WorkerState = states.Make };
            await using var pool = WorkerPool.Create(system, options);
            var gate = new Gate();
            var blocked = pool.ForEachAsync(_ => gate.Pass(), Enumerable.Range(0, 3), new JobOptions { ChunkSize = 1 });
            await gate.HasArrived(3, "three blocked tasks", pool);
            Assert.Equal((3, 0), (states.Made, states.Disposed));
            Assert.NotSame(ActorRefs.Nobody, await system.ActorSelection("/user/closing").ResolveOne(Deadline.Limit));
            gate.Open();
            await pool.CloseAsync().Within("close", pool);
            Assert.True(blocked.IsCompletedSuccessfully);
            Assert.Equal((3, 3), (states.Made, states.Disposed));
            var answer = await system.ActorSelection("/user/closing").Ask<ActorIdentity>(new Identify(1), Deadline.Limit);
            Assert.Null(answer.Subject);
        }
        finally
        {
            await system.Terminate().Within("end of the system");
        }
    }

    [Fact]
    public async Task SH_10_a_stream_that_is_being_read_is_read_to_its_end_while_the_pool_closes()
    {
        await using var pool = await CreatePool(3);
        await using var results = pool.StreamAsync(Sqr, Endless().Take(100), new JobOptions { Window = 5 }).GetAsyncEnumerator();
        Assert.Equal(0, await results.Next("first", pool));
        var closed = pool.CloseAsync();
        for (var i = 1; i < 100; i++)
            Assert.Equal(i * i, await results.Next($"pull {i}", pool));
        Assert.False(await results.MoveNextAsync().Within("end", pool));
        await closed.Within("close", pool);
    }

    [FactAt(Places.Here)]
    public async Task SH_10_dispose_ends_a_stream_that_is_being_read()
    {
        var pool = WorkerPool.Create(3);
        await using var results = pool.StreamAsync(Sqr, Endless(), new JobOptions { Window = 5 }).GetAsyncEnumerator();
        Assert.Equal(0, await results.Next("first", pool));
        await pool.DisposeAsync().Within("dispose", pool);
        await Assert.ThrowsAsync<PoolTerminatedException>(async () =>
        {
            while (await results.MoveNextAsync().Within("draining", pool))
            {
            }
        });
    }

    [Fact]
    public async Task SH_11_a_close_that_is_not_awaited_loses_no_result()
    {
        await using var pool = await CreatePool(5);
        var results = pool.MapAsync(Math.Abs, Enumerable.Range(-5, 10));
        var closed = pool.CloseAsync();
        Assert.Equal([5, 4, 3, 2, 1, 0, 1, 2, 3, 4], (await results.Within("map", pool)).AsEnumerable());
        await closed.Within("close", pool);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task SH_14_a_pool_that_replaces_its_workers_closes_after_a_failing_call(int workers)
    {
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = workers, MaxTasksPerWorker = 1 });
        var calls = new[] { pool.ApplyAsync(Good, 1), pool.ApplyAsync(Failing, 2), pool.ApplyAsync(Good, 3) };
        var accumulated = 0;
        var failure = await Assert.ThrowsAsync<WorkItemException>(async () =>
        {
            foreach (var call in calls)
                accumulated += await call.Within("call", pool);
        });
        Assert.IsType<ArgumentException>(failure.InnerException);
        Assert.Equal(1, accumulated);
        var closed = pool.CloseAsync();
        Assert.Equal(3, await calls[2].Within("the call after the failing one", pool));
        await closed.Within("close", pool);
        // At most one replacement for each of the three calls: workers are not replaced forever.
        Assert.InRange(pool.Statistics.Started, 2, workers + 3);

        static int Good(int x) => x;

        static int Failing(int x) => throw new ArgumentException("failing", nameof(x));
    }
}
