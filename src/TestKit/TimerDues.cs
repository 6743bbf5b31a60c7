namespace ActorPool.TestKit;

/// <summary>When the timers of a clock are due.</summary>
internal sealed class TimerDues
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<DateTimeOffset, int> _timers = []; // how many are due at a time

    public void Add(DateTimeOffset due)
    {
        lock (_lock)
            _timers[due] = _timers.GetValueOrDefault(due) + 1;
    }

    public void Remove(DateTimeOffset due)
    {
        lock (_lock)
        {
            if (--_timers[due] == 0)
                _timers.Remove(due);
        }
    }

    /// <returns>Null if no timer is set.</returns>
    public DateTimeOffset? GetNext()
    {
        lock (_lock)
            return _timers.Count == 0 ? null : _timers.First().Key;
    }
}
