using ActorPool.Jobs;
using ActorPool.Tests.Support;
using Akka.Actor;

namespace ActorPool.Tests.Scenarios;

/// <summary>Pools and actor systems that end while jobs run; every caller gets an answer.</summary>
public sealed class EndOfPoolTests : PoolScenario
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_system_that_is_terminated_ends_every_kind_of_call(bool stubborn)
    {
        var system = CreateEndingSystem("coordinated-shutdown.run-by-actor-system-terminate = on");
        var pool = WorkerPool.Create(system, new WorkerPoolOptions { Workers = 2, Config = "actorpool.shutdown-timeout = 200ms" });
        await CheckEndsAllCalls(pool, stubborn, () => _ = system.Terminate());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_system_without_coordinated_shutdown_that_is_terminated_ends_every_kind_of_call(bool stubborn)
    {
        var system = CreateEndingSystem("coordinated-shutdown.run-by-actor-system-terminate = off");
        var pool = WorkerPool.Create(system, new WorkerPoolOptions { Workers = 2, Config = "actorpool.shutdown-timeout = 200ms" });
        await CheckEndsAllCalls(pool, stubborn, () => _ = system.Terminate());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_terminated_pool_ends_every_kind_of_call(bool stubborn)
    {
        var pool = CreatePool(2);
        await CheckEndsAllCalls(pool, stubborn, () => _ = pool.TerminateAsync());
        await pool.TerminateAsync().Within("a second terminate");
        await pool.DisposeAsync().Within("dispose");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_coordinator_that_is_stopped_from_outside_ends_every_kind_of_call(bool stubborn)
    {
        var pool = CreatePool(2);
        await CheckEndsAllCalls(pool, stubborn, () => Sys.Stop(pool.Coordinator));
    }

    [Fact]
    public async Task A_coordinator_that_fails_ends_the_calls_and_is_not_restarted_without_its_state()
    {
        ExpectErrors();
        var pool = CreatePool(2);
        var gate = new Gate();
        var job = pool.MapAsync(async (x, token) =>
        {
            await gate.PassAsync(token);
            return x;
        }, Enumerable.Range(0, 10));
        await gate.HasArrived(2, "items run", pool);
        pool.Coordinator.Tell(Kill.Instance);
        await Assert.ThrowsAnyAsync<ActorPoolException>(() => job.Within("job", pool));
        await Assert.ThrowsAnyAsync<ActorPoolException>(() => pool.ApplyAsync(() => 1).Within("later call", pool));
        await pool.TerminateAsync().Within("terminate");
    }

    [Fact]
    public async Task An_error_in_the_supervisor_ends_the_calls_as_one_in_the_coordinator_does()
    {
        ExpectErrors();
        var pool = CreatePool(2);
        var gate = new Gate();
        var job = pool.MapAsync(async (x, token) =>
        {
            await gate.PassAsync(token);
            return x;
        }, Enumerable.Range(0, 10));
        await gate.HasArrived(2, "items run", pool);
        Sys.ActorSelection("/user/pool/supervisor-1").Tell(new SupervisionProtocol.DispatchRound([], null!));
        var error = await Assert.ThrowsAsync<ActorPoolException>(() => job.Within("job", pool));
        Assert.IsType<NullReferenceException>(error.InnerException);
        await Assert.ThrowsAsync<ActorPoolException>(() => pool.ApplyAsync(() => 1).Within("later call", pool));
        await pool.TerminateAsync().Within("terminate");
    }

    [Theory]
    [InlineData(WorkerIsolation.None)]
    [InlineData(WorkerIsolation.Process)]
    public async Task Every_call_of_a_disposed_pool_is_refused_at_once(WorkerIsolation isolation)
    {
        var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = 1, Isolation = isolation });
        await pool.DisposeAsync().Within("dispose");
        int[] inputs = [1];
        Func<Task>[] calls =
        [
            () => pool.MapAsync(x => x, inputs), () => pool.TryMapAsync(x => x, inputs), () => pool.ApplyAsync(() => 1),
            () => pool.ForEachAsync(x => { }, [1]), () => pool.MapChunksAsync((ReadOnlyMemory<int> chunk) => chunk.ToArray(), inputs),
            () => pool.BroadcastAsync(1), () => pool.WaitForWorkersAsync(1), () => pool.StartMap(x => x, [1]).Completion,
        ];

        foreach (var call in calls)
            await Assert.ThrowsAsync<ObjectDisposedException>(() => call().Within("the refusal"));
    }

    [Fact]
    public async Task A_closed_pool_shares_no_more_values()
    {
        await using var pool = WorkerPool.Create(1);
        await pool.CloseAsync().Within("close");
        await Assert.ThrowsAsync<InvalidOperationException>(() => pool.BroadcastAsync(1));
    }

    [Fact]
    public async Task The_statistics_of_a_disposed_pool_show_no_workers_though_a_function_never_returns()
    {
        var pool = WorkerPool.Create(Fixtures.CreateImpatientOptions(2));
        var gate = new Gate();
        var job = pool.MapAsync(x =>
        {
            gate.Pass();
            return x;
        }, Enumerable.Range(0, 2), new JobOptions { ChunkSize = 1 });
        await gate.HasArrived(2, "items run", pool);
        await pool.DisposeAsync().Within("dispose");
        await Fixtures.Fails<PoolTerminatedException>(job, "job", pool);
        Assert.Equal((0, 0, 0), (pool.Statistics.Workers, pool.Statistics.Busy, pool.Statistics.Jobs));
        gate.Open();
        await WaitForStop(pool.Coordinator);
        Assert.Equal((0, 0, 0), (pool.Statistics.Workers, pool.Statistics.Busy, pool.Statistics.Jobs));
    }

    [Fact]
    public async Task The_actor_system_outlives_a_pool_that_does_not_own_it_and_takes_another_of_the_same_name()
    {
        for (var i = 0; i < 3; i++)
        {
            var pool = CreatePool(2);
            Assert.Equal(9, await pool.ApplyAsync(Fixtures.Sqr, 3).Within("call", pool));
            await pool.DisposeAsync().Within("dispose");
        }
        Assert.False(Sys.WhenTerminated.IsCompleted);
    }

    private static ActorSystem CreateEndingSystem(string config) => ActorSystem.Create(
        "ending", $$"""akka { loglevel = OFF, stdout-loglevel = OFF, coordinated-shutdown.exit-clr = off, {{config}} }""");

    /// <summary>Ends a pool while a map, a stream and a map into a buffer run.</summary>
    /// <remarks>Then checks that all three and a later call fail.</remarks>
    private static async Task CheckEndsAllCalls(WorkerPool pool, bool stubborn, Action end)
    {
        using var gate = new ManualResetEventSlim();
        var running = new Gate();
        running.Open();
        try
        {
            var map = pool.MapAsync(Function, Enumerable.Range(0, 10), new JobOptions { ChunkSize = 1 });
            var stream = pool.StreamAsync(Function, Fixtures.Generated(Enumerable.Range(0, 10))).GetAsyncEnumerator();
            var next = stream.MoveNextAsync().AsTask();
            var buffered = pool.MapAsync(Function, Enumerable.Range(0, 10).ToArray(), new int[10].AsMemory());
            await running.HasArrived(2, "items run", pool);
            end();
            await Fixtures.Fails<PoolTerminatedException>(map, "map", pool);
            await Fixtures.Fails<PoolTerminatedException>(next, "stream", pool);
            Assert.False(await stream.MoveNextAsync().Within("end of stream", pool));
            await stream.DisposeAsync().Within("dispose of the stream", pool);
            await Fixtures.Fails<PoolTerminatedException>(buffered, "map into a buffer", pool);
            await Assert.ThrowsAnyAsync<Exception>(() => pool.ApplyAsync(() => 1).Within("a call that comes too late", pool));
            await pool.CloseAsync().Within("close of an ended pool", pool);
        }
        finally
        {
            gate.Set();
        }

        int Function(int x)
        {
            running.Pass();
            gate.Wait(stubborn ? CancellationToken.None : WorkContext.Current!.CancellationToken);
            return x;
        }
    }
}
