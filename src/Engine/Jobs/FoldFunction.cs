using ActorPool.Chunking;
using ActorPool.Wire;

namespace ActorPool.Jobs;

/// <summary>A fold over a chunk; each chunk has a new seed.</summary>
internal sealed class FoldFunction<TIn, TAcc> : SyncFunction<TIn, TAcc>
{
    private readonly Func<TAcc, TIn, TAcc> _fold;

    public FoldFunction(Func<TAcc> seed, Func<TAcc, TIn, TAcc> fold)
    {
        ArgumentNullException.ThrowIfNull(seed);
        ArgumentNullException.ThrowIfNull(fold);
        Seed = seed;
        _fold = fold;
    }

    public Func<TAcc> Seed { get; }

    public override ResultShape Shape => ResultShape.PerChunk;

    public override CallDescription Describe() => new(CallKind.Aggregate, [typeof(TIn), typeof(TAcc)], [Seed, _fold]);

    protected override TAcc RunOne(Chunk<TIn, TAcc> chunk, int offset)
    {
        var value = Seed();
        foreach (var input in chunk.Inputs.Span)
            value = _fold(value, input);
        return value;
    }

    protected override void RunFrom(ChunkRun run, Chunk<TIn, TAcc> chunk)
    {
        var context = run.Context;
        var inputs = chunk.Inputs.Span;
        var value = Seed();
        for (var i = 0; i < inputs.Length; i++)
        {
            if (run.Lease.ShouldStop)
                return;
            context.Offset = i; // a failure names the item that the fold was at
            value = _fold(value, inputs[i]);
        }
        chunk.Results.Span[0] = value;
    }
}
