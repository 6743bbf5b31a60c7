using System.Runtime.CompilerServices;
using ActorPool.Chunking;
using ActorPool.Wire;

namespace ActorPool.Jobs;

/// <summary>An asynchronous action for one item.</summary>
internal sealed class AsyncItemAction<TIn> : AsyncFunction<TIn, Unit>
{
    private readonly Func<TIn, CancellationToken, ValueTask> _action;
    private readonly CallDescription? _describedAs;

    /// <param name="action">The action.</param>
    /// <param name="describedAs">What the user wrote, if the action is the engine's wrapper around it.</param>
    public AsyncItemAction(Func<TIn, CancellationToken, ValueTask> action, CallDescription? describedAs = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        (_action, _describedAs) = (action, describedAs);
    }

    public override ResultShape Shape => ResultShape.None;

    public override Delegate Remembered => _describedAs?.Functions[0] ?? _action;

    public override CallDescription Describe() =>
        _describedAs ?? new CallDescription(CallKind.ForEachAsync, [typeof(TIn)], [_action]);

    protected override async ValueTask<Unit> RunOneAsync(TIn input, CancellationToken cancellationToken)
    {
        await _action(input, cancellationToken).ConfigureAwait(false);
        return default;
    }
}
