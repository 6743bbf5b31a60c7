using System.Globalization;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Cluster;

/// <summary>Pools whose cluster is not there when they start.</summary>
public sealed class BackgroundConnectTests
{
    private const string Impatient = "actorpool.cluster { connect-timeout = 300ms, no-workers-timeout = 300ms }";

    [Fact]
    public async Task A_pool_with_workers_of_its_own_fails_as_others_do_when_no_node_answers()
    {
        var nowhere = await GetAddressOfNoNodeAsync();

        var error = await Assert.ThrowsAsync<NoWorkersException>(
            () => WorkerPool.ConnectAsync(nowhere, new WorkerPoolOptions { Workers = 1, Config = Impatient }).Within("the connection"));

        Assert.Contains(nowhere, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pool_that_connects_in_the_background_runs_its_jobs_here_meanwhile()
    {
        var nowhere = await GetAddressOfNoNodeAsync();
        await using var pool = await WorkerPool.ConnectAsync(
            nowhere, new WorkerPoolOptions { Workers = 1, ConnectInBackground = true }).Within("the start");

        Assert.Equal(2, Assert.Single(await pool.MapAsync(x => x + 1, [1]).Within("the map", pool)));
        Assert.Equal(0, pool.Statistics.Nodes);
    }

    [Fact]
    public async Task A_job_waits_for_the_first_node_of_a_pool_that_connects_in_the_background()
    {
        var address = await GetAddressOfNoNodeAsync();
        await using var pool = await WorkerPool.ConnectAsync(address, new WorkerPoolOptions { ConnectInBackground = true })
            .Within("the start");
        var job = pool.MapAsync(x => x + 1, [1]);

        await using var node = await PoolNode.StartAsync(
            new PoolNodeOptions { Port = int.Parse(address.Split(':')[1], CultureInfo.InvariantCulture), Workers = 1 });

        Assert.Equal(2, Assert.Single(await job.Within("the job", pool)));
        await Deadline.Until(() => pool.Statistics.Nodes == 1, "the node", pool);
    }

    [Fact]
    public async Task A_job_that_no_node_came_for_says_what_was_tried()
    {
        var nowhere = await GetAddressOfNoNodeAsync();
        await using var pool = await WorkerPool.ConnectAsync(
            nowhere, new WorkerPoolOptions { ConnectInBackground = true, Config = Impatient }).Within("the start");

        var error = await Assert.ThrowsAsync<NoWorkersException>(() => pool.MapAsync(x => x + 1, [1]).Within("the job", pool));

        Assert.Contains("no node of a cluster has answered", error.Message, StringComparison.Ordinal);
        Assert.Contains(nowhere, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pools_and_nodes_can_be_disposed_of_synchronously()
    {
        WorkerPool disposed;
        using (var node = await LoopbackCluster.StartNodeAsync(workers: 1))
        using (var pool = await WorkerPool.ConnectAsync(node.Address).Within("the connection"))
        {
            Assert.Equal(2, Assert.Single(await pool.MapAsync(x => x + 1, [1]).Within("the map", pool)));
            disposed = pool;
        }
        await Assert.ThrowsAsync<ObjectDisposedException>(() => disposed.MapAsync(x => x, [1]));
    }

    /// <summary>Finds an address at which a node was, and is no longer.</summary>
    private static async Task<string> GetAddressOfNoNodeAsync()
    {
        await using var node = await LoopbackCluster.StartNodeAsync(workers: 1);
        return node.Address;
    }
}
