using ActorPool.Tests.Support;

namespace ActorPool.Tests.Cluster;

public sealed class Ipv6ClusterTests
{
    [Fact]
    public async Task Nodes_and_pools_find_each_other_by_IPv6()
    {
        await using var seed = await PoolNode.StartAsync(new PoolNodeOptions { Host = "::1", Port = 0, Workers = 1 }).Within("the seed");
        Assert.StartsWith("[::1]:", seed.Address, StringComparison.Ordinal);
        Assert.StartsWith("[::1]:", seed.DataAddress, StringComparison.Ordinal);

        var options = new PoolNodeOptions { Host = "::1", Port = 0, Workers = 1, Join = [seed.Address] };
        await using var second = await PoolNode.StartAsync(options).Within("the second node");
        var pooled = new WorkerPoolOptions { Config = "actorpool.cluster.local-socket = off" };
        await using var pool = await WorkerPool.ConnectAsync(second.Address, pooled).Within("the connection");
        await Deadline.Until(() => pool.Workers == 2, "both nodes", pool);

        Assert.Equal(Enumerable.Range(2, 3), await pool.MapAsync(x => x + 1, [1, 2, 3]).Within("the map", pool));
    }
}
