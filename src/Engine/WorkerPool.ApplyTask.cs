using System.Runtime.CompilerServices;
using ActorPool.Jobs;

namespace ActorPool;

// Functions that return a task, take no token, and run once. The priorities of 1 are explained in WorkerPool.MapTask.cs.
public sealed partial class WorkerPool
{
    /// <summary>Runs an asynchronous function once, on a worker.</summary>
    /// <param name="function">
    /// Awaited once, on a worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread while it waits. Runs again
    /// when the worker was lost or, with <see cref="JobOptions.Retries"/>, when it threw. A null in place of a task counts as the default
    /// result.
    /// </param>
    /// <inheritdoc cref="ApplyAsync{TResult}(Func{CancellationToken, ValueTask{TResult}}, JobOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task<TResult> ApplyAsync<TResult>(
        Func<Task<TResult>?> function, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Apply(CallFactory.ApplyAsync(function), default, options, cancellationToken);

    /// <summary>Runs an asynchronous function once, on a worker.</summary>
    /// <param name="function">
    /// Awaited once, on a worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread while it waits. Runs again
    /// when the worker was lost or, with <see cref="JobOptions.Retries"/>, when it threw.
    /// </param>
    /// <inheritdoc cref="ApplyAsync{TResult}(Func{CancellationToken, ValueTask{TResult}}, JobOptions?, CancellationToken)"/>
    public Task<TResult> ApplyAsync<TResult>(
        Func<ValueTask<TResult>> function, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Apply(CallFactory.ApplyAsync(function), default, options, cancellationToken);

    /// <summary>Runs an asynchronous function of one argument once, on a worker.</summary>
    /// <param name="function">
    /// Awaited once, on a worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread while it waits. Runs again
    /// when the worker was lost or, with <see cref="JobOptions.Retries"/>, when it threw. A null in place of a task counts as the default
    /// result.
    /// </param>
    /// <inheritdoc cref="ApplyAsync{T, TResult}(Func{T, CancellationToken, ValueTask{TResult}}, T, JobOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task<TResult> ApplyAsync<T, TResult>(
        Func<T, Task<TResult>?> function, T argument, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Apply(CallFactory.MapAsync(function), argument, options, cancellationToken);

    /// <summary>Runs an asynchronous function of one argument once, on a worker.</summary>
    /// <param name="function">
    /// Awaited once, on a worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread while it waits. Runs again
    /// when the worker was lost or, with <see cref="JobOptions.Retries"/>, when it threw.
    /// </param>
    /// <inheritdoc cref="ApplyAsync{T, TResult}(Func{T, CancellationToken, ValueTask{TResult}}, T, JobOptions?, CancellationToken)"/>
    public Task<TResult> ApplyAsync<T, TResult>(
        Func<T, ValueTask<TResult>> function, T argument, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Apply(CallFactory.MapAsync(function), argument, options, cancellationToken);
}
