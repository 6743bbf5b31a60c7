namespace ActorPool.Jobs;

/// <summary>Messages between the coordinator and the workers about chunks.</summary>
/// <remarks>
/// <code>
/// coordinator ──Lease──► worker, link      run the job's function over its chunk
/// worker, link ──Lease──► coordinator      done with it; send another
/// </code>
/// The <see cref="Lease"/> itself goes out and comes back, and knows the outcome: a chunk then costs no further object. A worker holds at
/// most one. It sends each one back once, unless it is lost; if the outcome counts, it first sends the lease to the job's gatherer, too.
/// The leases of a round go through the router. A link may send <see cref="NodeProtocol.ChunkReturned"/> instead.
/// </remarks>
internal static class WorkProtocol
{
    /// <summary>Worker or link to coordinator: the lease was revoked before it came; send another.</summary>
    /// <param name="Lease">The lease.</param>
    /// <param name="WorkerId">The worker, or the node, to which it was sent.</param>
    public sealed record Unclaimed(Lease Lease, int WorkerId) : IPoolMessage;
}
