namespace ActorPool.Coordination;

/// <summary>For how long a job has made no progress, as looked at from time to time.</summary>
internal sealed class StallWatch
{
    private (long Done, long Retried, long Taken, long Released) _seen = (-1, 0, 0, 0);
    private long _since;
    private TimeSpan _nextReport;

    /// <summary>Looks at the job.</summary>
    /// <param name="done">Items with an outcome.</param>
    /// <param name="retried">Attempts that were followed by another one.</param>
    /// <param name="taken">Inputs taken from the source.</param>
    /// <param name="released">Items that a consumer has taken.</param>
    /// <param name="clock">The pool's.</param>
    /// <returns>The time since the look that first saw it like this; 0 if it has moved since the last one.</returns>
    public TimeSpan Look(long done, long retried, long taken, long released, TimeProvider clock)
    {
        if (_seen != (done, retried, taken, released))
        {
            _seen = (done, retried, taken, released);
            Restart(clock);
        }
        return clock.GetElapsedTime(_since);
    }

    /// <summary>What it waits for is not its workers' affair: the time does not count.</summary>
    public void Restart(TimeProvider clock) => (_since, _nextReport) = (clock.GetTimestamp(), TimeSpan.Zero);

    /// <summary>Whether to report now: at first after <paramref name="interval"/>, and from then on each time twice as late.</summary>
    public bool IsReportDue(TimeSpan stalled, TimeSpan interval)
    {
        if (interval == TimeSpan.Zero || stalled < (_nextReport > interval ? _nextReport : interval))
            return false;
        _nextReport = 2 * stalled;
        return true;
    }
}
