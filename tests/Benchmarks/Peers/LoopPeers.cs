using System.Collections.Concurrent;

namespace ActorPool.Benchmarks.Peers;

/// <summary>A loop on the caller's thread.</summary>
internal sealed class SequentialPeer : IMapPeer
{
    public string Name => Names.Sequential;

    public Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work)
        where TOut : unmanaged, IEquatable<TOut>
    {
        var (function, inputs, buffer) = (work.Function, work.Inputs, work.Buffer);
        for (var i = 0; i < inputs.Length; i++)
            buffer[i] = function(inputs[i]);
        return Task.FromResult(buffer);
    }
}

/// <summary>The framework's parallel loop, with one delegate call for each index.</summary>
internal sealed class ParallelForPeer(int workers) : IMapPeer
{
    private readonly ParallelOptions _options = new() { MaxDegreeOfParallelism = workers };

    public string Name => Names.ParallelFor;

    public Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work)
        where TOut : unmanaged, IEquatable<TOut>
    {
        var (function, inputs, buffer) = (work.Function, work.Inputs, work.Buffer);
        Parallel.For(0, inputs.Length, _options, i => buffer[i] = function(inputs[i]));
        return Task.FromResult(buffer);
    }
}

/// <summary>The framework's parallel loop over ranges of equal size.</summary>
internal sealed class PartitionerPeer(int workers) : IMapPeer
{
    private readonly ParallelOptions _options = new() { MaxDegreeOfParallelism = workers };

    public string Name => Names.Partitioner;

    public Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work)
        where TOut : unmanaged, IEquatable<TOut>
    {
        var (function, inputs, buffer) = (work.Function, work.Inputs, work.Buffer);
        Parallel.ForEach(Partitioner.Create(0, inputs.Length), _options, range =>
        {
            for (var i = range.Item1; i < range.Item2; i++)
                buffer[i] = function(inputs[i]);
        });
        return Task.FromResult(buffer);
    }
}

/// <summary>PLINQ in input order; it cannot write into a buffer, and makes an array.</summary>
internal sealed class PlinqPeer(int workers) : IMapPeer
{
    public string Name => Names.Plinq;

    public Task<TOut[]> MapAsync<TIn, TOut>(MapWork<TIn, TOut> work)
        where TOut : unmanaged, IEquatable<TOut> =>
        Task.FromResult(work.Inputs.AsParallel().AsOrdered().WithDegreeOfParallelism(workers).Select(work.Function).ToArray());
}
