using System.Runtime.CompilerServices;
using ActorPool.Jobs;

namespace ActorPool;

// Functions that return a task and take no token. The priority is explained in WorkerPool.MapTask.cs.
public sealed partial class WorkerPool
{
    /// <summary>Checks that an asynchronous function means the same on a cluster as here.</summary>
    /// <inheritdoc
    /// cref="CheckAsync{TIn, TOut}(Func{TIn, TOut}, TIn, FunctionCheckOptions?, IEqualityComparer{TOut}?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public static Task<FunctionCheck<TOut>> CheckAsync<TIn, TOut>(
        Func<TIn, Task<TOut>?> function,
        TIn sample,
        FunctionCheckOptions? options = null,
        IEqualityComparer<TOut>? comparer = null,
        CancellationToken cancellationToken = default)
        => Check(CallFactory.MapAsync(function), sample, options, comparer, cancellationToken);

    /// <summary>Checks that an asynchronous function means the same on a cluster as here.</summary>
    /// <inheritdoc
    /// cref="CheckAsync{TIn, TOut}(Func{TIn, TOut}, TIn, FunctionCheckOptions?, IEqualityComparer{TOut}?, CancellationToken)"/>
    public static Task<FunctionCheck<TOut>> CheckAsync<TIn, TOut>(
        Func<TIn, ValueTask<TOut>> function,
        TIn sample,
        FunctionCheckOptions? options = null,
        IEqualityComparer<TOut>? comparer = null,
        CancellationToken cancellationToken = default)
        => Check(CallFactory.MapAsync(function), sample, options, comparer, cancellationToken);
}
