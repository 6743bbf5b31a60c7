namespace ActorPool.Chunking;

/// <summary>Neighbouring inputs and the room for their results: what is dispatched to a worker.</summary>
internal abstract class Chunk(long start, int count, ResultShape shape)
{
    private byte _sizeReason; // beside the shape: a chunk takes no more memory with it

    /// <summary>0-based position of the first input in the job.</summary>
    public long Start { get; } = start;

    public int Count { get; } = count;

    protected ResultShape Shape { get; } = shape;

    /// <summary>Why it has this many inputs; set by the coordinator.</summary>
    public ChunkSizeReason SizeReason
    {
        get => (ChunkSizeReason)_sizeReason;
        set => _sizeReason = (byte)value;
    }

    /// <summary>Gets one of its inputs.</summary>
    /// <param name="offset">The position of the input in the chunk.</param>
    public abstract object? GetInput(int offset);

    /// <summary>A part of this chunk, with the same inputs and the same room for results.</summary>
    public abstract Chunk Slice(int offset, int count);

    /// <summary>One item of this chunk, which keeps no other input in memory.</summary>
    public abstract Chunk CopyItem(int offset);
}

/// <summary>A chunk as the gatherer sees it, without the type of its inputs.</summary>
internal abstract class ResultChunk<TOut>(long start, int count, Memory<TOut> results, ResultShape shape) : Chunk(start, count, shape)
{
    public Memory<TOut> Results { get; } = results;
}

/// <summary>How many results a function leaves for one chunk.</summary>
internal enum ResultShape : byte
{
    /// <summary>One for each input.</summary>
    PerItem,

    /// <summary>One for the chunk, which fails, retries and times out as one item.</summary>
    PerChunk,

    /// <summary>None.</summary>
    None,
}

/// <summary>A chunk with its types.</summary>
/// <remarks>Nothing is copied: inputs are a slice of the source, and results are written where the gatherer reads them.</remarks>
internal sealed class Chunk<TIn, TOut>(long start, ReadOnlyMemory<TIn> inputs, Memory<TOut> results, ResultShape shape)
    : ResultChunk<TOut>(start, inputs.Length, results, shape)
{
    public ReadOnlyMemory<TIn> Inputs { get; } = inputs;

    public override object? GetInput(int offset) => Inputs.Span[offset];

    public override Chunk Slice(int offset, int count) => offset == 0 && count == Count ? this : new Chunk<TIn, TOut>(
        Start + offset, Inputs.Slice(offset, count), SliceResults(offset, count), Shape);

    public override Chunk CopyItem(int offset) => new Chunk<TIn, TOut>(
        Start + offset, new[] { Inputs.Span[offset] }, SliceResults(offset, 1), Shape);

    private Memory<TOut> SliceResults(int offset, int count) =>
        Shape == ResultShape.PerItem ? Results.Slice(offset, count) : Results;
}
