using Akka.Actor;
using Akka.TestKit;

namespace ActorPool.TestKit;

/// <summary>A timer of <see cref="VirtualTime"/>.</summary>
/// <remarks>The test scheduler cannot cancel an action: one of a former setting finds that it is none of this timer's any longer.</remarks>
internal sealed class VirtualTimer(VirtualTime clock, TestScheduler scheduler, TimerDues dues, Action fire) : ITimer
{
    private readonly Lock _lock = new();
    private long _setting; // counts the changes
    private DateTimeOffset? _due;
    private bool _isDisposed;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != Timeout.InfiniteTimeSpan)
            clock.CheckMove(dueTime, nameof(dueTime));
        if (period != Timeout.InfiniteTimeSpan)
            ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        lock (_lock)
        {
            if (_isDisposed)
                return false;
            Unset();
            if (dueTime != Timeout.InfiniteTimeSpan)
                Set(dueTime, period);
            return true;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            Unset();
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private void Set(TimeSpan dueTime, TimeSpan period)
    {
        var setting = _setting;
        _due = clock.GetUtcNow() + dueTime;
        dues.Add(_due.Value);
        scheduler.Advanced.ScheduleOnce(dueTime, () => OnDue(setting, period));
    }

    private void Unset()
    {
        _setting++;
        if (_due is { } due)
            dues.Remove(due);
        _due = null;
    }

    private void OnDue(long setting, TimeSpan period)
    {
        lock (_lock)
        {
            if (setting != _setting)
                return;
            Unset();
            // A period that leads beyond the last date never ends.
            if (period != Timeout.InfiniteTimeSpan && period != TimeSpan.Zero && period <= clock.MaxMove)
                Set(period, period);
        }
        fire();
    }
}
