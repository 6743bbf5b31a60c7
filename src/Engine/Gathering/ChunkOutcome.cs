using Akka.Actor;
using ActorPool.Chunking;
using ActorPool.Coordination;

namespace ActorPool.Gathering;

/// <summary>Worker (or the coordinator, for one that was lost or too slow) to gatherer: these items have their outcome.</summary>
/// <param name="Job">The job.</param>
/// <param name="Chunk">The items; their results are in its room already.</param>
/// <param name="Attempt">Which attempt this was.</param>
/// <param name="Failures">Items among them that failed for good, by position.</param>
/// <param name="Again">Offsets of items that have no outcome yet: they run again.</param>
internal sealed record ChunkOutcome(JobPlan Job, Chunk Chunk, int Attempt, List<WorkItemException>? Failures, List<int>? Again) : INoSerializationVerificationNeeded
{
    /// <summary>Attempts that a node made again by itself.</summary>
    public int Retried { get; init; }

    /// <summary>Items that have their outcome.</summary>
    public int Settled => Again is null ? Chunk.Count : Job.ChunkIsItem ? 0 : Chunk.Count - Again.Count;

    /// <summary>The chunk without the items that run again: runs of neighbours.</summary>
    public IEnumerable<Chunk> SettledParts()
    {
        if (Again is null)
        {
            yield return Chunk;
            yield break;
        }
        if (Job.ChunkIsItem)
            yield break;
        var next = 0;
        foreach (var offset in Again)
        {
            if (offset > next)
                yield return Chunk.Slice(next, offset - next);
            next = offset + 1;
        }
        if (next < Chunk.Count)
            yield return Chunk.Slice(next, Chunk.Count - next);
    }
}
