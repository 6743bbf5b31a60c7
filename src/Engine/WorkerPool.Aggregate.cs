using ActorPool.Coordination;
using ActorPool.Functions;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Folds all inputs into one value: each chunk on a worker, the chunks' values merged in the inputs' order.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TAcc">Type of the accumulated value.</typeparam>
    /// <param name="seed">Makes the starting value of each chunk, a new one each time; it must be neutral: merge(seed(), x) = x.</param>
    /// <param name="fold">Adds one input to the value of its chunk; may change and return the same object.</param>
    /// <param name="merge">Joins the value of the inputs before with that of the inputs after; must be associative, need not be commutative. Runs on a thread of the pool, one call at a time.</param>
    /// <param name="inputs">Inputs, read as by Map; they may be more than memory holds.</param>
    /// <param name="options">How the job runs; null for defaults. After an exception a retry runs the whole chunk again.</param>
    /// <param name="cancellationToken">Ends the job.</param>
    /// <returns>The merged value; seed() when there are no inputs.</returns>
    /// <exception cref="ArgumentException">An argument is null or an option impossible; thrown at the call.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed or disposed; thrown at the call.</exception>
    /// <exception cref="WorkItemException"><paramref name="fold"/> or <paramref name="seed"/> threw for that item.</exception>
    /// <exception cref="TimeoutException">The job took longer than <see cref="JobOptions.Timeout"/>.</exception>
    /// <exception cref="PoolTerminatedException">The pool was terminated first.</exception>
    /// <exception cref="NoWorkersException">The workers could not start.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    /// <remarks>What <paramref name="merge"/> throws, the job throws. Nothing of the size of the inputs is kept: values wait for their merge within <see cref="JobOptions.Window"/>.</remarks>
    public Task<TAcc> AggregateAsync<TIn, TAcc>(Func<TAcc> seed, Func<TAcc, TIn, TAcc> fold, Func<TAcc, TAcc, TAcc> merge, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(merge);
        return Submit(JobFactory.Aggregate(_pool, new FoldFunction<TIn, TAcc>(seed, fold), merge, inputs, options), cancellationToken).Completion;
    }
}
