namespace ActorPool.Benchmarks.Peers;

/// <summary>One way to apply a function to an array.</summary>
internal interface IMapPeer
{
    string Name { get; }

    /// <summary>Applies the work's function to each input.</summary>
    /// <returns>The results in input order: the work's buffer if the peer can write into it, else a new array.</returns>
    Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work) where TOut : unmanaged, IEquatable<TOut>;
}
