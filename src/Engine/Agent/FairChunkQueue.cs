using ActorPool.Wire;

namespace ActorPool.Agent;

/// <summary>Shares a node's workers between the pools that use it.</summary>
/// <remarks>
/// At most as many chunks run at a time as there are workers, and no pool waits for another's long queue. The next chunk is that of the
/// pool with the fewest running chunks; among equals, of the pool that was served longest ago. What waits is bounded by the sessions, each
/// of which may send as many chunks as its agent allows. Its cost grows with the logarithm of the sessions and of the workers. The class
/// knows no actor and is used only by the agent.
/// </remarks>
/// <param name="workers">Chunks that may run at a time.</param>
/// <param name="clock">Measures how long chunks wait; null for the system's.</param>
internal sealed class FairChunkQueue<TSession, TChunk>(int workers, TimeProvider? clock = null)
    where TSession : notnull
{
    private readonly Dictionary<TSession, Entry> _sessions = [];
    private readonly SortedSet<Entry> _waiting = new(Comparer<Entry>.Create(Compare)); // those with waiting chunks, the next first
    private readonly BusyWorkers _busy = new();
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private long _created;
    private long _turns;

    /// <summary>Chunks that may run at a time; lowering it stops no running chunk.</summary>
    public int Workers { get; set; } = workers;

    /// <summary>Chunks that run now.</summary>
    public int Running => _busy.Count;

    /// <summary>Chunks that wait for a worker.</summary>
    public int Waiting { get; private set; }

    /// <summary>Whether nothing runs and nothing waits.</summary>
    public bool IsEmpty => Running == 0 && Waiting == 0;

    public void Add(TSession session, TChunk chunk)
    {
        var now = _clock.GetTimestamp();
        if (!_sessions.TryGetValue(session, out var entry))
            _sessions.Add(session, entry = new Entry(session, ++_created));
        BeginChange(entry, now);
        entry.Waiting.Enqueue((chunk, now));
        Waiting++;
        EndChange(entry, now);
    }

    /// <summary>Takes the next chunk that may run, if a worker is free.</summary>
    public bool TryStart(out TSession session, out TChunk chunk) => TryStart(out session, out chunk, out _);

    /// <inheritdoc cref="TryStart(out TSession, out TChunk)"/>
    /// <param name="session">Its session.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="wait">How long it has waited, and what others had of the workers since the session's last chunk started.</param>
    public bool TryStart(out TSession session, out TChunk chunk, out DataProtocol.QueueTimes wait)
    {
        (session, chunk, wait) = (default!, default!, default);
        if (Running >= Workers || _waiting.Min is not { } next)
            return false;
        var now = _clock.GetTimestamp();
        BeginChange(next, now);
        session = next.Session;
        (chunk, var since) = next.Waiting.Dequeue();
        Waiting--;
        wait = new DataProtocol.QueueTimes(_clock.GetElapsedTime(since, now), _clock.GetElapsedTime(0, next.TakenByOthers));
        next.TakenByOthers = 0;
        next.Running++;
        next.LastTurn = ++_turns;
        _busy.Enter(now);
        EndChange(next, now);
        return true;
    }

    /// <summary>Counts a started chunk of the session as ended.</summary>
    public void End(TSession session)
    {
        var now = _clock.GetTimestamp();
        if (!_sessions.TryGetValue(session, out var entry))
        {
            _busy.Leave(now);
            return;
        }
        BeginChange(entry, now);
        entry.Running--;
        _busy.Leave(now);
        if (entry.IsRemoved && entry.Running == 0)
            _sessions.Remove(session);
        else
            EndChange(entry, now);
    }

    /// <summary>Removes and returns the waiting chunks of one session.</summary>
    public IReadOnlyList<TChunk> TakeWaiting(TSession session)
    {
        if (!_sessions.TryGetValue(session, out var entry))
            return [];
        TChunk[] waiting = [.. entry.Waiting.Select(one => one.Chunk)];
        Clear(entry);
        return waiting;
    }

    /// <summary>Removes a session that sends no more chunks.</summary>
    /// <remarks>Its waiting chunks are dropped; its running chunks count until they end.</remarks>
    public void Remove(TSession session)
    {
        if (!_sessions.TryGetValue(session, out var entry))
            return;
        Clear(entry);
        entry.IsRemoved = true;
        if (entry.Running == 0)
            _sessions.Remove(session);
    }

    private static int Compare(Entry x, Entry y) =>
        (x.Running, x.LastTurn, x.Number).CompareTo((y.Running, y.LastTurn, y.Number));

    private void Clear(Entry entry)
    {
        var now = _clock.GetTimestamp();
        BeginChange(entry, now);
        Waiting -= entry.Waiting.Count;
        entry.Waiting.Clear();
        EndChange(entry, now);
    }

    /// <summary>Must be called before a session's chunks change.</summary>
    /// <remarks>
    /// Adds what others had of the workers while chunks of it waited. Its own running chunks are among the busy workers all the time, and
    /// take nothing from it.
    /// </remarks>
    private void BeginChange(Entry entry, long now)
    {
        if (entry.Waiting.Count > 0)
            _waiting.Remove(entry);
        var wanted = _busy.TimeOf(entry.Running + entry.Waiting.Count, now);
        entry.TakenByOthers += wanted - entry.Wanted - entry.Running * (now - entry.Changed);
    }

    private void EndChange(Entry entry, long now)
    {
        (entry.Wanted, entry.Changed) = (_busy.TimeOf(entry.Running + entry.Waiting.Count, now), now);
        if (entry.Waiting.Count > 0)
            _waiting.Add(entry);
    }

    private sealed class Entry(TSession session, long number)
    {
        public TSession Session { get; } = session;

        public long Number { get; } = number;

        /// <summary>Its chunks, and since when they wait, as timestamps.</summary>
        public Queue<(TChunk Chunk, long Since)> Waiting { get; } = [];

        /// <summary>Time of workers that ran others' chunks while its own waited.</summary>
        public long TakenByOthers { get; set; }

        /// <summary>The time of as many busy workers as it wants, at its last change.</summary>
        public long Wanted { get; set; }

        public long Changed { get; set; }

        public int Running { get; set; }

        public long LastTurn { get; set; }

        public bool IsRemoved { get; set; }
    }
}
