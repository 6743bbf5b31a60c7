using ActorPool.Coordination;
using ActorPool.Functions;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Starts a map and returns its handle, to await, watch or cancel. Python's <c>map_async</c>.</summary>
    /// <inheritdoc cref="MapAsync{TIn, TOut}(Func{TIn, TOut}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    /// <returns>The running job; its result is array r of length n, r[i] = function(inputs[i]).</returns>
    public Job<TOut[]> StartMap<TIn, TOut>(Func<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options = null)
        => Submit(JobFactory.Map(_pool, new ItemFunction<TIn, TOut>(function), inputs, options), CancellationToken.None);

    /// <summary>Starts a map with an asynchronous function and returns its handle, to await, watch or cancel.</summary>
    /// <inheritdoc cref="MapAsync{TIn, TOut}(Func{TIn, CancellationToken, ValueTask{TOut}}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    /// <returns>The running job; its result is array r of length n, r[i] = function(inputs[i]).</returns>
    public Job<TOut[]> StartMap<TIn, TOut>(Func<TIn, CancellationToken, ValueTask<TOut>> function, IEnumerable<TIn> inputs, JobOptions? options = null)
        => Submit(JobFactory.Map(_pool, new AsyncItemFunction<TIn, TOut>(function), inputs, options), CancellationToken.None);
}
