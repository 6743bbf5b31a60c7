using System.Collections.Concurrent;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Conformance;

/// <summary>Nodes in the process of the tests, one for each number of workers.</summary>
/// <remarks>
/// A node starts at its first use. xunit makes one object for all classes of the collection, and disposes of it after the last.
/// </remarks>
public sealed class ConformanceNodes : IAsyncLifetime
{
    private static readonly ConcurrentDictionary<int, Lazy<Task<PoolNode>>> s_nodes = new();

    /// <summary>Connects a pool to a node that has the workers that the options ask for.</summary>
    public static async Task<WorkerPool> ConnectAsync(WorkerPoolOptions options)
    {
        var workers = options.Workers ?? Environment.ProcessorCount;
        var node = await s_nodes.GetOrAdd(workers, static count => new(() => StartAsync(count))).Value.Within("a node");
        return await WorkerPool.ConnectAsync(node.Address, options with { Workers = null }).Within("the connection");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var node in s_nodes.Values)
            await (await node.Value).DisposeAsync();
        s_nodes.Clear();
    }

    private static Task<PoolNode> StartAsync(int workers) => PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = workers });
}

/// <summary>The classes of <see cref="OnCluster"/>, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OneConformanceCluster : ICollectionFixture<ConformanceNodes>
{
    public const string Name = "conformance on a cluster";
}
