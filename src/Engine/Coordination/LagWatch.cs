using System.Runtime.InteropServices;

namespace ActorPool.Coordination;

/// <summary>Finds out whether workers wait for the coordinator, and when to say so.</summary>
/// <remarks>
/// Now and then the coordinator sends itself a probe, which waits in its mailbox as long as the end of a chunk does. By Little's law, the
/// chunks that wait there are the chunks per second times that delay. When they are half of all chunks in flight, the coordinator and not
/// the workers decide how fast the jobs are. A limit in time alone would not do: with few workers the mailbox is short however late they
/// are served, and where the processors are overloaded a long delay is still a small part of the time that a chunk takes.
/// </remarks>
internal sealed class LagWatch
{
    /// <summary>From one probe to the next.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Shorter delays may come from the system's scheduler.</summary>
    public static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(5);

    /// <summary>The time from one report to the next.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private const int LateProbes = 2; // one may be late by chance, as after a garbage collection
    private const double MaxWaiting = 0.5; // a part of the chunks in flight

    private long _chunks;
    private long _at;
    private long? _reported;
    private int _late;

    /// <summary>Compares a probe with the last one.</summary>
    /// <param name="delay">How long it waited in the mailbox.</param>
    /// <param name="inFlight">Chunks at workers and nodes, including those whose end waits in the mailbox.</param>
    /// <param name="chunks">Chunks handed out since the pool started.</param>
    /// <param name="clock">The pool's clock.</param>
    /// <returns>What to report now; null: nothing.</returns>
    public Lag? Observe(TimeSpan delay, int inFlight, long chunks, TimeProvider clock)
    {
        var now = clock.GetTimestamp();
        var elapsed = clock.GetElapsedTime(_at, now).TotalSeconds;
        var perSecond = elapsed > 0 ? (chunks - _chunks) / elapsed : 0;
        (_chunks, _at) = (chunks, now);
        var isLate = inFlight > 0 && delay >= MinDelay && delay.TotalSeconds * perSecond >= MaxWaiting * inFlight;
        _late = isLate ? _late + 1 : 0;
        if (_late < LateProbes || (_reported is { } last && clock.GetElapsedTime(last, now) < Silence))
            return null;
        _reported = now;
        return new Lag(delay, perSecond);
    }
}

/// <summary>How far a coordinator is behind.</summary>
/// <param name="Delay">How long a message waits for it.</param>
/// <param name="ChunksPerSecond">Chunks that it hands out.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Lag(TimeSpan Delay, double ChunksPerSecond);
