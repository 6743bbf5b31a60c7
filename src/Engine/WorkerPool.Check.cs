using ActorPool.Jobs;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Checks that a function means the same on a cluster as here, without a cluster.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">The function, as it would be given to <c>MapAsync</c>.</param>
    /// <param name="sample">An input.</param>
    /// <param name="options">The pool for which the function is meant, and whether a second process is used; null for the defaults.</param>
    /// <param name="comparer">
    /// Compares the results. Null: they are the same if they are equal, or if the same bytes would be written of them.
    /// </param>
    /// <param name="cancellationToken">Cancels the function and the check.</param>
    /// <returns>The result as the caller of a cluster's pool would see it, what travelled, and warnings.</returns>
    /// <exception cref="ArgumentException">The function is null or returns a task, or two converters are for one type.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// The function, or something that it captures, cannot travel; or it has another result, or throws another exception, on copies than
    /// here: the message has both.
    /// </exception>
    /// <exception cref="PayloadException">The sample, the result or a captured value cannot travel.</exception>
    /// <exception cref="InvalidOperationException">The second process cannot be started.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <remarks>
    /// For unit tests. The function, the sample and the result go through all that they would go through on their way to a node and back;
    /// then the function runs on the copies, and on the originals, each once. What both runs throw, this throws unchanged. A function that
    /// draws random numbers, reads the clock or returns the name of its job needs a comparer. Costs two runs, and what two pools cost. The
    /// idea: a value that changes its meaning on the way shows itself only in what a function does with it.
    /// </remarks>
    public static Task<FunctionCheck<TOut>> CheckAsync<TIn, TOut>(
        Func<TIn, TOut> function,
        TIn sample,
        FunctionCheckOptions? options = null,
        IEqualityComparer<TOut>? comparer = null,
        CancellationToken cancellationToken = default)
        => Check(new ItemFunction<TIn, TOut>(function), sample, options, comparer, cancellationToken);

    /// <summary>Checks that an asynchronous function means the same on a cluster as here.</summary>
    /// <inheritdoc
    /// cref="CheckAsync{TIn, TOut}(Func{TIn, TOut}, TIn, FunctionCheckOptions?, IEqualityComparer{TOut}?, CancellationToken)"/>
    public static Task<FunctionCheck<TOut>> CheckAsync<TIn, TOut>(
        Func<TIn, CancellationToken, ValueTask<TOut>> function,
        TIn sample,
        FunctionCheckOptions? options = null,
        IEqualityComparer<TOut>? comparer = null,
        CancellationToken cancellationToken = default)
        => Check(new AsyncItemFunction<TIn, TOut>(function), sample, options, comparer, cancellationToken);

    private static Task<FunctionCheck<TOut>> Check<TIn, TOut>(
        ChunkFunction<TIn, TOut> call, TIn sample, FunctionCheckOptions? options, IEqualityComparer<TOut>? comparer,
        CancellationToken cancellationToken)
        => new FunctionChecker<TIn, TOut>(call, options ?? new FunctionCheckOptions(), comparer).CheckAsync(sample, cancellationToken);
}
