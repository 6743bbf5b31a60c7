namespace ActorPool.ClusterTests.Support;

/// <summary>Records a job's longest standstill and smallest number of workers.</summary>
internal sealed class ProgressWatch(TimeProvider clock) : IProgress<JobProgress>
{
    private readonly Lock _lock = new();
    private long _lastProgress = clock.GetTimestamp();
    private long _done = -1;
    private TimeSpan _maxStandstill;

    public TimeSpan MaxStandstill
    {
        get
        {
            lock (_lock)
                return clock.GetElapsedTime(_lastProgress) > _maxStandstill ? clock.GetElapsedTime(_lastProgress) : _maxStandstill;
        }
    }

    /// <summary>The last report.</summary>
    public JobProgress? Last { get; private set; }

    /// <summary>The smallest number of workers in a report.</summary>
    public int MinWorkers { get; private set; } = int.MaxValue;

    public void Report(JobProgress value)
    {
        lock (_lock)
        {
            Last = value;
            MinWorkers = Math.Min(MinWorkers, value.Workers);
            if (value.Done == _done)
                return;
            var standstill = clock.GetElapsedTime(_lastProgress);
            if (_done >= 0 && standstill > _maxStandstill)
                _maxStandstill = standstill;
            (_done, _lastProgress) = (value.Done, clock.GetTimestamp());
        }
    }
}
