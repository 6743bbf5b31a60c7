using ActorPool.Coordination;
using ActorPool.Functions;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Applies a function to every input in parallel; results keep the inputs' order. Python's <c>map</c>.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">Applied to each input, on a worker. Runs again for an item whose worker was lost or, with <see cref="JobOptions.Retries"/>, that threw.</param>
    /// <param name="inputs">
    /// n inputs. Arrays are read in place and must not change while the job runs; other collections are copied at the call; anything else is
    /// enumerated once, on a thread of the pool, a little ahead of the workers.
    /// </param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">Ends the job: chunks that were not dealt are dropped, running items see their token cancelled.</param>
    /// <returns>Array r of length n, r[i] = function(inputs[i]); empty when n is 0.</returns>
    /// <exception cref="ArgumentException">An argument is null or an option impossible, or the function returns a task; thrown at the call.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown at the call.</exception>
    /// <exception cref="WorkItemException">The function threw: the lowest failing index seen by then, with the function's exception inside. Chunks not yet dealt do not run.</exception>
    /// <exception cref="TimeoutException">The job took longer than <see cref="JobOptions.Timeout"/>.</exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated first.</exception>
    /// <exception cref="NoWorkersException">The workers could not start.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; it wins over the failures that it caused.</exception>
    /// <remarks>
    /// What enumerating <paramref name="inputs"/> throws, the job throws. Overhead is a few microseconds a call and less than one a chunk of some milliseconds;
    /// the workers write straight into the result array. As Python's <c>Pool.map</c>, but chunks are dealt on demand, and sized by measured time.
    /// </remarks>
    public Task<TOut[]> MapAsync<TIn, TOut>(Func<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Map(new ItemFunction<TIn, TOut>(function), inputs, options, cancellationToken);

    /// <summary>Applies an asynchronous function to every input; results keep the inputs' order.</summary>
    /// <inheritdoc cref="MapAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    /// <param name="function">
    /// Awaited for each input, one at a time on each worker; its token is <see cref="WorkContext.CancellationToken"/>. While it waits it holds no thread, so for I/O give
    /// the pool as many workers as there should be items under way.
    /// </param>
    public Task<TOut[]> MapAsync<TIn, TOut>(Func<TIn, CancellationToken, ValueTask<TOut>> function, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Map(new AsyncItemFunction<TIn, TOut>(function), inputs, options, cancellationToken);

    /// <summary>Applies a function to every input in parallel and writes the results into the caller's buffer.</summary>
    /// <inheritdoc cref="MapAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    /// <param name="function">Applied to each input, on a worker.</param>
    /// <param name="inputs">n inputs, read in place; they must not change while the job runs.</param>
    /// <param name="results">Room for n results or more; results[i] = function(inputs[i]) when the task has succeeded, undefined when it has not.</param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">Ends the job.</param>
    /// <returns>
    /// A task that completes when all results are written. When it fails or is cancelled, it first waits for the running items to come back,
    /// <c>actorpool.abandon-after</c> at most, so that nobody writes into a buffer that its owner uses again.
    /// </returns>
    /// <exception cref="ArgumentException">An argument is null, <paramref name="results"/> is too short, or an option is impossible; thrown at the call.</exception>
    /// <remarks>Saves the page faults of a fresh result array, which for 80 MB cost more than all of the scheduling.</remarks>
    public Task MapAsync<TIn, TOut>(Func<TIn, TOut> function, ReadOnlyMemory<TIn> inputs, Memory<TOut> results, JobOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (results.Length < inputs.Length)
            throw new ArgumentException($"The buffer has room for {results.Length} results, and there are {inputs.Length} inputs.", nameof(results));
        return Submit(JobFactory.MapInto(_pool, new ItemFunction<TIn, TOut>(function), inputs, results[..inputs.Length], options), cancellationToken).Completion;
    }

    /// <inheritdoc cref="MapAsync{TIn, TOut}(Func{TIn, TOut}, ReadOnlyMemory{TIn}, Memory{TOut}, JobOptions?, CancellationToken)"/>
    public Task MapAsync<TIn, TOut>(Func<TIn, TOut> function, TIn[] inputs, Memory<TOut> results, JobOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return MapAsync(function, new ReadOnlyMemory<TIn>(inputs), results, options, cancellationToken);
    }

    private Task<TOut[]> Map<TIn, TOut>(ChunkFunction<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options, CancellationToken cancellationToken)
        => Submit(JobFactory.Map(_pool, function, inputs, options), cancellationToken).Completion;
}
