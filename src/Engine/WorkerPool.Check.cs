using ActorPool.Functions;
using ActorPool.Serialization;
using ActorPool.Shipping;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Says whether a function is fit for a cluster, without one: takes the function, a sample and its result through all that they would go through on their way to a node and back.</summary>
    /// <typeparam name="TIn">Type of the inputs.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    /// <param name="function">The function, as it would be given to <c>MapAsync</c>.</param>
    /// <param name="sample">An input.</param>
    /// <returns>The result as the caller of a cluster's pool would see it: compare it with what you expect, since what a type does not let travel is not in it.</returns>
    /// <exception cref="FunctionNotShippableException">The function, or something that it captures, cannot travel.</exception>
    /// <exception cref="PayloadException">The sample, the result or a captured value cannot travel.</exception>
    /// <remarks>For unit tests. What the function throws, this throws as it is. Runs in this process; only the shipping of assemblies is left out.</remarks>
    public static async Task<TOut> CheckAsync<TIn, TOut>(Func<TIn, TOut> function, TIn sample)
    {
        var (travelled, input, results) = await TravelAsync<TIn, TOut, Func<TIn, TOut>>(new ItemFunction<TIn, TOut>(function), function, sample);
        return await ThereAndBackAsync(results, travelled(input));
    }

    /// <inheritdoc cref="CheckAsync{TIn, TOut}(Func{TIn, TOut}, TIn)"/>
    public static async Task<TOut> CheckAsync<TIn, TOut>(Func<TIn, CancellationToken, ValueTask<TOut>> function, TIn sample)
    {
        var (travelled, input, results) = await TravelAsync<TIn, TOut, Func<TIn, CancellationToken, ValueTask<TOut>>>(new AsyncItemFunction<TIn, TOut>(function), function, sample);
        return await ThereAndBackAsync(results, await travelled(input, CancellationToken.None));
    }

    private static async Task<(TFunction Function, TIn Input, PayloadCodec<TOut> Results)> TravelAsync<TIn, TOut, TFunction>(ChunkFunction<TIn, TOut> call, TFunction function, TIn sample)
        where TFunction : Delegate
    {
        var serializer = new PayloadSerializer(new PayloadLimits());
        var (inputs, results) = (serializer.CodecFor<TIn>(), serializer.CodecFor<TOut>());
        using var writer = new PayloadWriter();
        FunctionShipper.Describe(call.Describe().Types, [function], serializer).Write(writer);
        var manifest = await CodeManifest.ReadAsync(new MemoryPayloadReader(writer.ToArray()), CancellationToken.None);
        var context = new CodeContext("check", new CodeContextOptions());
        try
        {
            var (_, functions) = await context.ResolveAsync(manifest, CancellationToken.None);
            return ((TFunction)functions[0]!, await ThereAndBackAsync(inputs, sample), results);
        }
        finally
        {
            context.Unload();
        }
    }

    private static async Task<T> ThereAndBackAsync<T>(PayloadCodec<T> codec, T value)
    {
        using var writer = new PayloadWriter();
        codec.Write(writer, new[] { value }, firstIndex: 0);
        var read = new T[1];
        await codec.ReadAsync(new MemoryPayloadReader(writer.ToArray()), read, CancellationToken.None);
        return read[0];
    }
}
