using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;
using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Faults;

/// <summary>Links on which packets take long and overtake each other, as between continents.</summary>
/// <remarks>No node is lost.</remarks>
public sealed class DelayFaultTests(ITestOutputHelper output) : NetworkScenario(output, slow: true)
{
    private static readonly LinkQuality s_far = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(20), 0);

    [SlowLinkFact]
    [Trait("Category", "Slow")]
    public async Task Delayed_packets_lose_no_node()
    {
        var pool = await ConnectAsync();
        foreach (var host in AllHosts)
            host.Slow(s_far, s_far);

        await RunWorkAsync(pool, "longest standstill at 100 ms each way");

        await CheckAsync(pool);
    }

    [SlowLinkFact]
    [Trait("Category", "Slow")]
    public async Task A_pool_can_connect_over_a_slow_link()
    {
        foreach (var host in AllHosts)
            host.Slow(s_far, s_far);

        var pool = await ConnectAsync();

        await CheckAsync(pool);
    }

    [SlowLinkFact]
    [Trait("Category", "Slow")]
    public async Task Delayed_and_lost_packets_one_way_lose_no_node()
    {
        var pool = await ConnectAsync();
        foreach (var host in AllHosts)
            host.Slow(s_far with { Loss = 0.1 }, LinkQuality.Perfect);

        await RunWorkAsync(pool, "longest standstill at 100 ms and 10 % loss one way");

        await HealAllAsync();
        await CheckAsync(pool);
    }

    private async Task RunWorkAsync(WorkerPool pool, string what)
    {
        var watch = new ProgressWatch(TimeProvider.System);
        CheckExact(await StartWork(pool, 1500, watch).Within("the job", pool));
        Measured(what, watch.MaxStandstill);
    }
}
