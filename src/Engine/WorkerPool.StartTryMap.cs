using ActorPool.Coordination;
using ActorPool.Jobs;
using Akka.Actor;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Starts a map in which no failure ends the job, and returns its handle.</summary>
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
    /// <returns>
    /// The running job. Its result is array r of length n, r[i] the outcome of inputs[i]: its value, or the
    /// <see cref="WorkItemException"/> that says why it failed.
    /// </returns>
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
    /// While it runs, <see cref="Job{TResult}.RetryFailedAsync"/> runs failed items again. Awaiting the job, or its
    /// <see cref="Job{TResult}.Completion"/>, throws what <c>TryMapAsync</c> throws after the call, and an
    /// <see cref="OperationCanceledException"/> after <see cref="Job{TResult}.Cancel"/>. Costs as much as <c>TryMapAsync</c>.
    /// </remarks>
    public Job<ItemResult<TOut>[]> StartTryMap<TIn, TOut>(
        Func<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Start(JobFactory.TryMap(_pool, new ItemFunction<TIn, TOut>(function), inputs, options), cancellationToken);

    /// <summary>Starts a map with an asynchronous function in which no failure ends the job.</summary>
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
    /// <returns>
    /// The running job. Its result is array r of length n, r[i] the outcome of inputs[i]: its value, or the
    /// <see cref="WorkItemException"/> that says why it failed.
    /// </returns>
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
    /// While it runs, <see cref="Job{TResult}.RetryFailedAsync"/> runs failed items again. Awaiting the job, or its
    /// <see cref="Job{TResult}.Completion"/>, throws what <c>TryMapAsync</c> throws after the call, and an
    /// <see cref="OperationCanceledException"/> after <see cref="Job{TResult}.Cancel"/>. Costs as much as <c>TryMapAsync</c>.
    /// </remarks>
    public Job<ItemResult<TOut>[]> StartTryMap<TIn, TOut>(
        Func<TIn, CancellationToken, ValueTask<TOut>> function, IEnumerable<TIn> inputs, JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Start(JobFactory.TryMap(_pool, new AsyncItemFunction<TIn, TOut>(function), inputs, options), cancellationToken);

    /// <summary>Lets the coordinator run a job's failed items again.</summary>
    private async Task<RetriedItems> RetryFailedAsync(JobExecution execution, Task completion, CancellationToken cancellationToken)
    {
        if (!execution.HasEnded)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var answer = Coordinator.Ask<object>(
                new JobProtocol.RetryFailed(execution.Id, IsOperator: false), Timeout.InfiniteTimeSpan, stop.Token);
            // A pool that ends does not answer, but ends its jobs.
            await Task.WhenAny(answer, completion).ConfigureAwait(false);
            if (answer.IsCompleted && await answer.ConfigureAwait(false) is RetriedItems retried)
                return retried;
            await stop.CancelAsync().ConfigureAwait(false);
        }
        return RetryRules.RefuseEnded(execution.Describe([]));
    }
}
