using System.Runtime.CompilerServices;
using ActorPool.Wire;

namespace ActorPool.Jobs;

/// <summary>An asynchronous function of one item.</summary>
internal sealed class AsyncItemFunction<TIn, TOut> : AsyncFunction<TIn, TOut>
{
    private readonly Func<TIn, CancellationToken, ValueTask<TOut>> _function;
    private readonly CallDescription? _describedAs;

    /// <param name="function">The function.</param>
    /// <param name="describedAs">What the user wrote, if the function is the engine's wrapper around it.</param>
    public AsyncItemFunction(Func<TIn, CancellationToken, ValueTask<TOut>> function, CallDescription? describedAs = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        AwaitableResult.Refuse<TOut>();
        (_function, _describedAs) = (function, describedAs);
    }

    public override Delegate Remembered => _describedAs?.Functions[0] ?? _function;

    public override CallDescription Describe() =>
        _describedAs ?? new CallDescription(CallKind.MapAsync, [typeof(TIn), typeof(TOut)], [_function]);

    protected override ValueTask<TOut> RunOneAsync(TIn input, CancellationToken cancellationToken) => _function(input, cancellationToken);
}
