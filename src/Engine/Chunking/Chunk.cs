namespace ActorPool.Chunking;

/// <summary>A run of neighbouring inputs and the room for their results: what is dealt to a worker.</summary>
internal abstract class Chunk(long start, int count)
{
    /// <summary>0-based position of the first input in the job.</summary>
    public long Start { get; } = start;

    public int Count { get; } = count;

    /// <summary>A part of this chunk, with the same inputs and the same room for results.</summary>
    public abstract Chunk Slice(int offset, int count);
}

/// <summary>A chunk as the gatherer sees it: what it was computed from does not matter any more.</summary>
internal abstract class ResultChunk<TOut>(long start, int count, Memory<TOut> results) : Chunk(start, count)
{
    public Memory<TOut> Results { get; } = results;
}

/// <summary>How many results a function leaves for one chunk.</summary>
internal enum ResultShape
{
    /// <summary>One for each input.</summary>
    PerItem,

    /// <summary>One for the chunk as a whole: the chunk is one item, and fails, retries and times out as one.</summary>
    PerChunk,

    /// <summary>None.</summary>
    None,
}

/// <summary>A chunk with its types. Nothing is copied: inputs are a slice of the source, results are written where the gatherer reads them.</summary>
internal sealed class Chunk<TIn, TOut>(long start, ReadOnlyMemory<TIn> inputs, Memory<TOut> results, ResultShape shape) : ResultChunk<TOut>(start, inputs.Length, results)
{
    public ReadOnlyMemory<TIn> Inputs { get; } = inputs;

    public override Chunk Slice(int offset, int count) => offset == 0 && count == Count ? this : new Chunk<TIn, TOut>(
        Start + offset, Inputs.Slice(offset, count), shape == ResultShape.PerItem ? Results.Slice(offset, count) : Results, shape);
}
