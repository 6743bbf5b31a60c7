using System.Runtime.CompilerServices;
using ActorPool.Jobs;

namespace ActorPool;

// Functions that return a task and take no token. The priority is explained in WorkerPool.MapTask.cs.
public sealed partial class WorkerPool
{
    /// <summary>Checks that an asynchronous function can run on a cluster, without one.</summary>
    /// <param name="function">
    /// The function, as it would be given to <c>MapAsync</c>. Here <see cref="WorkContext.Current"/> is <see langword="null"/>.
    /// </param>
    /// <inheritdoc cref="CheckAsync{TIn, TOut}(Func{TIn, CancellationToken, ValueTask{TOut}}, TIn)"/>
    [OverloadResolutionPriority(1)]
    public static async Task<TOut> CheckAsync<TIn, TOut>(Func<TIn, Task<TOut>?> function, TIn sample)
    {
        var call = CallFactory.MapAsync(function);
        var (copy, input, results) = await RoundTripAsync<TIn, TOut, Func<TIn, Task<TOut>?>>(call, function, sample).ConfigureAwait(false);
        // As on a worker, the function's own awaits do not resume in the caller's context.
        var result = await Task.Run(() => copy(input) ?? Task.FromResult<TOut>(default!)).ConfigureAwait(false);
        return await RoundTripAsync(results, result).ConfigureAwait(false);
    }

    /// <summary>Checks that an asynchronous function can run on a cluster, without one.</summary>
    /// <param name="function">
    /// The function, as it would be given to <c>MapAsync</c>. Here <see cref="WorkContext.Current"/> is <see langword="null"/>.
    /// </param>
    /// <inheritdoc cref="CheckAsync{TIn, TOut}(Func{TIn, CancellationToken, ValueTask{TOut}}, TIn)"/>
    public static async Task<TOut> CheckAsync<TIn, TOut>(Func<TIn, ValueTask<TOut>> function, TIn sample)
    {
        var call = CallFactory.MapAsync(function);
        var (copy, input, results) = await RoundTripAsync<TIn, TOut, Func<TIn, ValueTask<TOut>>>(call, function, sample)
            .ConfigureAwait(false);
        // As on a worker, the function's own awaits do not resume in the caller's context.
        var result = await Task.Run(() => copy(input).AsTask()).ConfigureAwait(false);
        return await RoundTripAsync(results, result).ConfigureAwait(false);
    }
}
