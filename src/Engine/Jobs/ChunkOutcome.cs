using System.Runtime.InteropServices;
using ActorPool.Chunking;

namespace ActorPool.Jobs;

/// <summary>To the gatherer: these items have their outcome.</summary>
/// <remarks>
/// Sent by a node's connection, or by the coordinator for a chunk that was lost or too slow. A worker sends the <see cref="Lease"/>, as it
/// does to the coordinator.
/// </remarks>
/// <param name="Job">The job.</param>
/// <param name="Chunk">The items; their results are already written.</param>
/// <param name="Attempt">Which attempt this was.</param>
/// <param name="Failures">Items among them that failed for good, by position.</param>
/// <param name="Retries">Offsets of items that have no outcome yet: they run again.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ChunkOutcome(
    JobExecution Job, Chunk Chunk, int Attempt, List<WorkItemException>? Failures, List<int>? Retries)
    : IPoolMessage
{
    /// <summary>The outcome of a chunk that its worker has reported.</summary>
    public static ChunkOutcome From(Lease lease) => new(lease.Job, lease.Chunk, lease.Attempt, lease.Failures, lease.Retries)
    {
        Elapsed = lease.Elapsed,
    };

    /// <summary>How long the function ran; zero if it has not returned.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Attempts that a node itself repeated.</summary>
    public int Retried { get; init; }

    /// <summary>Items that have their outcome.</summary>
    public int Settled => Retries is null ? Chunk.Count : Job.ChunkIsItem ? 0 : Chunk.Count - Retries.Count;

    /// <summary>Gets the chunk without the items that run again, as runs of neighbours.</summary>
    public IEnumerable<Chunk> GetSettledParts()
    {
        if (Retries is null)
        {
            yield return Chunk;
            yield break;
        }
        if (Job.ChunkIsItem)
            yield break;
        var next = 0;
        foreach (var offset in Retries)
        {
            if (offset > next)
                yield return Chunk.Slice(next, offset - next);
            next = offset + 1;
        }
        if (next < Chunk.Count)
            yield return Chunk.Slice(next, Chunk.Count - next);
    }
}
