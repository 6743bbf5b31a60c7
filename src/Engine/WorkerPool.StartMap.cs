using ActorPool.Coordination;
using ActorPool.Jobs;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Starts a map and returns its handle, to await, watch or cancel.</summary>
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
    /// <param name="cancellationToken">Ends the job as <see cref="Job{TResult}.Cancel"/> does.</param>
    /// <returns>The running job. Its result is array r of length n, r[i] = function(inputs[i]); empty when n is 0.</returns>
    /// <exception cref="ArgumentException">
    /// An argument is null, an option is out of range, the inputs are the default of
    /// <see cref="System.Collections.Immutable.ImmutableArray{T}"/>, or the function returns a task; thrown at the call.
    /// </exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown at the call.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// In a pool over nodes: the function cannot run in another process; thrown at the call. The job fails with it when a node refuses the
    /// function.
    /// </exception>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: inputs, results or captured values cannot travel. Thrown at the call, or by the job if only the value of an
    /// input or a result shows it.
    /// </exception>
    /// <remarks>
    /// Awaiting the job, or its <see cref="Job{TResult}.Completion"/>, throws what <c>MapAsync</c> throws after the call: the
    /// <see cref="WorkItemException"/> of the lowest failing index seen, what enumerating <paramref name="inputs"/> threw, a
    /// <see cref="TimeoutException"/>, <see cref="PoolTerminatedException"/> or <see cref="NoWorkersException"/>, and an
    /// <see cref="OperationCanceledException"/> after <see cref="Job{TResult}.Cancel"/> or the cancellation of the token. Costs as much as
    /// <c>MapAsync</c>. As Python's <c>Pool.map_async</c>.
    /// </remarks>
    public Job<TOut[]> StartMap<TIn, TOut>(
        Func<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Start(JobFactory.Map(_pool, new ItemFunction<TIn, TOut>(function), inputs, options), cancellationToken);

    /// <summary>Starts a map with an asynchronous function and returns its handle.</summary>
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
    /// <param name="cancellationToken">Ends the job as <see cref="Job{TResult}.Cancel"/> does.</param>
    /// <returns>The running job. Its result is array r of length n, r[i] = await function(inputs[i], token); empty when n is 0.</returns>
    /// <exception cref="ArgumentException">
    /// An argument is null, an option is out of range, the inputs are the default of
    /// <see cref="System.Collections.Immutable.ImmutableArray{T}"/>, or the result is itself a task; thrown at the call.
    /// </exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown at the call.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// In a pool over nodes: the function cannot run in another process; thrown at the call. The job fails with it when a node refuses the
    /// function.
    /// </exception>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: inputs, results or captured values cannot travel. Thrown at the call, or by the job if only the value of an
    /// input or a result shows it.
    /// </exception>
    /// <remarks>
    /// Awaiting the job, or its <see cref="Job{TResult}.Completion"/>, throws what <c>MapAsync</c> throws after the call: the
    /// <see cref="WorkItemException"/> of the lowest failing index seen, what enumerating <paramref name="inputs"/> threw, a
    /// <see cref="TimeoutException"/>, <see cref="PoolTerminatedException"/> or <see cref="NoWorkersException"/>, and an
    /// <see cref="OperationCanceledException"/> after <see cref="Job{TResult}.Cancel"/> or the cancellation of the token. Costs as much as
    /// <c>MapAsync</c>. As Python's <c>Pool.map_async</c>.
    /// </remarks>
    public Job<TOut[]> StartMap<TIn, TOut>(
        Func<TIn, CancellationToken, ValueTask<TOut>> function, IEnumerable<TIn> inputs, JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Start(JobFactory.Map(_pool, new AsyncItemFunction<TIn, TOut>(function), inputs, options), cancellationToken);

    private Job<TResult> Start<TResult>((JobExecution Execution, Task<TResult> Completion) job, CancellationToken cancellationToken)
    {
        Submit(job.Execution, cancellationToken);
        return new Job<TResult>(job.Execution, job.Completion, _endJob, RetryFailedAsync);
    }
}
