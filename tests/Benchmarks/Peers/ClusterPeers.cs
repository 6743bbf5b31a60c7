namespace ActorPool.Benchmarks.Peers;

/// <summary>ActorPool over nodes, with results in the caller's buffer.</summary>
internal sealed class ClusterPeer(OnDemand<NodeCluster> cluster) : IMapPeer
{
    public string Name => Names.ActorPool;

    public async Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work)
        where TOut : unmanaged, IEquatable<TOut>
    {
        var nodes = await cluster.GetAsync();
        await nodes.Pool.MapAsync(work.Function, work.Inputs.AsMemory(), work.Buffer.AsMemory());
        return work.Buffer;
    }
}

/// <summary>ActorPool with worker processes, with results in the caller's buffer.</summary>
internal sealed class ProcessesPeer(OnDemand<WorkerPool> processes) : IMapPeer
{
    public string Name => Names.ActorPoolProcesses;

    public async Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work)
        where TOut : unmanaged, IEquatable<TOut>
    {
        var pool = await processes.GetAsync();
        await pool.MapAsync(work.Function, work.Inputs.AsMemory(), work.Buffer.AsMemory());
        return work.Buffer;
    }
}

/// <summary>Squares by a peer that supports only these types.</summary>
internal sealed class RemoteSquaresPeer(string name, Func<int[], long[], Task> squaresAsync) : IMapPeer
{
    public string Name => name;

    public async Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work)
        where TOut : unmanaged, IEquatable<TOut>
    {
        await squaresAsync((int[])(object)work.Inputs, (long[])(object)work.Buffer);
        return work.Buffer;
    }
}
