namespace ActorPool.ClusterTests.Support;

/// <summary>A seed of one worker, and jobs whose items wait at a gate.</summary>
public abstract class NodesAtWork : IAsyncLifetime
{
    private readonly List<ClusterNode> _nodes = [];

    private protected static int[] Inputs { get; } = [.. Enumerable.Range(0, 200)];

    private protected static JobOptions OneByOne { get; } = new() { ChunkSize = 1 };

    private protected RemoteGate Gate { get; } = new();

    private protected IReadOnlyList<ClusterNode> Nodes => _nodes;

    public async Task InitializeAsync() => await Track(ClusterNode.StartSeedAsync(workers: 1));

    public Task DisposeAsync()
    {
        Gate.Dispose();
        foreach (var node in _nodes)
            node.Dispose();
        return Task.CompletedTask;
    }

    private protected Task<ClusterNode> StartNextAsync(int workers, params string[] flags) =>
        Track(Nodes[0].StartNextAsync(workers, flags));

    /// <summary>Waits for a node, and ends it with the test.</summary>
    private protected async Task<ClusterNode> Track(Task<ClusterNode> starting)
    {
        var node = await starting;
        _nodes.Add(node);
        return node;
    }

    /// <summary>Maps the inputs to themselves, one item per chunk; each waits at the gate.</summary>
    private protected Task<int[]> Map(WorkerPool pool, string label = "item")
    {
        var port = Gate.Port;
        return pool.MapAsync(
            async (x, token) =>
            {
                await RemoteGate.PassAsync(port, $"{label}-{x}", token);
                return x;
            },
            Inputs,
            OneByOne);
    }

    private protected Task Until(Func<RemoteGate, bool> condition, string phase, WorkerPool pool) =>
        Gate.Until(condition, phase, pool, () => string.Join('\n', Nodes.Select(node => node.Process.Log)));
}
