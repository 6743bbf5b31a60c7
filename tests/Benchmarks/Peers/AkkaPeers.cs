using Akka.Actor;
using Akka.Routing;

namespace ActorPool.Benchmarks.Peers;

/// <summary>Sends a few chunks for each worker, all at once.</summary>
/// <remarks>The workers write into the buffer.</remarks>
internal sealed class AkkaChunksPeer(AkkaSystem akka) : IMapPeer
{
    private const int ChunksPerWorker = 4;

    public string Name => Names.AkkaChunks;

    public Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work)
        where TOut : unmanaged, IEquatable<TOut>
    {
        var size = Math.Max(1, work.Inputs.Length / (ChunksPerWorker * akka.Workers));
        return Ranges.AskAsync(akka, work, size);
    }
}

/// <summary>Sends an Ask for every item.</summary>
internal sealed class AkkaItemsPeer(AkkaSystem akka) : IMapPeer
{
    public string Name => Names.AkkaItems;

    public Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work)
        where TOut : unmanaged, IEquatable<TOut> => Ranges.AskAsync(akka, work, 1);
}
