namespace ActorPool.ClusterTests.Support;

/// <summary>Nodes of two workers and of one, for tests that leave them unharmed.</summary>
public sealed class TwoNodes() : SharedNodes(seedWorkers: 2)
{
    public Task<WorkerPool> ConnectAsync(WorkerPoolOptions? options = null) => Seed.ConnectAsync(workers: 3, options);
}

/// <summary>Nodes of one worker each, for tests that leave them unharmed.</summary>
public sealed class TwoSingleNodes() : SharedNodes(seedWorkers: 1);
