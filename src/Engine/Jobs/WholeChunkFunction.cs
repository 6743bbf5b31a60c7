using ActorPool.Chunking;
using ActorPool.Wire;

namespace ActorPool.Jobs;

/// <summary>A function of a whole chunk; its result for a chunk is one array.</summary>
internal sealed class WholeChunkFunction<TIn, TOut> : SyncFunction<TIn, TOut[]>
{
    private readonly Func<ReadOnlyMemory<TIn>, TOut[]> _function;

    public WholeChunkFunction(Func<ReadOnlyMemory<TIn>, TOut[]> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _function = function;
    }

    public override ResultShape Shape => ResultShape.PerChunk;

    public override CallDescription Describe() => new(CallKind.MapChunks, [typeof(TIn), typeof(TOut)], [_function]);

    protected override TOut[] RunOne(Chunk<TIn, TOut[]> chunk, int offset) => _function(chunk.Inputs) ?? [];

    protected override void RunFrom(ChunkRun run, Chunk<TIn, TOut[]> chunk) => chunk.Results.Span[0] = RunOne(chunk, 0);
}
