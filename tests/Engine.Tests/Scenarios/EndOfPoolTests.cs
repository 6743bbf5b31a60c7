using Akka.Actor;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Scenarios;

/// <summary>Pools and actor systems that end while jobs run: every caller has an answer.</summary>
public sealed class EndOfPoolTests : PoolScenario
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_system_that_is_terminated_ends_every_kind_of_call(bool stubborn)
    {
        var system = ActorSystem.Create("ending", "akka { loglevel = OFF, stdout-loglevel = OFF, coordinated-shutdown.exit-clr = off, coordinated-shutdown.run-by-actor-system-terminate = on }");
        var pool = WorkerPool.Create(system, new WorkerPoolOptions { Workers = 2, Config = "actorpool.shutdown-timeout = 200ms" });
        await EndsAllCalls(pool, stubborn, () => _ = system.Terminate());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_system_without_coordinated_shutdown_that_is_terminated_ends_every_kind_of_call(bool stubborn)
    {
        var system = ActorSystem.Create("ending", "akka { loglevel = OFF, stdout-loglevel = OFF, coordinated-shutdown.exit-clr = off, coordinated-shutdown.run-by-actor-system-terminate = off }");
        var pool = WorkerPool.Create(system, new WorkerPoolOptions { Workers = 2, Config = "actorpool.shutdown-timeout = 200ms" });
        await EndsAllCalls(pool, stubborn, () => _ = system.Terminate());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_terminated_pool_ends_every_kind_of_call(bool stubborn)
    {
        var pool = CreatePool(2);
        await EndsAllCalls(pool, stubborn, () => _ = pool.TerminateAsync());
        await pool.TerminateAsync().Within("a second terminate");
        await pool.DisposeAsync().Within("dispose");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_coordinator_that_is_stopped_from_outside_ends_every_kind_of_call(bool stubborn)
    {
        var pool = CreatePool(2);
        await EndsAllCalls(pool, stubborn, () => Sys.Stop(pool.Coordinator));
    }

    [Fact]
    public async Task A_coordinator_that_fails_ends_the_calls_and_is_not_restarted_without_its_books()
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
    public async Task The_actor_system_outlives_a_pool_that_does_not_own_it_and_takes_another_of_the_same_name()
    {
        for (var i = 0; i < 3; i++)
        {
            var pool = CreatePool(2);
            Assert.Equal(9, await pool.ApplyAsync(Fixtures.Sqr, 3).Within("call", pool));
            await pool.DisposeAsync().Within("dispose");
            await Stops(pool.Coordinator);
            // Its parent gives the name free when it has heard of the end, and it need not be the first to hear of it.
            await Deadline.Until(() => ((LocalActorRef)((ExtendedActorSystem)Sys).Guardian).GetSingleChild("pool").IsNobody(), "the name to be free", pool);
        }
        Assert.False(Sys.WhenTerminated.IsCompleted);
    }

    /// <summary>Ends a pool under a map, a stream and a map into a buffer that run, before a call that comes too late.</summary>
    private static async Task EndsAllCalls(WorkerPool pool, bool stubborn, Action end)
    {
        using var gate = new ManualResetEventSlim();
        var running = new Gate();
        running.Open();
        try
        {
            var map = pool.MapAsync(Function, Enumerable.Range(0, 10), new JobOptions { ChunkSize = 1 });
            var stream = pool.StreamAsync(Function, Fixtures.Generated(Enumerable.Range(0, 10))).GetAsyncEnumerator();
            var next = stream.MoveNextAsync().AsTask();
            var into = pool.MapAsync(Function, Enumerable.Range(0, 10).ToArray(), new int[10].AsMemory());
            await running.HasArrived(2, "items run", pool);
            end();
            await Fixtures.Fails<PoolTerminatedException>(map, "map", pool);
            await Fixtures.Fails<PoolTerminatedException>(next, "stream", pool);
            Assert.False(await stream.MoveNextAsync().Within("end of stream", pool));
            await stream.DisposeAsync().Within("dispose of the stream", pool);
            await Fixtures.Fails<PoolTerminatedException>(into, "map into a buffer", pool);
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
