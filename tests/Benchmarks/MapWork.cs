using System.Diagnostics;
using ActorPool.Benchmarks.Peers;

namespace ActorPool.Benchmarks;

/// <summary>A function over an array, with the expected results.</summary>
/// <remarks>All contenders have one result buffer, so that all have the same page faults.</remarks>
internal sealed class MapWork<TIn, TOut>
    where TOut : unmanaged, IEquatable<TOut>
{
    private readonly TOut[] _expected;

    public MapWork(TIn[] inputs, Func<TIn, TOut> function)
    {
        Inputs = inputs;
        Function = function;
        Buffer = new TOut[inputs.Length];
        _expected = Array.ConvertAll(inputs, i => function(i));
    }

    public TIn[] Inputs { get; }

    /// <summary>Called once for each input by every contender.</summary>
    /// <remarks>Its results are never zero: a cleared buffer holds zeros.</remarks>
    public Func<TIn, TOut> Function { get; }

    public TOut[] Buffer { get; }

    /// <summary>Creates a contender that makes one pass over the work.</summary>
    public Contender CreateContender(IMapPeer peer) => new(peer.Name, async () => [await PassAsync(peer)]);

    /// <summary>Creates a contender that makes many passes, one after another.</summary>
    /// <returns>A contender whose metrics are p50 and p99 of their times in microseconds.</returns>
    public Contender CreateLatencyContender(IMapPeer peer, int calls) =>
        new(peer.Name, () => Latency.MeasureAsync(calls, () => PassAsync(peer)));

    private async Task<double> PassAsync(IMapPeer peer)
    {
        Array.Clear(Buffer); // the results of the contender before would pass the check
        var start = Stopwatch.GetTimestamp();
        var results = await peer.MapAsync(this);
        var elapsed = Elapsed.Milliseconds(start);
        if (!results.AsSpan().SequenceEqual(_expected))
            throw new WrongResultException($"{peer.Name}: a result is not what the sequential loop gives.");
        return elapsed;
    }
}
