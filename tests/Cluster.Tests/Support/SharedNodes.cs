namespace ActorPool.ClusterTests.Support;

/// <summary>A seed and a node of one worker that a class of tests shares.</summary>
public abstract class SharedNodes(int seedWorkers) : IAsyncLifetime
{
    internal ClusterNode Seed { get; private set; } = null!;

    internal ClusterNode Second { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Seed = await ClusterNode.StartSeedAsync(seedWorkers);
        Second = await Seed.StartNextAsync(workers: 1);
    }

    public Task DisposeAsync()
    {
        Second.Dispose();
        Seed.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>What the nodes have printed, for the message of a test that failed.</summary>
    public string Log() => $"{Seed.Process.Log}\n{Second.Process.Log}";
}
