namespace ActorPool.Routing;

/// <summary>Shares a node's workers between the pools that use it: no more chunks run at a time than there are workers, and no pool waits for another's long queue.</summary>
/// <remarks>
/// The next chunk is that of the pool with the fewest running; among equals, of the one that was served longest ago. What waits is bounded by the sessions, each
/// of which may send as many chunks as its agent allows. Knows no actor; used by the agent alone.
/// </remarks>
internal sealed class ChunkGate<TSession, TChunk>(int workers)
    where TSession : notnull
{
    private readonly Dictionary<TSession, Entry> _sessions = [];
    private long _turns;

    /// <summary>Chunks that run.</summary>
    public int Running { get; private set; }

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
        if (Running >= workers)
            return false;
        Entry? next = null;
        foreach (var (owner, entry) in _sessions)
        {
            if (entry.Waiting.Count == 0 || (next is not null && (entry.Running, entry.LastTurn).CompareTo((next.Running, next.LastTurn)) >= 0))
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

    /// <summary>A chunk that was started has ended.</summary>
    public void End(TSession session)
    {
        Running--;
        if (!_sessions.TryGetValue(session, out var entry))
            return;
        entry.Running--;
        if (entry.IsGone && entry.Running == 0)
            _sessions.Remove(session);
    }

    /// <summary>Takes out what waits of one session, or of all.</summary>
    public IReadOnlyList<TChunk> TakeWaiting(TSession session)
    {
        if (!_sessions.TryGetValue(session, out var entry))
            return [];
        var waiting = entry.Waiting.ToArray();
        entry.Waiting.Clear();
        return waiting;
    }

    /// <summary>The session sends no more; what runs of it still counts until it has ended.</summary>
    public void Remove(TSession session)
    {
        if (!_sessions.TryGetValue(session, out var entry))
            return;
        entry.Waiting.Clear();
        entry.IsGone = true;
        if (entry.Running == 0)
            _sessions.Remove(session);
    }

    private sealed class Entry
    {
        public Queue<TChunk> Waiting { get; } = [];

        public int Running { get; set; }

        public long LastTurn { get; set; }

        public bool IsGone { get; set; }
    }
}
