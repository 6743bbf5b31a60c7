namespace ActorPool.Agent;

/// <summary>Shares a node's workers between the pools that use it.</summary>
/// <remarks>
/// At most as many chunks run at a time as there are workers, and no pool waits for another's long queue. The next chunk is that of the
/// pool with the fewest running chunks; among equals, of the pool that was served longest ago. What waits is bounded by the sessions, each
/// of which may send as many chunks as its agent allows. The class knows no actor and is used only by the agent.
/// </remarks>
internal sealed class FairChunkQueue<TSession, TChunk>(int workers)
    where TSession : notnull
{
    private readonly Dictionary<TSession, Entry> _sessions = [];
    private long _turns;

    /// <summary>Chunks that may run at a time; lowering it stops no running chunk.</summary>
    public int Workers { get; set; } = workers;

    /// <summary>Chunks that run now.</summary>
    public int Running { get; private set; }

    /// <summary>Chunks that wait for a worker.</summary>
    public int Waiting => _sessions.Values.Sum(entry => entry.Waiting.Count);

    /// <summary>Whether nothing runs and nothing waits.</summary>
    public bool IsEmpty => Running == 0 && _sessions.Values.All(entry => entry.Waiting.Count == 0);

    public void Add(TSession session, TChunk chunk)
    {
        if (!_sessions.TryGetValue(session, out var entry))
            _sessions.Add(session, entry = new Entry());
        entry.Waiting.Enqueue(chunk);
    }

    /// <summary>Takes the next chunk that may run, if a worker is free.</summary>
    public bool TryStart(out TSession session, out TChunk chunk)
    {
        (session, chunk) = (default!, default!);
        if (Running >= Workers)
            return false;
        Entry? next = null;
        foreach (var (owner, entry) in _sessions)
        {
            if (entry.Waiting.Count == 0)
                continue;
            if (next is not null && (entry.Running, entry.LastTurn).CompareTo((next.Running, next.LastTurn)) >= 0)
                continue;
            (session, next) = (owner, entry);
        }
        if (next is null)
            return false;
        chunk = next.Waiting.Dequeue();
        next.Running++;
        next.LastTurn = ++_turns;
        Running++;
        return true;
    }

    /// <summary>Counts a started chunk of the session as ended.</summary>
    public void End(TSession session)
    {
        Running--;
        if (!_sessions.TryGetValue(session, out var entry))
            return;
        entry.Running--;
        if (entry.IsRemoved && entry.Running == 0)
            _sessions.Remove(session);
    }

    /// <summary>Removes and returns the waiting chunks of one session.</summary>
    public IReadOnlyList<TChunk> TakeWaiting(TSession session)
    {
        if (!_sessions.TryGetValue(session, out var entry))
            return [];
        var waiting = entry.Waiting.ToArray();
        entry.Waiting.Clear();
        return waiting;
    }

    /// <summary>Removes a session that sends no more chunks.</summary>
    /// <remarks>Its waiting chunks are dropped; its running chunks count until they end.</remarks>
    public void Remove(TSession session)
    {
        if (!_sessions.TryGetValue(session, out var entry))
            return;
        entry.Waiting.Clear();
        entry.IsRemoved = true;
        if (entry.Running == 0)
            _sessions.Remove(session);
    }

    private sealed class Entry
    {
        public Queue<TChunk> Waiting { get; } = [];

        public int Running { get; set; }

        public long LastTurn { get; set; }

        public bool IsRemoved { get; set; }
    }
}
