using System.Diagnostics;
using ActorPool.Benchmarks.Peers;

namespace ActorPool.Benchmarks;

/// <summary>A function over an array: its inputs, one result buffer for all contenders, and what must come out.</summary>
/// <remarks>One buffer, so that all pay the same page faults.</remarks>
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

    /// <summary>Called once for each input by every contender; its results are never zero, which is what a cleared buffer holds.</summary>
    public Func<TIn, TOut> Function { get; }

    public TOut[] Buffer { get; }

    /// <summary>A contender that makes one pass over the work.</summary>
    public Contender Once(IMapPeer peer) => new(peer.Name, async () => [await PassAsync(peer)]);

    /// <summary>A contender that makes many passes, one after another, and yields p50 and p99 of their times in microseconds.</summary>
    public Contender Often(IMapPeer peer, int calls) => new(peer.Name, () => Latency.MeasureAsync(calls, () => PassAsync(peer)));

    private async Task<double> PassAsync(IMapPeer peer)
    {
        Array.Clear(Buffer); // results of the one before would pass the check
        var start = Stopwatch.GetTimestamp();
        var results = await peer.MapAsync(this);
        var elapsed = Elapsed.Milliseconds(start);
        if (!results.AsSpan().SequenceEqual(_expected))
            throw new WrongResultException($"{peer.Name}: a result is not what the sequential loop gives.");
        return elapsed;
    }
}
