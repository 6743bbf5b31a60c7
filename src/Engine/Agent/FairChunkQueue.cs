using ActorPool.Wire;

namespace ActorPool.Agent;

/// <summary>Shares a node's workers between the pools that use it.</summary>
/// <remarks>
/// At most as many chunks run at a time as there are workers, and no pool waits for another's long queue. The next chunk is that of the
/// pool with the fewest running chunks; among equals, of the pool that was served longest ago. What waits is bounded by the sessions, each
/// of which may send as many chunks as its agent allows. The class knows no actor and is used only by the agent.
/// </remarks>
/// <param name="workers">Chunks that may run at a time.</param>
/// <param name="clock">Measures how long chunks wait; null for the system's.</param>
internal sealed class FairChunkQueue<TSession, TChunk>(int workers, TimeProvider? clock = null)
    where TSession : notnull
{
    private readonly Dictionary<TSession, Entry> _sessions = [];
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private long _measured; // when what others have was last added, as a timestamp
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
        var now = Measure();
        if (!_sessions.TryGetValue(session, out var entry))
            _sessions.Add(session, entry = new Entry());
        entry.Waiting.Enqueue((chunk, now));
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
        var now = Measure();
        (chunk, var since) = next.Waiting.Dequeue();
        wait = new DataProtocol.QueueTimes(_clock.GetElapsedTime(since, now), next.TakenByOthers);
        next.TakenByOthers = TimeSpan.Zero;
        next.Running++;
        next.LastTurn = ++_turns;
        Running++;
        return true;
    }

    /// <summary>Counts a started chunk of the session as ended.</summary>
    public void End(TSession session)
    {
        Measure();
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
        Measure();
        TChunk[] waiting = [.. entry.Waiting.Select(one => one.Chunk)];
        entry.Waiting.Clear();
        return waiting;
    }

    /// <summary>Removes a session that sends no more chunks.</summary>
    /// <remarks>Its waiting chunks are dropped; its running chunks count until they end.</remarks>
    public void Remove(TSession session)
    {
        if (!_sessions.TryGetValue(session, out var entry))
            return;
        Measure();
        entry.Waiting.Clear();
        entry.IsRemoved = true;
        if (entry.Running == 0)
            _sessions.Remove(session);
    }

    /// <summary>Adds what others had of the workers while chunks of a session waited.</summary>
    /// <remarks>Call it before each change. Chunks that run of the session itself take nothing from it.</remarks>
    /// <returns>The time now, as a timestamp.</returns>
    private long Measure()
    {
        var now = _clock.GetTimestamp();
        var elapsed = _clock.GetElapsedTime(_measured, now);
        _measured = now;
        foreach (var entry in _sessions.Values)
        {
            if (Math.Min(entry.Waiting.Count, Running - entry.Running) is > 0 and var taken)
                entry.TakenByOthers += taken * elapsed;
        }
        return now;
    }

    private sealed class Entry
    {
        /// <summary>Its chunks, and since when they wait, as timestamps.</summary>
        public Queue<(TChunk Chunk, long Since)> Waiting { get; } = [];

        /// <summary>Time of workers that ran chunks of others while its own waited.</summary>
        public TimeSpan TakenByOthers { get; set; }

        public int Running { get; set; }

        public long LastTurn { get; set; }

        public bool IsRemoved { get; set; }
    }
}
