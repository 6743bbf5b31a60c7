namespace ActorPool.Benchmarks.Peers;

/// <summary>ActorPool, with results in the caller's buffer.</summary>
internal sealed class ActorPoolPeer(WorkerPool pool) : IMapPeer
{
    public string Name => Names.ActorPool;

    public async Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work)
        where TOut : unmanaged, IEquatable<TOut>
    {
        await pool.MapAsync(work.Function, work.Inputs.AsMemory(), work.Buffer.AsMemory());
        return work.Buffer;
    }
}

/// <summary>ActorPool, with results in a new array.</summary>
internal sealed class ActorPoolFreshPeer(WorkerPool pool) : IMapPeer
{
    public string Name => Names.ActorPoolFresh;

    public Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work)
        where TOut : unmanaged, IEquatable<TOut> => pool.MapAsync(work.Function, work.Inputs);
}
