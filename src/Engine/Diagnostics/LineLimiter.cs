namespace ActorPool.Diagnostics;

/// <summary>Bounds how many lines pass in a time, and counts the others.</summary>
/// <remarks>Any thread may call.</remarks>
/// <param name="clock">Measures the time.</param>
/// <param name="burst">Lines that may pass at once.</param>
/// <param name="perSecond">Lines that may pass in a second, in the long run.</param>
internal sealed class LineLimiter(TimeProvider clock, int burst, double perSecond)
{
    private readonly Lock _lock = new();
    private double _room = burst;
    private long _last = clock.GetTimestamp();
    private long _dropped;

    /// <summary>Whether a line may pass; if not, it is counted.</summary>
    /// <param name="dropped">If it may: lines that were dropped since the last one that passed.</param>
    public bool TryPass(out long dropped)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            _room = Math.Min(burst, _room + perSecond * clock.GetElapsedTime(_last, now).TotalSeconds);
            _last = now;
            dropped = 0;
            if (_room < 1)
            {
                _dropped++;
                return false;
            }
            _room--;
            (dropped, _dropped) = (_dropped, 0);
            return true;
        }
    }

    /// <summary>Returns how many lines were dropped since a line passed, and forgets them.</summary>
    public long TakeDropped()
    {
        lock (_lock)
        {
            var dropped = _dropped;
            _dropped = 0;
            return dropped;
        }
    }
}
