namespace ActorPool.Benchmarks.Peers;

/// <summary>ActorPool over nodes, results into the caller's buffer.</summary>
internal sealed class ClusterPeer(OnDemand<Cluster> cluster) : IMapPeer
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

/// <summary>Squares by a peer that knows nothing else.</summary>
internal sealed class RemoteSquaresPeer(string name, OnDemand<IRemotePeer> peer) : IMapPeer
{
    public string Name => name;

    public async Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work)
        where TOut : unmanaged, IEquatable<TOut>
    {
        await (await peer.GetAsync()).SquaresAsync((int[])(object)work.Inputs, (long[])(object)work.Buffer);
        return work.Buffer;
    }
}
