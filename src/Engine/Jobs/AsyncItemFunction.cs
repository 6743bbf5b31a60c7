using ActorPool.Wire;

namespace ActorPool.Jobs;

/// <summary>An asynchronous function of one item.</summary>
internal sealed class AsyncItemFunction<TIn, TOut> : AsyncFunction<TIn, TOut>
{
    private readonly Func<TIn, CancellationToken, ValueTask<TOut>>? _function;
    private readonly Func<TIn, ValueTask<TOut>>? _withoutToken;
    private readonly Delegate _written;
    private readonly CallKind _kind;

    public AsyncItemFunction(Func<TIn, CancellationToken, ValueTask<TOut>> function)
        : this(function, CallKind.MapAsync, function)
    {
    }

    /// <param name="function">The engine's wrapper.</param>
    /// <param name="kind">The shape of what the user wrote.</param>
    /// <param name="written">What the user wrote.</param>
    public AsyncItemFunction(Func<TIn, CancellationToken, ValueTask<TOut>> function, CallKind kind, Delegate written)
        : this(kind, written)
    {
        ArgumentNullException.ThrowIfNull(function);
        _function = function;
    }

    /// <param name="function">The engine's wrapper around a function that takes no token, or that function.</param>
    /// <param name="kind">The shape of what the user wrote.</param>
    /// <param name="written">What the user wrote.</param>
    public AsyncItemFunction(Func<TIn, ValueTask<TOut>> function, CallKind kind, Delegate written)
        : this(kind, written)
    {
        ArgumentNullException.ThrowIfNull(function);
        _withoutToken = function;
    }

    private AsyncItemFunction(CallKind kind, Delegate written)
    {
        AwaitableResult.Refuse<TOut>();
        (_kind, _written) = (kind, written);
    }

    public override Delegate Remembered => _written;

    public override CallDescription Describe() => CallDescription.For<TIn, TOut>(_kind, _written);

    protected override ValueTask<TOut> RunOneAsync(TIn input, WorkContext context) =>
        _withoutToken is { } function ? function(input) : _function!(input, context.CancellationToken);
}
