using System.Runtime.CompilerServices;
using ActorPool.Coordination;
using ActorPool.Jobs;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Runs a function once, on a worker.</summary>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="function">
    /// Called once, on a worker. Runs again when the worker was lost or, with <see cref="JobOptions.Retries"/>, when it threw.
    /// </param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">
    /// Ends the job; a running function sees it through <see cref="WorkContext.CancellationToken"/>.
    /// </param>
    /// <returns>The function's result.</returns>
    /// <exception cref="ArgumentException">
    /// The function is null, an option is out of range, or the function returns a task; thrown at the call.
    /// </exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown at the call.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// In a pool over nodes: the function cannot run in another process (thrown at the call), or a node refuses it.
    /// </exception>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: the result or a captured value cannot travel. Thrown at the call, or by the job if only the value of the
    /// result shows it.
    /// </exception>
    /// <exception cref="WorkItemException">The function threw; its exception is inside, and the index is 0.</exception>
    /// <exception cref="TimeoutException">
    /// The job took longer than <see cref="JobOptions.Timeout"/>, or made no progress for <c>actorpool.watchdog.fail-after</c>.
    /// </exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated before the job ended.</exception>
    /// <exception cref="NoWorkersException">The workers could not start, or all nodes were gone for too long.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled before the job ended; this wins over failures that the cancellation caused.
    /// </exception>
    /// <remarks>
    /// Costs a few microseconds; over nodes, a round trip. For many small items Map is cheaper, since it sends chunks. Python's
    /// <c>apply_async</c>, the executors' <c>submit</c>.
    /// </remarks>
    public Task<TResult> ApplyAsync<TResult>(
        Func<TResult> function, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Apply(new ApplyFunction<TResult>(function), default, options, cancellationToken);

    /// <summary>Runs a function of one argument once, on a worker.</summary>
    /// <typeparam name="T">Type of the argument.</typeparam>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="function">
    /// Called once, on a worker. Runs again when the worker was lost or, with <see cref="JobOptions.Retries"/>, when it threw.
    /// </param>
    /// <param name="argument">What the function gets.</param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">
    /// Ends the job; a running function sees it through <see cref="WorkContext.CancellationToken"/>.
    /// </param>
    /// <returns>The function's result.</returns>
    /// <exception cref="ArgumentException">
    /// The function is null, an option is out of range, or the function returns a task; thrown at the call.
    /// </exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown at the call.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// In a pool over nodes: the function cannot run in another process (thrown at the call), or a node refuses it.
    /// </exception>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: the argument, the result or a captured value cannot travel. Thrown at the call, or by the job if only the
    /// value of the argument or the result shows it.
    /// </exception>
    /// <exception cref="WorkItemException">The function threw; its exception is inside, and the index is 0.</exception>
    /// <exception cref="TimeoutException">
    /// The job took longer than <see cref="JobOptions.Timeout"/>, or made no progress for <c>actorpool.watchdog.fail-after</c>.
    /// </exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated before the job ended.</exception>
    /// <exception cref="NoWorkersException">The workers could not start, or all nodes were gone for too long.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled before the job ended; this wins over failures that the cancellation caused.
    /// </exception>
    /// <remarks>
    /// Costs a few microseconds; over nodes, a round trip. For many small items Map is cheaper, since it sends chunks. Python's
    /// <c>apply_async</c>, the executors' <c>submit</c>.
    /// </remarks>
    public Task<TResult> ApplyAsync<T, TResult>(
        Func<T, TResult> function, T argument, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Apply(new ItemFunction<T, TResult>(function), argument, options, cancellationToken);

    /// <summary>Runs an asynchronous function once, on a worker.</summary>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="function">
    /// Awaited once, on a worker; its token is <see cref="WorkContext.CancellationToken"/>. It holds no thread while it waits. Runs again
    /// when the worker was lost or, with <see cref="JobOptions.Retries"/>, when it threw.
    /// </param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">Ends the job; a running function sees its token cancelled.</param>
    /// <returns>The function's result.</returns>
    /// <exception cref="ArgumentException">
    /// The function is null, an option is out of range, or the result is itself a task; thrown at the call.
    /// </exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown at the call.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// In a pool over nodes: the function cannot run in another process (thrown at the call), or a node refuses it.
    /// </exception>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: the result or a captured value cannot travel. Thrown at the call, or by the job if only the value of the
    /// result shows it.
    /// </exception>
    /// <exception cref="WorkItemException">The function threw; its exception is inside, and the index is 0.</exception>
    /// <exception cref="TimeoutException">
    /// The job took longer than <see cref="JobOptions.Timeout"/>, or made no progress for <c>actorpool.watchdog.fail-after</c>.
    /// </exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated before the job ended.</exception>
    /// <exception cref="NoWorkersException">The workers could not start, or all nodes were gone for too long.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled before the job ended; this wins over failures that the cancellation caused.
    /// </exception>
    /// <remarks>
    /// Costs a few microseconds; over nodes, a round trip. For many small items Map is cheaper, since it sends chunks. Python's
    /// <c>apply_async</c>, the executors' <c>submit</c>.
    /// </remarks>
    // Above the overload for a function of one argument that returns a task: in ApplyAsync(async _ => …, options), the options are not
    // that argument.
    [OverloadResolutionPriority(2)]
    public Task<TResult> ApplyAsync<TResult>(
        Func<CancellationToken, ValueTask<TResult>> function, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Apply(CallFactory.ApplyAsync(function), default, options, cancellationToken);

    /// <summary>Runs an asynchronous function of one argument once, on a worker.</summary>
    /// <typeparam name="T">Type of the argument.</typeparam>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="function">
    /// Awaited once, on a worker; its token is <see cref="WorkContext.CancellationToken"/>. It holds no thread while it waits. Runs again
    /// when the worker was lost or, with <see cref="JobOptions.Retries"/>, when it threw.
    /// </param>
    /// <param name="argument">What the function gets.</param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">Ends the job; a running function sees its token cancelled.</param>
    /// <returns>The function's result.</returns>
    /// <exception cref="ArgumentException">
    /// The function is null, an option is out of range, or the result is itself a task; thrown at the call.
    /// </exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown at the call.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// In a pool over nodes: the function cannot run in another process (thrown at the call), or a node refuses it.
    /// </exception>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: the argument, the result or a captured value cannot travel. Thrown at the call, or by the job if only the
    /// value of the argument or the result shows it.
    /// </exception>
    /// <exception cref="WorkItemException">The function threw; its exception is inside, and the index is 0.</exception>
    /// <exception cref="TimeoutException">
    /// The job took longer than <see cref="JobOptions.Timeout"/>, or made no progress for <c>actorpool.watchdog.fail-after</c>.
    /// </exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated before the job ended.</exception>
    /// <exception cref="NoWorkersException">The workers could not start, or all nodes were gone for too long.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled before the job ended; this wins over failures that the cancellation caused.
    /// </exception>
    /// <remarks>
    /// Costs a few microseconds; over nodes, a round trip. For many small items Map is cheaper, since it sends chunks. Python's
    /// <c>apply_async</c>, the executors' <c>submit</c>.
    /// </remarks>
    public Task<TResult> ApplyAsync<T, TResult>(
        Func<T, CancellationToken, ValueTask<TResult>> function,
        T argument,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Apply(new AsyncItemFunction<T, TResult>(function), argument, options, cancellationToken);

    private Task<TResult> Apply<T, TResult>(
        ChunkFunction<T, TResult> function, T argument, JobOptions? options, CancellationToken cancellationToken)
        => Submit(JobFactory.Apply(_pool, function, argument, options), cancellationToken);
}
