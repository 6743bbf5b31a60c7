using ActorPool.Coordination;
using ActorPool.Functions;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Applies a function to every input and returns each item's value or error; no item's failure ends the job.</summary>
    /// <inheritdoc cref="MapAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    /// <returns>Array r of length n, r[i] the outcome of inputs[i].</returns>
    public Task<ItemResult<TOut>[]> TryMapAsync<TIn, TOut>(Func<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => TryMap(new ItemFunction<TIn, TOut>(function), inputs, options, cancellationToken);

    /// <summary>Applies an asynchronous function to every input and returns each item's value or error; no item's failure ends the job.</summary>
    /// <inheritdoc cref="MapAsync{TIn, TOut}(Func{TIn, CancellationToken, ValueTask{TOut}}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    /// <returns>Array r of length n, r[i] the outcome of inputs[i].</returns>
    public Task<ItemResult<TOut>[]> TryMapAsync<TIn, TOut>(Func<TIn, CancellationToken, ValueTask<TOut>> function, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => TryMap(new AsyncItemFunction<TIn, TOut>(function), inputs, options, cancellationToken);

    private Task<ItemResult<TOut>[]> TryMap<TIn, TOut>(ChunkFunction<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options, CancellationToken cancellationToken)
        => Submit(JobFactory.TryMap(_pool, function, inputs, options), cancellationToken).Completion;
}
