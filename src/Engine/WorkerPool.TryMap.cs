using ActorPool.Coordination;
using ActorPool.Jobs;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Applies a function to every input and returns each item's value or error.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">
    /// Applied to each input, on a worker. Runs again for an item whose worker was lost or, with <see cref="JobOptions.Retries"/>, that
    /// threw.
    /// </param>
    /// <param name="inputs">
    /// n inputs. An array is read in place: items that have not started may see what the caller changes in it. A list, or another .NET
    /// collection, is copied at the call (a concurrent one in one step), without copies of the objects in it: later changes to the
    /// collection have no effect. Anything else is enumerated once, on a thread of the pool and in the caller's execution context, a little
    /// ahead of the workers.
    /// </param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">
    /// Ends the job: chunks that were not dispatched are dropped, running items see their token cancelled.
    /// </param>
    /// <returns>
    /// Array r of length n, r[i] the outcome of inputs[i]: its value, or the <see cref="WorkItemException"/> that says why it failed.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// An argument is null, an option is out of range, the inputs are the default of
    /// <see cref="System.Collections.Immutable.ImmutableArray{T}"/>, or the function returns a task; thrown at the call.
    /// </exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown at the call.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// In a pool over nodes: the function cannot run in another process (thrown at the call), or a node refuses it.
    /// </exception>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: inputs, results or captured values cannot travel. Thrown at the call, or by the job if only the value of an
    /// input or a result shows it.
    /// </exception>
    /// <exception cref="TimeoutException">
    /// The job took longer than <see cref="JobOptions.Timeout"/>, or made no progress for <c>actorpool.watchdog.fail-after</c>.
    /// </exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated before the job ended.</exception>
    /// <exception cref="NoWorkersException">The workers could not start, or all nodes were gone for too long.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled before the job ended.</exception>
    /// <remarks>
    /// No item's failure ends the job: the function's exceptions, items that ran out of <see cref="JobOptions.ItemTimeout"/>, and items
    /// that were given up because they lost their workers are all outcomes. A job that ends early returns no outcomes. What enumerating
    /// <paramref name="inputs"/> throws, the job throws. Costs as much as <c>MapAsync</c>, and one <see cref="ItemResult{T}"/> an item.
    /// Like <c>return_exceptions=True</c> of Python's <c>asyncio.gather</c>.
    /// </remarks>
    public Task<ItemResult<TOut>[]> TryMapAsync<TIn, TOut>(
        Func<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => TryMap(new ItemFunction<TIn, TOut>(function), inputs, options, cancellationToken);

    /// <summary>Applies an asynchronous function to every input and returns each item's value or error.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is <see cref="WorkContext.CancellationToken"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <param name="inputs">
    /// n inputs. An array is read in place: items that have not started may see what the caller changes in it. A list, or another .NET
    /// collection, is copied at the call (a concurrent one in one step), without copies of the objects in it: later changes to the
    /// collection have no effect. Anything else is enumerated once, on a thread of the pool and in the caller's execution context, a little
    /// ahead of the workers.
    /// </param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">
    /// Ends the job: chunks that were not dispatched are dropped, running items see their token cancelled.
    /// </param>
    /// <returns>
    /// Array r of length n, r[i] the outcome of inputs[i]: its value, or the <see cref="WorkItemException"/> that says why it failed.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// An argument is null, an option is out of range, the inputs are the default of
    /// <see cref="System.Collections.Immutable.ImmutableArray{T}"/>, or the result is itself a task; thrown at the call.
    /// </exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown at the call.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// In a pool over nodes: the function cannot run in another process (thrown at the call), or a node refuses it.
    /// </exception>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: inputs, results or captured values cannot travel. Thrown at the call, or by the job if only the value of an
    /// input or a result shows it.
    /// </exception>
    /// <exception cref="TimeoutException">
    /// The job took longer than <see cref="JobOptions.Timeout"/>, or made no progress for <c>actorpool.watchdog.fail-after</c>.
    /// </exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated before the job ended.</exception>
    /// <exception cref="NoWorkersException">The workers could not start, or all nodes were gone for too long.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled before the job ended.</exception>
    /// <remarks>
    /// No item's failure ends the job: the function's exceptions, items that ran out of <see cref="JobOptions.ItemTimeout"/>, and items
    /// that were given up because they lost their workers are all outcomes. A job that ends early returns no outcomes. What enumerating
    /// <paramref name="inputs"/> throws, the job throws. Costs as much as <c>MapAsync</c>, and one <see cref="ItemResult{T}"/> an item.
    /// Like <c>return_exceptions=True</c> of Python's <c>asyncio.gather</c>.
    /// </remarks>
    public Task<ItemResult<TOut>[]> TryMapAsync<TIn, TOut>(
        Func<TIn, CancellationToken, ValueTask<TOut>> function,
        IEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => TryMap(new AsyncItemFunction<TIn, TOut>(function), inputs, options, cancellationToken);

    private Task<ItemResult<TOut>[]> TryMap<TIn, TOut>(
        ChunkFunction<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options, CancellationToken cancellationToken)
        => Submit(JobFactory.TryMap(_pool, function, inputs, options), cancellationToken);
}
