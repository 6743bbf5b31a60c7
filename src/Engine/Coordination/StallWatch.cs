namespace ActorPool.Coordination;

/// <summary>Measures how long a job has made no progress, as seen at each check.</summary>
internal sealed class StallWatch
{
    private (long Done, long Retried, long Taken, long Released) _seen = (-1, 0, 0, 0);
    private long _since;
    private TimeSpan _nextReport;

    /// <summary>Compares the job with the last check.</summary>
    /// <param name="done">Items with an outcome.</param>
    /// <param name="retried">Attempts that were repeated.</param>
    /// <param name="taken">Inputs taken from the source.</param>
    /// <param name="released">Items that a consumer has taken.</param>
    /// <param name="clock">The pool's clock.</param>
    /// <returns>The time since the check that first saw these numbers; 0 if they have changed since the last check.</returns>
    public TimeSpan Observe(long done, long retried, long taken, long released, TimeProvider clock)
    {
        if (_seen != (done, retried, taken, released))
        {
            _seen = (done, retried, taken, released);
            Restart(clock);
        }
        return clock.GetElapsedTime(_since);
    }

    /// <summary>Measures from now on.</summary>
    /// <remarks>Also called while a job waits for something other than its workers: that time does not count.</remarks>
    public void Restart(TimeProvider clock) => (_since, _nextReport) = (clock.GetTimestamp(), TimeSpan.Zero);

    /// <summary>Whether to report now: first after <paramref name="interval"/>, then each time after twice as long.</summary>
    public bool IsReportDue(TimeSpan stalled, TimeSpan interval)
    {
        if (interval == TimeSpan.Zero || stalled < (_nextReport > interval ? _nextReport : interval))
            return false;
        _nextReport = 2 * stalled;
        return true;
    }
}
