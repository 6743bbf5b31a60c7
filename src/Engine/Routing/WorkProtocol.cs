using Akka.Actor;
using ActorPool.Coordination;

namespace ActorPool.Routing;

/// <summary>What the coordinator and the workers say to each other. A worker holds one chunk at most.</summary>
internal static class WorkProtocol
{
    /// <summary>Worker to coordinator: initialized, and ready for its first chunk.</summary>
    public sealed record WorkerReady(int WorkerId, IActorRef Worker) : INoSerializationVerificationNeeded;

    /// <summary>Worker to coordinator: the initializer or the state factory threw; the worker stops.</summary>
    public sealed record WorkerFailed(int WorkerId, Exception Error) : INoSerializationVerificationNeeded;

    /// <summary>Worker to coordinator: stopped before it was ready, by neither of them.</summary>
    public sealed record WorkerVanished(int WorkerId) : INoSerializationVerificationNeeded;

    /// <summary>Coordinator to worker, the first wave by way of the router, or to a node's link: run the job's function over the chunk.</summary>
    public sealed record RunChunk(Lease Lease, IActorRef Gatherer) : INoSerializationVerificationNeeded;

    /// <summary>Worker to coordinator: done with the chunk, or it had been revoked; room for another one. Exactly one for each <see cref="RunChunk"/>, unless the worker is lost.</summary>
    /// <param name="Lease">The chunk's lease.</param>
    /// <param name="WorkerId">The worker, or the node.</param>
    /// <param name="Elapsed">How long the function ran over it.</param>
    /// <param name="Bytes">What crossed the network for it, inputs or results, whichever is more; 0 in this process.</param>
    public sealed record ChunkEnded(Lease Lease, int WorkerId, TimeSpan Elapsed, long Bytes = 0) : INoSerializationVerificationNeeded;

    /// <summary>Coordinator to worker: stop; it holds nothing.</summary>
    public sealed record Retire : INoSerializationVerificationNeeded
    {
        public static readonly Retire Instance = new();
    }

    /// <summary>Worker to coordinator, after its end: its state could not be disposed of.</summary>
    public sealed record DisposalFailed(int WorkerId, Exception Error) : INoSerializationVerificationNeeded;
}
