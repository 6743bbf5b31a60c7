namespace ActorPool.ClusterTests.Support;

/// <summary>Nodes of two workers and of one, for tests that leave them as they were.</summary>
public sealed class TwoNodes : IAsyncLifetime
{
    internal ClusterNode Seed { get; private set; } = null!;

    internal ClusterNode Second { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Seed = await ClusterNode.StartSeedAsync(workers: 2);
        Second = await Seed.StartNextAsync(workers: 1);
    }

    public Task DisposeAsync()
    {
        Second.Dispose();
        Seed.Dispose();
        return Task.CompletedTask;
    }

    public Task<WorkerPool> ConnectAsync(WorkerPoolOptions? options = null) => Seed.ConnectAsync(workers: 3, options);

    /// <summary>What the nodes have printed, for the message of a test that failed.</summary>
    public string Log() => $"{Seed.Process.Log}\n{Second.Process.Log}";
}
