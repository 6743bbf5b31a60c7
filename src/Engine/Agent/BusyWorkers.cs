namespace ActorPool.Agent;

/// <summary>Adds up the time for which workers were busy.</summary>
/// <remarks>
/// For each n it knows how long at least n of them were busy at a time, in a Fenwick tree (Fenwick, 1994), so that a change and a question
/// cost O(log workers). Times are ticks of one clock, and what it returns wraps around: only the difference of two answers has a meaning.
/// </remarks>
internal sealed class BusyWorkers
{
    // At n: for how long n or more were busy until now; of a span that goes on, less its start.
    private long[] _times = new long[2]; // node i sums up the i & -i places up to i; place 0 is not used

    /// <summary>Workers that are busy now.</summary>
    public int Count { get; private set; }

    /// <summary>Counts one more from now on.</summary>
    public void Enter(long now)
    {
        if (++Count == _times.Length)
        {
            var capacity = _times.Length - 1;
            Array.Resize(ref _times, 2 * capacity + 1);
            _times[2 * capacity] = _times[capacity]; // the last node has the sum of all
        }
        Add(Count, -now);
    }

    /// <summary>Counts one less from now on.</summary>
    public void Leave(long now) => Add(Count--, now);

    /// <summary>The time of busy workers until now.</summary>
    /// <param name="most">Of those that are busy at a time, no more than this count.</param>
    /// <param name="now">Now, in ticks.</param>
    public long TimeOf(int most, long now)
    {
        most = Math.Min(most, _times.Length - 1);
        var time = Math.Min(most, Count) * now;
        for (var node = most; node > 0; node -= node & -node)
            time += _times[node];
        return time;
    }

    private void Add(int place, long time)
    {
        for (var node = place; node < _times.Length; node += node & -node)
            _times[node] += time;
    }
}
