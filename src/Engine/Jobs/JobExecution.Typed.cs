using System.Runtime.CompilerServices;
using ActorPool.Chunking;
using ActorPool.Diagnostics;
using ActorPool.Serialization;

namespace ActorPool.Jobs;

/// <summary>An execution with its types.</summary>
internal sealed class JobExecution<TIn, TOut>(
    PoolState pool, JobOptions options, Input<TIn> input, ChunkFunction<TIn, TOut> function, JobSink<TOut> sink)
    : JobExecution(pool, options, input.Count - input.Taken)
{
    public override Input Input => input;

    public override JobSink Sink => sink;

    public override bool ChunkIsItem => function.Shape == ResultShape.PerChunk;

    public override bool IsAsync => function.IsAsync;

    public override Delegate? Remembered => function.Remembered;

    public override string FunctionName => CompilerNames.FormatFunction(function.Describe().Functions[^1].Method);

    public override Chunk? Cut(int max)
    {
        var start = input.Taken;
        var items = input.Take(max);
        return items.IsEmpty ? null : CreateChunk(start, items);
    }

    public override Chunk CutAgain(long start, int count) => CreateChunk(start, input.GetAgain(start, count));

    private Chunk<TIn, TOut> CreateChunk(long start, ReadOnlyMemory<TIn> items)
    {
        var room = function.Shape switch
        {
            ResultShape.PerItem => sink.GetRoom(start, items.Length),
            ResultShape.PerChunk => new TOut[1],
            _ => default,
        };
        return new Chunk<TIn, TOut>(start, items, room, function.Shape);
    }

    protected override WireJob ToWire(PayloadSerializer serializer) => new WireJob<TIn, TOut>(this, function, serializer);

    public override ValueTask RunAsync(ChunkRun run)
    {
        var chunk = (Chunk<TIn, TOut>)run.Lease.Chunk;
        return Trace is not null && Tracing.Source.HasListeners() ? RunTracedAsync(run, chunk) : function.RunAsync(run, chunk);
    }

    // As AsyncFunction: the worker's report follows on the same thread. The span is current only in here and in what the function starts.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RunTracedAsync(ChunkRun run, Chunk<TIn, TOut> chunk)
    {
        using var span = ChunkTrace.Start(run.Context);
        run.Lease.Span = span;
        await function.RunAsync(run, chunk).ConfigureAwait(true);
        if (span is not null)
            ChunkTrace.Record(span, run.Lease.Failures);
    }
}
