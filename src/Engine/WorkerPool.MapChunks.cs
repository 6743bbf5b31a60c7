using ActorPool.Coordination;
using ActorPool.Jobs;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Applies a function to slices of the inputs and joins the results.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">
    /// Gets a slice without copying and returns any number of results, usually one for each input; null counts as none. Runs again for a
    /// slice whose worker was lost or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <param name="inputs">n inputs, read in place: chunks that have not started may see what the caller changes in them.</param>
    /// <param name="options">
    /// How the job runs; null for defaults. <see cref="JobOptions.ChunkSize"/> is the length of a slice; limits and retries apply to the
    /// call for one slice.
    /// </param>
    /// <param name="cancellationToken">
    /// Ends the job: chunks that were not dispatched are dropped, running items see their token cancelled.
    /// </param>
    /// <returns>The results of all slices, one after another in the inputs' order; empty when n is 0.</returns>
    /// <exception cref="ArgumentException">An argument is null or an option is out of range; thrown at the call.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown at the call.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// In a pool over nodes: the function cannot run in another process (thrown at the call), or a node refuses it.
    /// </exception>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: inputs, results or captured values cannot travel. Thrown at the call, or by the job if only the value of an
    /// input or a result shows it.
    /// </exception>
    /// <exception cref="WorkItemException">
    /// The function threw: the lowest failing slice seen by then, with the index of its first input and the function's exception inside.
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
    /// For work that is cheaper in one go than item by item: vectorized code, a query for many keys, the rows of a table. The results are
    /// copied once, into the array that is returned. Spark's <c>mapPartitions</c>.
    /// </remarks>
    public Task<TOut[]> MapChunksAsync<TIn, TOut>(
        Func<ReadOnlyMemory<TIn>, TOut[]> function,
        ReadOnlyMemory<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
        => Submit(JobFactory.MapChunks(_pool, new WholeChunkFunction<TIn, TOut>(function), inputs, options), cancellationToken);

    /// <inheritdoc
    /// cref="MapChunksAsync{TIn, TOut}(Func{ReadOnlyMemory{TIn}, TOut[]}, ReadOnlyMemory{TIn}, JobOptions?, CancellationToken)"/>
    public Task<TOut[]> MapChunksAsync<TIn, TOut>(
        Func<ReadOnlyMemory<TIn>, TOut[]> function,
        TIn[] inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return MapChunksAsync(function, new ReadOnlyMemory<TIn>(inputs), options, cancellationToken);
    }
}
