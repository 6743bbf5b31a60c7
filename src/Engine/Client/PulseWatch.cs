namespace ActorPool.Client;

/// <summary>Decides when a worker process is taken for stopped or stuck.</summary>
/// <remarks>
/// Its pulse comes from a thread that does nothing else, so a function that is busy does not delay it. A long garbage collection does, and
/// uses processors meanwhile: such a process gets more time. Only the time for which this process itself runs counts: when it was stopped
/// or starved, so was the other, perhaps. Whoever holds the process with a debugger wants it to stand still.
/// </remarks>
/// <param name="interval">The time from one look to the next.</param>
/// <param name="limit">How long a process may be silent (<c>actorpool.cluster.lease-timeout</c>).</param>
/// <param name="clock">The pool's clock.</param>
internal sealed class PulseWatch(TimeSpan interval, TimeSpan limit, TimeProvider clock)
{
    /// <summary>Limits for which a process may be silent that uses processors.</summary>
    /// <remarks>The collection of a heap of 100 GB takes less than a minute.</remarks>
    private const int BusyFactor = 12;

    /// <summary>Intervals counted at most between two looks; more is a pause of this process.</summary>
    private const double MaxInterval = 1.5;

    private long _pulse;
    private long _looked = clock.GetTimestamp();
    private TimeSpan _silence;
    private TimeSpan _idle; // the part of it for which the process used no processor
    private TimeSpan _used;

    /// <summary>Forgets the silence: nobody has looked for a while.</summary>
    public void Restart() => (_looked, _silence, _idle) = (clock.GetTimestamp(), TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>Looks at the pulse once; must be called once per interval.</summary>
    /// <param name="pulse">A number that changes with each beat.</param>
    /// <param name="isDebugged">Whether a debugger may hold the process.</param>
    /// <param name="readProcessorTime">Reads how long the process has used processors; called only while it is silent.</param>
    /// <returns>How long it has been silent, if that is too long; otherwise null.</returns>
    public TimeSpan? Look(long pulse, bool isDebugged, Func<TimeSpan> readProcessorTime)
    {
        var now = clock.GetTimestamp();
        var passed = clock.GetElapsedTime(_looked, now);
        _looked = now;
        if (pulse != _pulse || isDebugged)
        {
            (_pulse, _silence, _idle) = (pulse, TimeSpan.Zero, TimeSpan.Zero);
            return null;
        }
        passed = passed < MaxInterval * interval ? passed : MaxInterval * interval;
        var used = readProcessorTime();
        _silence += passed;
        _idle = used == _used ? _idle + passed : TimeSpan.Zero;
        _used = used;
        return _idle > limit || _silence > BusyFactor * limit ? _silence : null;
    }
}
