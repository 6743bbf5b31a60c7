namespace ActorPool.Jobs;

/// <summary>Decides when finished items are worth keeping.</summary>
/// <remarks>
/// Keeping takes at most about a twentieth of the time: the next time comes when the functions have run for twenty times as long as
/// the last one took. So an item that takes longer than that is kept as soon as it is finished. Very short items do not look at the clock
/// each time. Used by one thread.
/// </remarks>
internal sealed class KeepingPace(TimeProvider clock)
{
    private const int Share = 20;
    private const int MaxStride = 64;
    private const int Growth = 4; // one slow time, as the first one, must not put off the next ones

    private readonly long _leastCost = clock.TimestampFrequency / 2_000_000;
    private readonly long _short = clock.TimestampFrequency / 1_000_000;
    private long _cost;
    private long _ended;
    private long _looked;
    private int _stride = 1;

    /// <summary>Whether finished items should be kept now.</summary>
    /// <param name="stride">If not: after how many items to ask again; 1 or more.</param>
    public bool IsDue(out int stride)
    {
        var now = clock.GetTimestamp();
        // Items became longer: as many as before must not be lost.
        _stride = now - _looked < _short ? Math.Min(MaxStride, 2 * _stride) : 1;
        stride = _stride;
        _looked = now;
        return now - _ended >= Share * _cost;
    }

    /// <summary>Records that items were kept.</summary>
    public void Record()
    {
        _ended = clock.GetTimestamp();
        _cost = Math.Min(_ended - _looked, Math.Max(_leastCost, Growth * _cost));
    }
}
