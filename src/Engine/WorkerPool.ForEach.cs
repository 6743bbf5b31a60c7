using ActorPool.Coordination;
using ActorPool.Functions;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Runs an action for every input in parallel; nothing is kept for an item that succeeded.</summary>
    /// <inheritdoc cref="MapAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    /// <param name="action">Runs for each input, on a worker.</param>
    /// <param name="inputs">Inputs, read as by Map; they may be more than memory holds.</param>
    /// <param name="options">How the job runs; null for defaults.</param>
    /// <param name="cancellationToken">Ends the job.</param>
    /// <returns>A task that completes when every item is done.</returns>
    public Task ForEachAsync<TIn>(Action<TIn> action, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Submit(JobFactory.ForEach(_pool, new ItemAction<TIn>(action), inputs, options), cancellationToken).Completion;

    /// <summary>Runs an asynchronous action for every input; nothing is kept for an item that succeeded.</summary>
    /// <inheritdoc cref="ForEachAsync{TIn}(Action{TIn}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    /// <param name="action">Awaited for each input, one at a time on each worker; holds no thread while it waits.</param>
    public Task ForEachAsync<TIn>(Func<TIn, CancellationToken, ValueTask> action, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Submit(JobFactory.ForEach(_pool, new AsyncItemAction<TIn>(action), inputs, options), cancellationToken).Completion;
}
