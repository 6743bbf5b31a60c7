using ActorPool.Coordination;
using ActorPool.Jobs;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Runs an action for every input in parallel; there are no results.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <param name="action">
    /// Runs for each input, on a worker. Runs again for an item whose worker was lost or, with <see cref="JobOptions.Retries"/>, that
    /// threw.
    /// </param>
    /// <param name="inputs">
    /// Inputs in any number, more than memory holds included. An array is read in place: items that have not started may see what the
    /// caller changes in it. A list, or another .NET collection, is copied at the call (a concurrent one in one step), without copies of
    /// the objects in it: later changes to the collection have no effect. Anything else is enumerated once, on a thread of the pool and in
    /// the caller's execution context, at most <see cref="JobOptions.Window"/> ahead of the finished items.
    /// </param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">
    /// Ends the job: chunks that were not dispatched are dropped, running items see their token cancelled.
    /// </param>
    /// <returns>A task that completes when the action has returned for every input.</returns>
    /// <exception cref="ArgumentException">
    /// An argument is null, an option is out of range, the inputs are the default of
    /// <see cref="System.Collections.Immutable.ImmutableArray{T}"/>, or the action is an async method that returns nothing; thrown at the
    /// call.
    /// </exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown at the call.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// In a pool over nodes: the action cannot run in another process (thrown at the call), or a node refuses it.
    /// </exception>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: inputs or captured values cannot travel. Thrown at the call, or by the job if only the value of an input shows
    /// it.
    /// </exception>
    /// <exception cref="WorkItemException">
    /// The action threw: the lowest failing index seen by then, with the action's exception inside. Chunks that were not dispatched do not
    /// run.
    /// </exception>
    /// <exception cref="TimeoutException">
    /// The job took longer than <see cref="JobOptions.Timeout"/>, or made no progress for <c>actorpool.watchdog.fail-after</c>.
    /// </exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated before the job ended.</exception>
    /// <exception cref="NoWorkersException">The workers could not start, or all nodes were gone for too long.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled before the job ended; this wins over failures that the cancellation caused.
    /// </exception>
    /// <remarks>
    /// What enumerating <paramref name="inputs"/> throws, the job throws. Actions run in any order. As <c>MapAsync</c> without the array of
    /// results: nothing is kept for an item that succeeded. Python's Pool has no such call.
    /// </remarks>
    public Task ForEachAsync<TIn>(
        Action<TIn> action, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Submit(JobFactory.ForEach(_pool, new ItemAction<TIn>(action), inputs, options), cancellationToken);

    /// <summary>Runs an asynchronous action for every input; there are no results.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <param name="action">
    /// Awaited for each input, one at a time on each worker; its token is <see cref="WorkContext.CancellationToken"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <param name="inputs">
    /// Inputs in any number, more than memory holds included. An array is read in place: items that have not started may see what the
    /// caller changes in it. A list, or another .NET collection, is copied at the call (a concurrent one in one step), without copies of
    /// the objects in it: later changes to the collection have no effect. Anything else is enumerated once, on a thread of the pool and in
    /// the caller's execution context, at most <see cref="JobOptions.Window"/> ahead of the finished items.
    /// </param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">
    /// Ends the job: chunks that were not dispatched are dropped, running items see their token cancelled.
    /// </param>
    /// <returns>A task that completes when the action has completed for every input.</returns>
    /// <exception cref="ArgumentException">
    /// An argument is null, an option is out of range, or the inputs are the default of
    /// <see cref="System.Collections.Immutable.ImmutableArray{T}"/>; thrown at the call.
    /// </exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown at the call.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// In a pool over nodes: the action cannot run in another process (thrown at the call), or a node refuses it.
    /// </exception>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: inputs or captured values cannot travel. Thrown at the call, or by the job if only the value of an input shows
    /// it.
    /// </exception>
    /// <exception cref="WorkItemException">
    /// The action threw: the lowest failing index seen by then, with the action's exception inside. Chunks that were not dispatched do not
    /// run.
    /// </exception>
    /// <exception cref="TimeoutException">
    /// The job took longer than <see cref="JobOptions.Timeout"/>, or made no progress for <c>actorpool.watchdog.fail-after</c>.
    /// </exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated before the job ended.</exception>
    /// <exception cref="NoWorkersException">The workers could not start, or all nodes were gone for too long.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled before the job ended; this wins over failures that the cancellation caused.
    /// </exception>
    /// <remarks>
    /// What enumerating <paramref name="inputs"/> throws, the job throws. Actions run in any order. Nothing is kept for an item that
    /// succeeded. Like .NET's <c>Parallel.ForEachAsync</c>, with one item at a time on each worker of the pool.
    /// </remarks>
    public Task ForEachAsync<TIn>(
        Func<TIn, CancellationToken, ValueTask> action,
        IEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Submit(JobFactory.ForEach(_pool, new AsyncItemAction<TIn>(action), inputs, options), cancellationToken);
}
