namespace ActorPool.Benchmarks.Peers;

/// <summary>One way of applying a function to an array.</summary>
internal interface IMapPeer
{
    string Name { get; }

    /// <summary>Applies the work's function to each input.</summary>
    /// <returns>The results in the inputs' order: the work's buffer wherever the peer can write into it, else an array of its own.</returns>
    Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work) where TOut : unmanaged, IEquatable<TOut>;
}
