using System.Runtime.CompilerServices;
using ActorPool.Chunking;
using ActorPool.Wire;

namespace ActorPool.Jobs;

/// <summary>A function of one item.</summary>
internal sealed class ItemFunction<TIn, TOut> : SyncFunction<TIn, TOut>
{
    private readonly Func<TIn, TOut> _function;
    private readonly CallDescription? _describedAs;

    /// <param name="function">The function.</param>
    /// <param name="describedAs">What the user wrote, if the function is the engine's wrapper around it.</param>
    public ItemFunction(Func<TIn, TOut> function, CallDescription? describedAs = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        AwaitableResult.Refuse<TOut>();
        (_function, _describedAs) = (function, describedAs);
    }

    public override Delegate Remembered => _describedAs?.Functions[0] ?? _function;

    public override CallDescription Describe() =>
        _describedAs ?? new CallDescription(CallKind.Map, [typeof(TIn), typeof(TOut)], [_function]);

    protected override TOut RunOne(Chunk<TIn, TOut> chunk, int offset) => _function(chunk.Inputs.Span[offset]);

    protected override void RunFrom(ChunkRun run, Chunk<TIn, TOut> chunk)
    {
        var function = _function;
        var context = run.Context;
        var lease = run.Lease;
        var inputs = chunk.Inputs.Span;
        var results = chunk.Results.Span[..inputs.Length];
        for (var i = context.Offset; i < inputs.Length; i++)
        {
            context.Offset = i;
            var result = function(inputs[i]);
            // Checked after the function: a late result must not be written into a buffer that its owner uses again.
            if (lease.ShouldStop)
                return;
            results[i] = result;
        }
    }
}

/// <summary>The result of a function that has none.</summary>
internal readonly struct Unit;
