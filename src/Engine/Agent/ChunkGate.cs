using ActorPool.Wire;

namespace ActorPool.Agent;

/// <summary>Starts the chunks of a host's sessions as workers become free.</summary>
/// <remarks>
/// Any thread may call it: the one that has read a chunk starts it, and so does the one that has ended another. Two messages to the agent
/// would cost more than a small chunk. <see cref="FairChunkQueue{TSession, TChunk}"/> decides which is next.
/// </remarks>
/// <param name="workers">Chunks that may run at a time.</param>
/// <param name="clock">Measures how long chunks wait; null for the system's.</param>
internal sealed class ChunkGate(int workers, TimeProvider? clock = null)
{
    private readonly Lock _gate = new();
    private readonly FairChunkQueue<AgentSession, AgentSession.PendingChunk> _queue = new(workers, clock);
    private readonly HashSet<AgentSession> _sessions = [];
    private bool _closed;

    public int Workers => Read(queue => queue.Workers);

    public int Running => Read(queue => queue.Running);

    public int Waiting => Read(queue => queue.Waiting);

    public bool IsEmpty => Read(queue => queue.IsEmpty);

    /// <summary>Admits the chunks of a session.</summary>
    public void Enter(AgentSession session)
    {
        lock (_gate)
            _sessions.Add(session);
    }

    /// <summary>Runs a chunk as soon as a worker is free.</summary>
    /// <returns>False when the node takes no more chunks: the session hands it back.</returns>
    public bool TryAdd(AgentSession session, AgentSession.PendingChunk chunk)
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            if (!_sessions.Contains(session))
                return true; // the session has ended meanwhile, and its chunks with it
            _queue.Add(session, chunk);
        }
        StartChunks();
        return true;
    }

    /// <summary>Counts a started chunk of the session as ended, and starts the next one.</summary>
    /// <returns>Whether it was the last one of a node that takes no more.</returns>
    public bool End(AgentSession session)
    {
        bool isLast;
        lock (_gate)
        {
            _queue.End(session);
            isLast = _closed && _queue.IsEmpty;
        }
        StartChunks();
        return isLast;
    }

    /// <summary>Changes how many chunks may run at a time.</summary>
    public void Resize(int workers)
    {
        lock (_gate)
            _queue.Workers = workers;
        StartChunks();
    }

    /// <summary>Drops the waiting chunks of a session that has ended.</summary>
    /// <remarks>Its running ones count until they end.</remarks>
    public void Remove(AgentSession session)
    {
        lock (_gate)
        {
            _sessions.Remove(session);
            _queue.Remove(session);
        }
    }

    /// <summary>Takes no more chunks.</summary>
    /// <returns>Those that wait, which are to be handed back.</returns>
    public IReadOnlyList<(AgentSession Session, IReadOnlyList<AgentSession.PendingChunk> Waiting)> Close()
    {
        lock (_gate)
        {
            _closed = true;
            return [.. _sessions.Select(session => (session, _queue.TakeWaiting(session)))];
        }
    }

    // Outside of the lock: a chunk that starts sends messages, and may end at once.
    private void StartChunks()
    {
        while (TryStart(out var session, out var chunk, out var wait))
            session.Start(chunk, wait);
    }

    private bool TryStart(out AgentSession session, out AgentSession.PendingChunk chunk, out DataProtocol.QueueTimes wait)
    {
        lock (_gate)
            return _queue.TryStart(out session, out chunk, out wait);
    }

    private T Read<T>(Func<FairChunkQueue<AgentSession, AgentSession.PendingChunk>, T> read)
    {
        lock (_gate)
            return read(_queue);
    }
}
