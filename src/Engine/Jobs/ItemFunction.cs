using System.Runtime.CompilerServices;
using ActorPool.Chunking;
using ActorPool.Wire;

namespace ActorPool.Jobs;

/// <summary>A function of one item.</summary>
internal sealed class ItemFunction<TIn, TOut> : SyncFunction<TIn, TOut>
{
    private readonly Func<TIn, TOut> _function;
    private readonly Delegate _written;
    private readonly CallKind _kind;

    public ItemFunction(Func<TIn, TOut> function)
        : this(function, CallKind.Map, function)
    {
    }

    /// <param name="function">The engine's wrapper.</param>
    /// <param name="kind">The shape of what the user wrote.</param>
    /// <param name="written">What the user wrote.</param>
    public ItemFunction(Func<TIn, TOut> function, CallKind kind, Delegate written)
    {
        ArgumentNullException.ThrowIfNull(function);
        AwaitableResult.Refuse<TOut>();
        (_function, _kind, _written) = (function, kind, written);
    }

    public override Delegate Remembered => _written;

    public override CallDescription Describe() => CallDescription.For<TIn, TOut>(_kind, _written);

    protected override TOut RunOne(Chunk<TIn, TOut> chunk, int offset) => _function(chunk.Inputs.Span[offset]);

    protected override void RunFrom(ChunkRun run, Chunk<TIn, TOut> chunk)
    {
        var function = _function;
        var context = run.Context;
        var lease = run.Lease;
        var inputs = chunk.Inputs.Span;
        var results = chunk.Results.Span[..inputs.Length];
        ref var offset = ref context.Offset;
        var keepAfter = run.FirstToKeep;
        for (var i = offset; i < inputs.Length; i++)
        {
            offset = i;
            var result = function(inputs[i]);
            // Checked after the function: a late result must not be written into a buffer that its owner uses again.
            if (lease.ShouldStop)
                return;
            results[i] = result;
            if (i >= keepAfter)
                keepAfter = run.Keep(i + 1);
        }
    }
}

/// <summary>The result of a function that has none.</summary>
internal readonly struct Unit
{
    public override string ToString() => "(no argument)";
}
