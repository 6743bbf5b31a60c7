using ActorPool.Coordination;
using ActorPool.Functions;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Applies a function to whole chunks: it gets a slice of the inputs and returns that slice's results.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">Gets a slice without copying and returns any number of results, usually one for each input. Null counts as no results.</param>
    /// <param name="inputs">n inputs, read in place; they must not change while the job runs.</param>
    /// <param name="options">How the job runs; null for defaults. Limits and retries apply to the call for one chunk.</param>
    /// <param name="cancellationToken">Ends the job.</param>
    /// <returns>The results of all slices, one after another in the inputs' order.</returns>
    /// <exception cref="ArgumentException">An argument is null or an option impossible; thrown at the call.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown at the call.</exception>
    /// <exception cref="WorkItemException">The function threw; the index is that of the slice's first input.</exception>
    /// <exception cref="TimeoutException">The job took longer than <see cref="JobOptions.Timeout"/>.</exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated first.</exception>
    /// <exception cref="NoWorkersException">The workers could not start.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    /// <remarks>For work that is cheaper in one go than item by item: vectorized code, a query for many keys, the rows of a table.</remarks>
    public Task<TOut[]> MapChunksAsync<TIn, TOut>(Func<ReadOnlyMemory<TIn>, TOut[]> function, ReadOnlyMemory<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Submit(JobFactory.MapChunks(_pool, new WholeChunkFunction<TIn, TOut>(function), inputs, options), cancellationToken).Completion;

    /// <inheritdoc cref="MapChunksAsync{TIn, TOut}(Func{ReadOnlyMemory{TIn}, TOut[]}, ReadOnlyMemory{TIn}, JobOptions?, CancellationToken)"/>
    public Task<TOut[]> MapChunksAsync<TIn, TOut>(Func<ReadOnlyMemory<TIn>, TOut[]> function, TIn[] inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return MapChunksAsync(function, new ReadOnlyMemory<TIn>(inputs), options, cancellationToken);
    }
}
