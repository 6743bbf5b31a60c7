using ActorPool.Chunking;

namespace ActorPool.Jobs;

/// <summary>A user's function as a worker runs it: over one chunk.</summary>
/// <remarks>Each item's exception is caught and recorded.</remarks>
internal abstract class ChunkFunction<TIn, TOut>
{
    /// <summary>How many results it has for a chunk.</summary>
    public virtual ResultShape Shape => ResultShape.PerItem;

    /// <summary>Whether it may return its thread before it is done.</summary>
    public virtual bool IsAsync => false;

    /// <summary>What the user wrote, if a pool remembers how long its items take; null otherwise.</summary>
    public virtual Delegate? Remembered => null;

    /// <summary>Describes what the user wrote, so that a node can rebuild it.</summary>
    public abstract CallDescription Describe();

    /// <summary>Runs over the chunk; never throws.</summary>
    /// <remarks>It ends at the chunk's end, its revocation, or a failure that ends the job.</remarks>
    public abstract ValueTask RunAsync(ChunkRun run, Chunk<TIn, TOut> chunk);
}
