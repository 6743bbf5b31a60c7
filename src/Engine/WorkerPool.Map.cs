using ActorPool.Coordination;
using ActorPool.Jobs;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Applies a function to every input in parallel; results keep the inputs' order.</summary>
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
    /// <returns>Array r of length n, r[i] = function(inputs[i]); empty when n is 0.</returns>
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
    /// <exception cref="WorkItemException">
    /// The function threw: the lowest failing index seen by then, with the function's exception inside. Chunks that were not dispatched do
    /// not run.
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
    /// What enumerating <paramref name="inputs"/> throws, the job throws. In one process, a call costs a few microseconds, and each chunk
    /// of some milliseconds adds less than one. Workers write straight into the result array if the number of inputs is known. As Python's
    /// <c>Pool.map</c>, but chunks are dispatched on demand, and sized by measured time.
    /// </remarks>
    public Task<TOut[]> MapAsync<TIn, TOut>(
        Func<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Map(new ItemFunction<TIn, TOut>(function), inputs, options, cancellationToken);

    /// <summary>Applies an asynchronous function to every input; results keep the inputs' order.</summary>
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
    /// <returns>Array r of length n, r[i] = await function(inputs[i], token); empty when n is 0.</returns>
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
    /// <exception cref="WorkItemException">
    /// The function threw: the lowest failing index seen by then, with the function's exception inside. Chunks that were not dispatched do
    /// not run.
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
    /// What enumerating <paramref name="inputs"/> throws, the job throws. Each item that waits occupies a worker, and no thread. A function
    /// that does not return after its token was cancelled does not hold up the job: its worker is replaced after
    /// <c>actorpool.abandon-after</c>.
    /// </remarks>
    public Task<TOut[]> MapAsync<TIn, TOut>(
        Func<TIn, CancellationToken, ValueTask<TOut>> function,
        IEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Map(new AsyncItemFunction<TIn, TOut>(function), inputs, options, cancellationToken);

    /// <summary>Applies a function to every input in parallel; writes results into the caller's buffer.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">
    /// Applied to each input, on a worker. Runs again for an item whose worker was lost or, with <see cref="JobOptions.Retries"/>, that
    /// threw.
    /// </param>
    /// <param name="inputs">n inputs, read in place: items that have not started may see what the caller changes in them.</param>
    /// <param name="results">
    /// Room for n results or more; results[i] = function(inputs[i]) when the task has succeeded, undefined when it has not.
    /// </param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">
    /// Ends the job: chunks that were not dispatched are dropped, running items see their token cancelled.
    /// </param>
    /// <returns>
    /// A task that completes when all results are written. When the job fails or is cancelled, the task first waits for the running items
    /// to return, <c>actorpool.abandon-after</c> at most, so that no worker writes into a buffer that its owner uses again.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// An argument is null, <paramref name="results"/> is shorter than <paramref name="inputs"/>, an option is out of range, or the
    /// function returns a task; thrown at the call.
    /// </exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown at the call.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// In a pool over nodes: the function cannot run in another process (thrown at the call), or a node refuses it.
    /// </exception>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: inputs, results or captured values cannot travel. Thrown at the call, or by the job if only the value of an
    /// input or a result shows it.
    /// </exception>
    /// <exception cref="WorkItemException">
    /// The function threw: the lowest failing index seen by then, with the function's exception inside. Chunks that were not dispatched do
    /// not run.
    /// </exception>
    /// <exception cref="TimeoutException">
    /// The job took longer than <see cref="JobOptions.Timeout"/>, or made no progress for <c>actorpool.watchdog.fail-after</c>.
    /// </exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated before the job ended.</exception>
    /// <exception cref="NoWorkersException">The workers could not start, or all nodes were gone for too long.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled before the job ended; this wins over failures that the cancellation caused.
    /// </exception>
    /// <remarks>Saves the page faults of a fresh result array, which for 80 MB cost more than all of the scheduling.</remarks>
    public Task MapAsync<TIn, TOut>(
        Func<TIn, TOut> function,
        ReadOnlyMemory<TIn> inputs,
        Memory<TOut> results,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        if (results.Length < inputs.Length)
        {
            throw new ArgumentException(
                $"The buffer has room for [{results.Length}] results, but there are [{inputs.Length}] inputs. " +
                "Pass one that is at least as long as the inputs.",
                nameof(results));
        }
        var call = new ItemFunction<TIn, TOut>(function);
        return Submit(JobFactory.MapInto(_pool, call, inputs, results[..inputs.Length], options), cancellationToken);
    }

    /// <inheritdoc cref="MapAsync{TIn, TOut}(Func{TIn, TOut}, ReadOnlyMemory{TIn}, Memory{TOut}, JobOptions?, CancellationToken)"/>
    public Task MapAsync<TIn, TOut>(
        Func<TIn, TOut> function,
        TIn[] inputs,
        Memory<TOut> results,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return MapAsync(function, new ReadOnlyMemory<TIn>(inputs), results, options, cancellationToken);
    }

    internal Task<TOut[]> Map<TIn, TOut>(
        ChunkFunction<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options, CancellationToken cancellationToken)
        => Submit(JobFactory.Map(_pool, function, inputs, options), cancellationToken);
}
