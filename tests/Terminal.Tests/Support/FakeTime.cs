namespace ActorPool.Terminal.Tests.Support;

/// <summary>A clock that the test moves, with the timers that it fires.</summary>
internal sealed class FakeTime : TimeProvider
{
    private readonly List<FakeTimer> _timers = [];
    private TimeSpan _now = TimeSpan.FromDays(1);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public int Timers => _timers.Count;

    public override long GetTimestamp() => _now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state, period) { Due = _now + dueTime };
        _timers.Add(timer);
        return timer;
    }

    /// <summary>Moves the clock, and fires what is due on the way.</summary>
    public void Advance(TimeSpan time)
    {
        var end = _now + time;
        while (_timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due) is { } next)
        {
            _now = next.Due;
            next.Fire();
        }
        _now = end;
    }

    private sealed class FakeTimer(FakeTime time, TimerCallback callback, object? state, TimeSpan period) : ITimer
    {
        public TimeSpan Due { get; set; }

        public void Fire()
        {
            Due += period;
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose() => time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
