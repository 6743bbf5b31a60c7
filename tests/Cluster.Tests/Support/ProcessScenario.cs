using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Support;

/// <summary>A seed and two further nodes of two workers each on this machine.</summary>
public abstract class ProcessScenario(ITestOutputHelper output) : FaultScenario(output)
{
    private protected override async Task SetUpAsync()
    {
        Gate = new RemoteGate();
        await StartAsync(ClusterNode.StartSeedAsync(workers: 2, Flags));
        await StartNextAsync();
        await StartNextAsync();
        await WarmUpAsync(() => ConnectAsync());
    }

    private protected Task<ClusterNode> StartNextAsync() => StartAsync(Nodes[0].StartNextAsync(workers: 2, Flags));

    /// <summary>Connects a pool to all nodes.</summary>
    private protected Task<WorkerPool> ConnectAsync(string? config = null) =>
        Nodes[0].ConnectAsync(workers: 6, new WorkerPoolOptions { Config = config });
}
