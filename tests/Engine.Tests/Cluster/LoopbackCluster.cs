using ActorPool.Tests.Support;

namespace ActorPool.Tests.Cluster;

/// <summary>Two nodes in this process, with two workers and one worker.</summary>
/// <remarks>For tests that leave the nodes as they were.</remarks>
public sealed class LoopbackCluster : IAsyncLifetime
{
    public PoolNode Seed { get; private set; } = null!;

    public PoolNode Second { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Seed = await StartNodeAsync(workers: 2);
        Second = await StartNodeAsync(workers: 1, Seed.Address);
    }

    public async Task DisposeAsync()
    {
        await Second.DisposeAsync();
        await Seed.DisposeAsync();
    }

    public static Task<PoolNode> StartNodeAsync(int workers, params string[] join) =>
        PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = workers, Join = join });

    /// <summary>Connects a pool and waits until it has both nodes.</summary>
    public async Task<WorkerPool> ConnectAsync(WorkerPoolOptions? options = null)
    {
        var pool = await WorkerPool.ConnectAsync(Seed.Address, options).Within("the connection");
        await Deadline.Until(() => pool.Workers >= Seed.Workers + Second.Workers, "both nodes", pool);
        return pool;
    }
}
