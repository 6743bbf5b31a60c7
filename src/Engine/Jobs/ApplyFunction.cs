using ActorPool.Chunking;
using ActorPool.Wire;

namespace ActorPool.Jobs;

/// <summary>A function of no arguments, which is run once.</summary>
internal sealed class ApplyFunction<TOut> : SyncFunction<Unit, TOut>
{
    private readonly Func<TOut> _function;

    public ApplyFunction(Func<TOut> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        AwaitableResult.Refuse<TOut>();
        _function = function;
    }

    public override Delegate Remembered => _function;

    public override CallDescription Describe() => CallDescription.For<Unit, TOut>(CallKind.Apply, _function);

    protected override TOut RunOne(Chunk<Unit, TOut> chunk, int offset) => _function();

    protected override void RunFrom(ChunkRun run, Chunk<Unit, TOut> chunk)
    {
        var result = _function();
        if (!run.Lease.ShouldStop)
            chunk.Results.Span[0] = result;
    }
}
