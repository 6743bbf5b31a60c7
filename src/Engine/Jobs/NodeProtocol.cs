using ActorPool.Diagnostics;
using ActorPool.Shipping;
using ActorPool.Wire;
using Akka.Actor;

namespace ActorPool.Jobs;

/// <summary>Messages between the coordinator and the links to its nodes, besides <see cref="WorkProtocol"/>.</summary>
/// <remarks>For chunks, a link acts as the node's workers.</remarks>
internal static class NodeProtocol
{
    /// <summary>Link to coordinator: the node takes chunks.</summary>
    /// <remarks>It runs as many at a time as it has workers; some more may wait at it.</remarks>
    public sealed record NodeReady(int NodeId, IActorRef Link, string Address, int Workers) : IPoolMessage;

    /// <summary>Link to coordinator: the node runs this many chunks at a time now.</summary>
    public sealed record NodeResized(int NodeId, int Workers) : IPoolMessage;

    /// <summary>Link to coordinator: the node takes no more chunks.</summary>
    public sealed record NodeLeaving(int NodeId) : IPoolMessage;

    /// <summary>Link to coordinator: the node is lost, or may be.</summary>
    /// <remarks>What it held can be requeued; none of it will be reported any longer.</remarks>
    /// <param name="NodeId">The node.</param>
    /// <param name="Reason">Why, in words.</param>
    /// <param name="IsOrderly">Whether the node has ended the connection itself, with a farewell.</param>
    public sealed record NodeLost(int NodeId, string Reason, bool IsOrderly) : IPoolMessage;

    /// <summary>Link to coordinator: a worker process has ended; another one is starting.</summary>
    /// <param name="NodeId">The worker.</param>
    /// <param name="Cause">Why it ended.</param>
    /// <param name="Running">The chunk that it ran; null for none.</param>
    /// <param name="Offset">Position in that chunk of the item that had begun.</param>
    /// <param name="Reason">How it ended, in words.</param>
    /// <param name="Output">The last lines that it wrote to standard error; empty for none.</param>
    /// <param name="Kept">What it had finished of a chunk whose outcome it did not send; null for nothing.</param>
    public sealed record ProcessLost(
        int NodeId, ProcessLossCause Cause, Lease? Running, int Offset, string Reason, IReadOnlyList<string> Output, KeptItems? Kept = null)
        : IPoolMessage;

    /// <summary>Link to coordinator: no worker process can be started.</summary>
    /// <param name="Reason">Why, as sentences.</param>
    /// <param name="Error">What the system said; null if the process itself ended.</param>
    public sealed record ProcessesFailed(string Reason, Exception? Error) : IPoolMessage;

    /// <summary>Coordinator to link: end this process, which holds no chunk; another one takes its place.</summary>
    public sealed record RetireProcess : IPoolMessage
    {
        public static readonly RetireProcess Instance = new();
    }

    /// <summary>Link to coordinator: a chunk comes back without its outcome from a live node.</summary>
    /// <param name="Lease">Its lease.</param>
    /// <param name="NodeId">The node.</param>
    /// <param name="Cause">Stopped, handed back or interrupted.</param>
    public sealed record ChunkReturned(Lease Lease, int NodeId, LossCause Cause) : IPoolMessage;

    /// <summary>Link to coordinator: the node cannot run this job at all.</summary>
    public sealed record JobRefused(JobExecution Job, Exception Reason) : IPoolMessage;

    /// <summary>Link to coordinator: the pool's initializer or state factory threw on the node.</summary>
    public sealed record InitializerFailed(int NodeId, Exception Error) : IPoolMessage;

    /// <summary>Link to coordinator: the node runs nothing for this pool, and neither would another.</summary>
    /// <param name="NodeId">The node.</param>
    /// <param name="Error">Why; its message is a sentence.</param>
    public sealed record PoolRefused(int NodeId, Exception Error) : IPoolMessage;

    /// <summary>Caller to coordinator to links: a value for all nodes.</summary>
    public sealed record PublishBroadcast(BroadcastValue Value) : IPoolMessage;

    /// <summary>Observer to link: ask the node this.</summary>
    /// <remarks>The answer is <see cref="NodeAnswered"/>, or Akka's <see cref="Status.Failure"/> with the reason.</remarks>
    public sealed record AskNode(DataProtocol.NodeQuestionKind Kind, string? Argument, CancellationToken Stop) : IPoolMessage;

    /// <summary>Link to observer: what the node has answered.</summary>
    public sealed record NodeAnswered(byte[] Json) : IPoolMessage;

    /// <summary>Observer to coordinator to directory: which nodes are there?</summary>
    public sealed record ListNodes : IPoolMessage
    {
        public static readonly ListNodes Instance = new();
    }

    /// <summary>Directory to observer: the links, and the nodes that others do not reach.</summary>
    public sealed record NodesListed(IReadOnlyDictionary<string, IActorRef> Links, IReadOnlySet<string> Suspects) : IPoolMessage
    {
        /// <summary>How the processes of nodes that were met are set up.</summary>
        public required IReadOnlyDictionary<string, ProcessTraits> Traits { get; init; }
    }

    /// <summary>Coordinator to link: the job has ended; the node stops and forgets it.</summary>
    /// <param name="Job">The job.</param>
    /// <param name="HasInFlight">Whether chunks of it are in flight, so that a node should stop them at once.</param>
    public sealed record JobEnded(JobExecution Job, bool HasInFlight) : IPoolMessage;
}
