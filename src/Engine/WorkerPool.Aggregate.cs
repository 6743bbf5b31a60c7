using ActorPool.Coordination;
using ActorPool.Jobs;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Folds all inputs into one value on the workers, in the inputs' order.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TAcc">Type of the accumulated value.</typeparam>
    /// <param name="seed">Returns the starting value of a chunk, a new one each time; it must be neutral: merge(seed(), x) = x.</param>
    /// <param name="fold">Adds one input to the value of its chunk; may change and return the same object.</param>
    /// <param name="merge">
    /// Joins the value of earlier inputs with that of the inputs after them; must be associative, need not be commutative. Runs in this
    /// process, on a thread of the pool and in the caller's execution context, one call at a time.
    /// </param>
    /// <param name="inputs">
    /// Inputs in any number, more than memory holds included. An array is read in place: items that have not started may see what the
    /// caller changes in it. A list, or another .NET collection, is copied at the call (a concurrent one in one step), without copies of
    /// the objects in it: later changes to the collection have no effect. Anything else is enumerated once, on a thread of the pool and in
    /// the caller's execution context, at most <see cref="JobOptions.Window"/> ahead of the merged items.
    /// </param>
    /// <param name="options">
    /// How the job runs; null for defaults. A retry runs the whole chunk again, and the limits are those of a chunk.
    /// </param>
    /// <param name="cancellationToken">
    /// Ends the job: chunks that were not dispatched are dropped, running items see their token cancelled.
    /// </param>
    /// <returns>The merged value; seed() when there are no inputs.</returns>
    /// <exception cref="ArgumentException">
    /// An argument is null, an option is out of range, or the inputs are the default of
    /// <see cref="System.Collections.Immutable.ImmutableArray{T}"/>; thrown at the call.
    /// </exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown at the call.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// In a pool over nodes: seed or fold cannot run in another process (thrown at the call), or a node refuses them.
    /// </exception>
    /// <exception cref="PayloadException">
    /// In a pool over nodes: inputs, accumulated or captured values cannot travel. Thrown at the call, or by the job if only the value of
    /// an input or an accumulated value shows it.
    /// </exception>
    /// <exception cref="WorkItemException">
    /// <paramref name="fold"/> threw for the item of that index, or <paramref name="seed"/> for the chunk that starts there. With
    /// <see cref="JobOptions.ItemTimeout"/> it is always the chunk's first index.
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
    /// Each chunk is folded on a worker, and the chunks' values are merged while the job runs. What <paramref name="merge"/> and
    /// enumerating <paramref name="inputs"/> throw, the job throws. Nothing of the size of the inputs is kept: values wait for their merge
    /// within <see cref="JobOptions.Window"/>. As PLINQ's <c>Aggregate</c> with a seed factory, but merged in the inputs' order.
    /// </remarks>
    public Task<TAcc> AggregateAsync<TIn, TAcc>(
        Func<TAcc> seed,
        Func<TAcc, TIn, TAcc> fold,
        Func<TAcc, TAcc, TAcc> merge,
        IEnumerable<TIn> inputs,
        JobOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(merge);
        var function = new FoldFunction<TIn, TAcc>(seed, fold);
        return Submit(JobFactory.Aggregate(_pool, function, merge, inputs, options), cancellationToken);
    }
}
