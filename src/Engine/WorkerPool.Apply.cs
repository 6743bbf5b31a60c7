using ActorPool.Coordination;
using ActorPool.Functions;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Runs a function once, on a worker. Python's <c>apply_async</c>, the executors' <c>submit</c>.</summary>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">Ends the job; a running function sees it through <see cref="WorkContext.CancellationToken"/>.</param>
    /// <returns>The function's result.</returns>
    /// <exception cref="WorkItemException">The function threw; its exception is inside.</exception>
    /// <exception cref="TimeoutException">The job took longer than <see cref="JobOptions.Timeout"/>.</exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated first.</exception>
    /// <exception cref="NoWorkersException">The workers could not start.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown at the call.</exception>
    /// <remarks>Costs a few microseconds. For many small items, Map is cheaper: it sends chunks.</remarks>
    public Task<TResult> ApplyAsync<TResult>(Func<TResult> function, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Apply(CallFactory.Apply(function), default, options, cancellationToken);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, JobOptions?, CancellationToken)"/>
    /// <typeparam name="T">Type of the argument.</typeparam>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="argument">What the function gets.</param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">Ends the job.</param>
    public Task<TResult> ApplyAsync<T, TResult>(Func<T, TResult> function, T argument, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Apply(new ItemFunction<T, TResult>(function), argument, options, cancellationToken);

    /// <summary>Runs an asynchronous function once, on a worker; while it waits, it holds no thread.</summary>
    /// <inheritdoc cref="ApplyAsync{TResult}(Func{TResult}, JobOptions?, CancellationToken)"/>
    public Task<TResult> ApplyAsync<TResult>(Func<CancellationToken, ValueTask<TResult>> function, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Apply(CallFactory.ApplyAsync(function), default, options, cancellationToken);

    /// <inheritdoc cref="ApplyAsync{TResult}(Func{CancellationToken, ValueTask{TResult}}, JobOptions?, CancellationToken)"/>
    /// <typeparam name="T">Type of the argument.</typeparam>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="function">The function; its token is <see cref="WorkContext.CancellationToken"/>.</param>
    /// <param name="argument">What the function gets.</param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">Ends the job.</param>
    public Task<TResult> ApplyAsync<T, TResult>(Func<T, CancellationToken, ValueTask<TResult>> function, T argument, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Apply(new AsyncItemFunction<T, TResult>(function), argument, options, cancellationToken);

    private Task<TResult> Apply<T, TResult>(ChunkFunction<T, TResult> function, T argument, JobOptions? options, CancellationToken cancellationToken)
        => Submit(JobFactory.Apply(_pool, function, argument, options), cancellationToken).Completion;
}
