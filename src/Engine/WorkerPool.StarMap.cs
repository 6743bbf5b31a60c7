using ActorPool.Jobs;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Applies a function of two arguments to every pair; results keep the inputs' order.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">
    /// Applied to the two values of each tuple, in their order, on a worker. Runs again for an item whose worker was lost or, with
    /// <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <param name="inputs">
    /// n tuples of arguments. <c>xs.Zip(ys)</c> makes them from two sequences and ends with the shorter one. An array is read in place:
    /// tuples that have not started may see what the caller changes in it. A list, or another .NET collection, is copied at the call (a
    /// concurrent one in one step), without copies of the objects in it: later changes to the collection have no effect. Anything else is
    /// enumerated once, on a thread of the pool and in the caller's execution context, a little ahead of the workers.
    /// </param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">
    /// Ends the job: chunks that were not dispatched are dropped, running items see their token cancelled.
    /// </param>
    /// <returns>Array r of length n, r[i] = function(inputs[i].Item1, inputs[i].Item2); empty when n is 0.</returns>
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
    /// What enumerating <paramref name="inputs"/> throws, the job throws. As Python's <c>Pool.starmap</c>. Costs as much as
    /// <c>MapAsync</c>, and one more delegate call an item.
    /// </remarks>
    public Task<TOut[]> StarMapAsync<T1, T2, TOut>(
        Func<T1, T2, TOut> function,
        IEnumerable<(T1, T2)> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Map(CallFactory.Star(function), inputs, options, cancellationToken);

    /// <summary>Applies a function of three arguments to every triple; results keep the inputs' order.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">
    /// Applied to the three values of each tuple, in their order, on a worker. Runs again for an item whose worker was lost or, with
    /// <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <param name="inputs">
    /// n tuples of arguments. <c>xs.Zip(ys, zs)</c> makes them from three sequences and ends with the shortest one. An array is read in
    /// place: tuples that have not started may see what the caller changes in it. A list, or another .NET collection, is copied at the call
    /// (a concurrent one in one step), without copies of the objects in it: later changes to the collection have no effect. Anything else
    /// is enumerated once, on a thread of the pool and in the caller's execution context, a little ahead of the workers.
    /// </param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">
    /// Ends the job: chunks that were not dispatched are dropped, running items see their token cancelled.
    /// </param>
    /// <returns>Array r of length n, r[i] = function(inputs[i].Item1, inputs[i].Item2, inputs[i].Item3); empty when n is 0.</returns>
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
    /// What enumerating <paramref name="inputs"/> throws, the job throws. As Python's <c>Pool.starmap</c>. Costs as much as
    /// <c>MapAsync</c>, and one more delegate call an item.
    /// </remarks>
    public Task<TOut[]> StarMapAsync<T1, T2, T3, TOut>(
        Func<T1, T2, T3, TOut> function,
        IEnumerable<(T1, T2, T3)> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Map(CallFactory.Star(function), inputs, options, cancellationToken);

    /// <summary>Applies a function of four arguments to every quadruple; results keep the inputs' order.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="T4">Type of the fourth argument.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">
    /// Applied to the four values of each tuple, in their order, on a worker. Runs again for an item whose worker was lost or, with
    /// <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <param name="inputs">
    /// n tuples of arguments. An array is read in place: tuples that have not started may see what the caller changes in it. A list, or
    /// another .NET collection, is copied at the call (a concurrent one in one step), without copies of the objects in it: later changes to
    /// the collection have no effect. Anything else is enumerated once, on a thread of the pool and in the caller's execution context, a
    /// little ahead of the workers.
    /// </param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">
    /// Ends the job: chunks that were not dispatched are dropped, running items see their token cancelled.
    /// </param>
    /// <returns>
    /// Array r of length n, r[i] = function(inputs[i].Item1, inputs[i].Item2, inputs[i].Item3, inputs[i].Item4); empty when n is 0.
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
    /// What enumerating <paramref name="inputs"/> throws, the job throws. As Python's <c>Pool.starmap</c>. Costs as much as
    /// <c>MapAsync</c>, and one more delegate call an item.
    /// </remarks>
    public Task<TOut[]> StarMapAsync<T1, T2, T3, T4, TOut>(
        Func<T1, T2, T3, T4, TOut> function,
        IEnumerable<(T1, T2, T3, T4)> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Map(CallFactory.Star(function), inputs, options, cancellationToken);
}
