namespace ActorPool.Benchmarks.Scale;

/// <summary>Events in the order of their times; equal times in the order of their entry.</summary>
internal sealed class VirtualTime<TEvent> : TimeProvider
{
    private readonly PriorityQueue<TEvent, (double At, long Turn)> _events = new();
    private long _turns;

    /// <summary>Seconds since the start.</summary>
    public double Now { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => TimeSpan.FromSeconds(Now).Ticks;

    public void Add(double at, TEvent what) => _events.Enqueue(what, (at, _turns++));

    /// <summary>Moves the time to the next event; false if there is none before the end.</summary>
    public bool TryNext(double end, out TEvent what)
    {
        if (!_events.TryPeek(out what!, out var when) || when.At > end)
            return false;
        _events.Dequeue();
        Now = when.At;
        return true;
    }
}
