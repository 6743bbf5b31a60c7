namespace ActorPool.Terminal;

/// <summary>Estimates a job's speed and remaining time from its counts, recent ones weighted more.</summary>
/// <remarks>
/// An exponentially weighted mean over time: what happened t seconds ago counts e^(-t / memory). Items and time are weighted alike, so the
/// mean is right from the first moment, and a time without items lowers it. Where items come in bursts, such as long chunks, the memory
/// spans several of them; otherwise the speed would be that of the last burst. Not thread-safe.
/// </remarks>
/// <param name="time">The clock.</param>
/// <param name="elapsed">How long the job has run already.</param>
internal sealed class SpeedEstimate(TimeProvider time, TimeSpan elapsed)
{
    // Long enough for a steady display, short enough that a change of speed is seen soon.
    private const double MinMemory = 15;

    // How many bursts the memory spans, and how much the latest gap between two counts for the mean gap.
    private const double Bursts = 4;
    private const double NewGap = 0.3;

    // Beyond this a date is no information, and a TimeSpan would overflow.
    private static readonly TimeSpan s_maxRemaining = TimeSpan.FromDays(1000);

    private long _updated = time.GetTimestamp() - (long)(elapsed.TotalSeconds * time.TimestampFrequency);
    private long _arrived = time.GetTimestamp() - (long)(elapsed.TotalSeconds * time.TimestampFrequency);
    private double _meanGap;
    private double _items;
    private double _seconds;
    private long _done;

    /// <summary>Items a second when last updated; 0 before the first item.</summary>
    public double Rate => _seconds > 0 ? _items / _seconds : 0;

    /// <summary>Notes how many items are done now.</summary>
    public void Add(long done)
    {
        var now = time.GetTimestamp();
        var gap = time.GetElapsedTime(_updated, now).TotalSeconds;
        if (gap <= 0)
            return;
        var added = Math.Max(0, done - _done);
        if (added > 0)
            NoteArrival(now);
        var memory = Math.Max(MinMemory, Bursts * _meanGap);
        var kept = Math.Exp(-gap / memory);
        // The items are spread evenly over the gap: each part of it has the weight of its age.
        var weighted = memory * (1 - kept);
        _items = _items * kept + added / gap * weighted;
        _seconds = _seconds * kept + weighted;
        _updated = now;
        _done = done;
    }

    /// <summary>Gets the time that the rest will take.</summary>
    /// <returns>Null while the total is unknown or no item is done; zero when all are done; at most 1,000 days.</returns>
    public TimeSpan? GetRemaining(long done, long? total)
    {
        if (total is not { } all)
            return null;
        if (done >= all)
            return TimeSpan.Zero;
        if (Rate <= 0)
            return null;
        var seconds = (all - done) / Rate;
        return seconds < s_maxRemaining.TotalSeconds ? TimeSpan.FromSeconds(seconds) : s_maxRemaining;
    }

    private void NoteArrival(long now)
    {
        var gap = time.GetElapsedTime(_arrived, now).TotalSeconds;
        _meanGap = _meanGap == 0 ? gap : _meanGap * (1 - NewGap) + gap * NewGap;
        _arrived = now;
    }
}
