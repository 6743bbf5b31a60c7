using ActorPool.Jobs;
using ActorPool.Serialization;
using ActorPool.Shipping;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Checks that a function can run on a cluster, without one.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">The function, as it would be given to <c>MapAsync</c>.</param>
    /// <param name="sample">An input.</param>
    /// <returns>
    /// The result as the caller of a cluster's pool would see it. Compare it with what you expect: fields that a type does not let travel
    /// are missing.
    /// </returns>
    /// <exception cref="ArgumentException">The function is null or returns a task.</exception>
    /// <exception cref="FunctionNotShippableException">The function, or something that it captures, cannot travel.</exception>
    /// <exception cref="PayloadException">The sample, the result or a captured value cannot travel.</exception>
    /// <remarks>
    /// For unit tests. The function, the sample and the result go through all that they would go through on their way to a node and back,
    /// except the shipping of assemblies. Runs in this process; what the function throws, this throws unchanged.
    /// </remarks>
    public static async Task<TOut> CheckAsync<TIn, TOut>(Func<TIn, TOut> function, TIn sample)
    {
        var call = new ItemFunction<TIn, TOut>(function);
        var (copy, input, results) = await RoundTripAsync<TIn, TOut, Func<TIn, TOut>>(call, function, sample).ConfigureAwait(false);
        return await RoundTripAsync(results, copy(input)).ConfigureAwait(false);
    }

    /// <summary>Checks that an asynchronous function can run on a cluster, without one.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">The function, as it would be given to <c>MapAsync</c>; its token is never cancelled.</param>
    /// <param name="sample">An input.</param>
    /// <returns>
    /// The result as the caller of a cluster's pool would see it. Compare it with what you expect: fields that a type does not let travel
    /// are missing.
    /// </returns>
    /// <exception cref="ArgumentException">The function is null, or its result is itself a task.</exception>
    /// <exception cref="FunctionNotShippableException">The function, or something that it captures, cannot travel.</exception>
    /// <exception cref="PayloadException">The sample, the result or a captured value cannot travel.</exception>
    /// <remarks>
    /// For unit tests. The function, the sample and the result go through all that they would go through on their way to a node and back,
    /// except the shipping of assemblies. Runs in this process; what the function throws, this throws unchanged.
    /// </remarks>
    public static async Task<TOut> CheckAsync<TIn, TOut>(Func<TIn, CancellationToken, ValueTask<TOut>> function, TIn sample)
    {
        var call = new AsyncItemFunction<TIn, TOut>(function);
        var (copy, input, results) = await RoundTripAsync<TIn, TOut, Func<TIn, CancellationToken, ValueTask<TOut>>>(call, function, sample)
            .ConfigureAwait(false);
        // As on a worker, the function's own awaits do not resume in the caller's context.
        var result = await Task.Run(() => copy(input, CancellationToken.None).AsTask()).ConfigureAwait(false);
        return await RoundTripAsync(results, result).ConfigureAwait(false);
    }

    private static async Task<(TFunction Function, TIn Input, PayloadCodec<TOut> Results)> RoundTripAsync<TIn, TOut, TFunction>(
        ChunkFunction<TIn, TOut> call, TFunction function, TIn sample)
        where TFunction : Delegate
    {
        var serializer = new PayloadSerializer(new PayloadLimits(), ModuleCatalog.Shared);
        var (inputs, results) = (serializer.GetCodec<TIn>(), serializer.GetCodec<TOut>());
        using var writer = new PayloadWriter();
        FunctionShipper.Describe(call.Describe().Types, [function], serializer).Write(writer);
        var reader = new MemoryPayloadReader(writer.ToArray());
        var manifest = await CodeManifest.ReadAsync(reader, CancellationToken.None).ConfigureAwait(false);
        var context = new CodeContext("check", new CodeContextOptions());
        try
        {
            var (_, functions) = await context.ResolveAsync(manifest, CancellationToken.None).ConfigureAwait(false);
            return ((TFunction)functions[0]!, await RoundTripAsync(inputs, sample).ConfigureAwait(false), results);
        }
        finally
        {
            context.Unload();
        }
    }

    private static async Task<T> RoundTripAsync<T>(PayloadCodec<T> codec, T value)
    {
        using var writer = new PayloadWriter();
        codec.Write(writer, new[] { value }, firstIndex: 0);
        var read = new T[1];
        await codec.ReadAsync(new MemoryPayloadReader(writer.ToArray()), read, CancellationToken.None).ConfigureAwait(false);
        return read[0];
    }
}
