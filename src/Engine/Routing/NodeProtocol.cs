using Akka.Actor;
using ActorPool.Cluster;
using ActorPool.Coordination;

namespace ActorPool.Routing;

/// <summary>What the coordinator and the links to its nodes say to each other, beside <see cref="WorkProtocol"/>: for chunks, a link acts as the node's workers.</summary>
internal static class NodeProtocol
{
    /// <summary>Link to coordinator: the node takes chunks, as many at a time as it has workers, and some more to have at hand.</summary>
    public sealed record NodeReady(int NodeId, IActorRef Link, string Address, int Workers) : INoSerializationVerificationNeeded;

    /// <summary>Link to coordinator: the node takes no more chunks.</summary>
    public sealed record NodeLeaving(int NodeId) : INoSerializationVerificationNeeded;

    /// <summary>Link to coordinator: the node is gone, or may be; what it held can be dealt again, and nothing of it will be reported any more.</summary>
    public sealed record NodeLost(int NodeId, string Reason) : INoSerializationVerificationNeeded;

    /// <summary>Link to coordinator: the node hands back a chunk that it has not begun, or has not finished before it leaves.</summary>
    public sealed record ChunkReturned(Lease Lease, int NodeId) : INoSerializationVerificationNeeded;

    /// <summary>Link to coordinator: the node cannot run this job at all.</summary>
    public sealed record JobRefused(JobPlan Job, Exception Reason) : INoSerializationVerificationNeeded;

    /// <summary>Link to coordinator: the pool's initializer or state factory threw on the node.</summary>
    public sealed record InitializerFailed(int NodeId, Exception Error) : INoSerializationVerificationNeeded;

    /// <summary>Caller to coordinator to links: a value for all nodes.</summary>
    public sealed record Share(SharedValue Value) : INoSerializationVerificationNeeded;

    /// <summary>Coordinator to link: the job has ended; the node forgets it and stops what still runs of it.</summary>
    public sealed record JobEnded(JobPlan Job) : INoSerializationVerificationNeeded;
}
