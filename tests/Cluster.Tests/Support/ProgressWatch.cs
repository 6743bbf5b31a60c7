namespace ActorPool.ClusterTests.Support;

/// <summary>Watches a job: for how long it stood still at most, and with how few workers.</summary>
internal sealed class ProgressWatch(TimeProvider clock) : IProgress<JobProgress>
{
    private readonly Lock _lock = new();
    private long _moved = clock.GetTimestamp();
    private long _done = -1;
    private TimeSpan _longest;

    public TimeSpan LongestStandstill
    {
        get
        {
            lock (_lock)
                return clock.GetElapsedTime(_moved) > _longest ? clock.GetElapsedTime(_moved) : _longest;
        }
    }

    /// <summary>The last report.</summary>
    public JobProgress? Last { get; private set; }

    /// <summary>The fewest workers that a report has named.</summary>
    public int FewestWorkers { get; private set; } = int.MaxValue;

    public void Report(JobProgress value)
    {
        lock (_lock)
        {
            Last = value;
            FewestWorkers = Math.Min(FewestWorkers, value.Workers);
            if (value.Done == _done)
                return;
            var stood = clock.GetElapsedTime(_moved);
            if (_done >= 0 && stood > _longest)
                _longest = stood;
            (_done, _moved) = (value.Done, clock.GetTimestamp());
        }
    }
}
