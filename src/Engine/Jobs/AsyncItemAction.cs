using ActorPool.Chunking;
using ActorPool.Wire;

namespace ActorPool.Jobs;

/// <summary>An asynchronous action for one item.</summary>
internal sealed class AsyncItemAction<TIn> : AsyncFunction<TIn, Unit>
{
    private readonly Func<TIn, CancellationToken, ValueTask>? _action;
    private readonly Func<TIn, ValueTask>? _withoutToken;
    private readonly Delegate _written;

    public AsyncItemAction(Func<TIn, CancellationToken, ValueTask> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        (_action, _written) = (action, action);
    }

    /// <param name="action">The engine's wrapper around an action that takes no token, or that action.</param>
    /// <param name="written">What the user wrote.</param>
    public AsyncItemAction(Func<TIn, ValueTask> action, Delegate written)
    {
        ArgumentNullException.ThrowIfNull(action);
        (_withoutToken, _written) = (action, written);
    }

    public override ResultShape Shape => ResultShape.None;

    public override Delegate Remembered => _written;

    public override CallDescription Describe() => CallDescription.For<TIn, Unit>(CallKind.ForEachAsync, _written);

    protected override async ValueTask<Unit> RunOneAsync(TIn input, WorkContext context)
    {
        if (_withoutToken is { } action)
            await action(input).ConfigureAwait(true);
        else
            await _action!(input, context.CancellationToken).ConfigureAwait(true);
        return default;
    }
}
