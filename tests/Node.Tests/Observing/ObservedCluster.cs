using ActorPool.Node.Observing;
using ActorPool.Tests.Support;

namespace ActorPool.Node.Tests.Observing;

/// <summary>A cluster of nodes in this process, a pool that uses it, and an observer.</summary>
internal sealed class ObservedCluster : IAsyncDisposable
{
    private ObservedCluster(PoolNode[] nodes, WorkerPool pool, ClusterObserver observer) =>
        (Nodes, Pool, Observer) = (nodes, pool, observer);

    public PoolNode[] Nodes { get; }

    public WorkerPool Pool { get; }

    public ClusterObserver Observer { get; }

    /// <summary>Starts nodes of two workers.</summary>
    /// <param name="nodes">How many.</param>
    /// <param name="asked">Which of them the observer names.</param>
    /// <param name="config">Their HOCON.</param>
    public static async Task<ObservedCluster> StartAsync(int nodes, int asked = 0, string config = "")
    {
        var started = new List<PoolNode>();
        for (var i = 0; i < nodes; i++)
        {
            var join = started.Select(node => node.Address).Take(1).ToArray();
            var options = new PoolNodeOptions { Port = 0, Workers = 2, Join = join, Config = config };
            started.Add(await PoolNode.StartAsync(options).Within("a node"));
        }
        var pool = await WorkerPool.ConnectAsync(started[0].Address, new WorkerPoolOptions { Name = "orders" }).Within("the connection");
        await Deadline.Until(() => pool.Workers == 2 * nodes, "all nodes", pool);
        var observer = await ClusterObserver.ConnectAsync(started[asked].Address, "", CancellationToken.None).Within("the observer");
        return new ObservedCluster([.. started], pool, observer);
    }

    public async ValueTask DisposeAsync()
    {
        await Observer.DisposeAsync();
        await Pool.DisposeAsync();
        foreach (var node in Nodes)
            await node.DisposeAsync();
    }
}
