using ActorPool.Tests.Support;
using Akka.Actor;

namespace ActorPool.Tests.Scenarios;

/// <summary>A pool in the actor system of a program that shuts the system down.</summary>
public sealed class SystemShutdownTests
{
    [Fact]
    public async Task An_orderly_shutdown_lets_running_jobs_end_and_refuses_new_ones()
    {
        using var system = ActorSystem.Create("service", "akka.coordinated-shutdown.phases.service-requests-done.timeout = 60s");
        await using var pool = WorkerPool.Create(system, new WorkerPoolOptions { Workers = 1 });
        var (started, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var running = pool.MapAsync(
            async x =>
            {
                started.TrySetResult();
                await gate.Task;
                return x + 1;
            },
            [1, 2]);
        await started.Task.Within("the job", pool);

        var shutdown = CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance);
        await Deadline.Until(() => pool.ToString().EndsWith("closed", StringComparison.Ordinal), "the drain", pool);
        await Assert.ThrowsAsync<InvalidOperationException>(() => pool.MapAsync(x => x, [1]));
        gate.SetResult();

        Assert.Equal("2 3", string.Join(' ', await running.Within("the running job", pool)));
        await shutdown.Within("the shutdown", pool);
    }

    [Fact]
    public async Task An_orderly_shutdown_waits_no_longer_than_its_phase()
    {
        using var system = ActorSystem.Create("service", "akka.coordinated-shutdown.phases.service-requests-done.timeout = 200ms");
        await using var pool = WorkerPool.Create(system, new WorkerPoolOptions { Workers = 1 });
        var running = pool.ForEachAsync(async (_, token) => await Task.Delay(Timeout.InfiniteTimeSpan, token), [1]);

        await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance).Within("the shutdown", pool);

        await Assert.ThrowsAsync<PoolTerminatedException>(() => running).Within("the error of the job", pool);
    }

    [Fact]
    public async Task Terminating_the_system_waits_for_no_job()
    {
        using var system = ActorSystem.Create("service", "akka.coordinated-shutdown.phases.service-requests-done.timeout = 1h");
        await using var pool = WorkerPool.Create(system, new WorkerPoolOptions { Workers = 1 });
        var running = pool.ForEachAsync(async (_, token) => await Task.Delay(Timeout.InfiniteTimeSpan, token), [1]);

        await system.Terminate().Within("the end of the system", pool);

        await Assert.ThrowsAsync<PoolTerminatedException>(() => running).Within("the error of the job", pool);
    }
}
