using Akka.Actor;

namespace ActorPool.Jobs;

/// <summary>Messages between the coordinator and the workers about chunks.</summary>
/// <remarks>A worker holds at most one chunk.</remarks>
internal static class WorkProtocol
{
    /// <summary>Coordinator to worker or link: run the job's function over the chunk.</summary>
    /// <remarks>The chunks of a round go through the router.</remarks>
    public sealed record RunChunk(Lease Lease, IActorRef Gatherer) : INoSerializationVerificationNeeded;

    /// <summary>Worker to coordinator: done with the chunk, or it was revoked; send another.</summary>
    /// <remarks>
    /// A worker sends exactly one for each <see cref="RunChunk"/>, unless it is lost. If its outcome counts, the worker sends the same
    /// message to the job's gatherer first. A link may send <see cref="NodeProtocol.ChunkReturned"/> instead.
    /// </remarks>
    /// <param name="Lease">The chunk's lease.</param>
    /// <param name="WorkerId">The worker, or the node.</param>
    /// <param name="Elapsed">How long the function ran over it.</param>
    /// <param name="Bytes">Bytes on the network for it: inputs or results, whichever is more; 0 in this process.</param>
    public sealed record ChunkEnded(Lease Lease, int WorkerId, TimeSpan Elapsed, long Bytes = 0) : INoSerializationVerificationNeeded;
}
