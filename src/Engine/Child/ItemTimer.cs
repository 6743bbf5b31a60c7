using ActorPool.Jobs;

namespace ActorPool.Child;

/// <summary>Stops the running item of a lease when it has run for too long.</summary>
/// <remarks>
/// As the coordinator does: it revokes the lease and cancels the item's token. A function that goes on nevertheless keeps its thread. The
/// next tick is when the item that runs now would be late; an item that ends in time costs nothing.
/// </remarks>
internal sealed class ItemTimer : IDisposable
{
    private static readonly TimeSpan s_maxWait = TimeSpan.FromDays(1); // timers cannot wait for as long as a timeout may be

    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private Lease? _lease;
    private TimeSpan _limit;
    private bool _hasTimedOut;

    public ItemTimer(TimeProvider clock)
    {
        _clock = clock;
        _timer = clock.CreateTimer(
            static state => ((ItemTimer)state!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Watches the items of a guarded lease.</summary>
    public void Start(Lease lease, TimeSpan limit)
    {
        lock (_gate)
        {
            (_lease, _limit, _hasTimedOut) = (lease, limit, false);
            Schedule(limit);
        }
    }

    /// <summary>Ends the watch.</summary>
    /// <returns>Whether the item that ran last has timed out; its lease is revoked then.</returns>
    public bool Stop()
    {
        lock (_gate)
        {
            _lease = null;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return _hasTimedOut;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void OnTick()
    {
        lock (_gate)
        {
            if (_lease is not { } lease)
                return;
            if (lease.Question is not null)
            {
                Schedule(_limit); // it has thrown in time, and the parent sees how long its exception is judged
                return;
            }
            var started = lease.ItemStarted;
            var remaining = started == 0 ? _limit : _limit - _clock.GetElapsedTime(started);
            if (remaining > TimeSpan.Zero)
            {
                Schedule(remaining);
                return;
            }
            if (!lease.TryRevoke())
                return;
            // Otherwise the item ended at the last moment; the items behind it are not to blame.
            _hasTimedOut = lease.ItemStarted == started;
            lease.CancelItem();
        }
    }

    private void Schedule(TimeSpan wait) => _timer.Change(wait < s_maxWait ? wait : s_maxWait, Timeout.InfiniteTimeSpan);
}
