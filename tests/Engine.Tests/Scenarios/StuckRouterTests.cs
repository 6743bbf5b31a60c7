using ActorPool.Tests.Support;
using Akka.Actor;

namespace ActorPool.Tests.Scenarios;

public sealed class StuckRouterTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public async Task All_workers_can_be_stopped_while_an_abandoned_one_keeps_their_router_from_ending()
    {
        await using var pool = WorkerPool.Create(Sys, new WorkerPoolOptions
        {
            Name = "pool",
            Workers = 2,
            Config = "actorpool { abandon-after = 10ms, shutdown-timeout = 100ms }",
        });
        using var stuck = new ManualResetEventSlim();
        var stopped = await pool.TryMapAsync(
            x =>
            {
                stuck.Wait();
                return x;
            },
            [1], new JobOptions { ItemTimeout = TimeSpan.FromMilliseconds(10) }).Within("timeout", pool);
        Assert.IsType<TimeoutException>(stopped[0].Error!.InnerException);
        await Deadline.Until(() => pool.Statistics is { Abandoned: 1, Started: 3, Workers: 2 }, "replacement", pool);

        Sys.ActorSelection("/user/pool/supervisor-*/workers-*/*").Tell(PoisonPill.Instance);
        await Deadline.Until(() => pool.Statistics is { Lost: >= 2, Workers: 2 }, "replacements of the stopped workers", pool);

        var squares = await pool.MapAsync(x => x * x, [1, 2]).Within("map", pool);
        Assert.Equal([1, 4], squares);
        stuck.Set();
    }
}
