namespace ActorPool.Jobs;

/// <summary>The pool's counts, which any thread may read.</summary>
/// <remarks>The coordinator writes them, except for the items, which the gatherers add, and for zeros when the pool has stopped.</remarks>
internal sealed class PoolCounters
{
    private int _workers;
    private int _busy;
    private int _nodeWorkers;
    private int _nodes;
    private int _jobs;
    private long _started;
    private long _lost;
    private long _abandoned;
    private long _done;
    private long _failed;
    private long _retried;
    private long _handedBack;

    /// <summary>Workers of this process and of all nodes.</summary>
    public int LiveWorkers => Volatile.Read(ref _workers);

    /// <summary>Workers of all nodes.</summary>
    public int NodeWorkers => Volatile.Read(ref _nodeWorkers);

    public void Nodes(int nodes, int workers)
    {
        Volatile.Write(ref _nodes, nodes);
        Volatile.Write(ref _nodeWorkers, workers);
    }

    public void Workers(int live, int busy)
    {
        Volatile.Write(ref _workers, live);
        Volatile.Write(ref _busy, busy);
    }

    public void Jobs(int running) => Volatile.Write(ref _jobs, running);

    public void WorkersStarted(int workers) => Interlocked.Add(ref _started, workers);

    public void WorkersLost(int workers) => Interlocked.Add(ref _lost, workers);

    public void WorkerAbandoned() => Interlocked.Increment(ref _abandoned);

    public void ItemsHandedBack(int items) => Interlocked.Add(ref _handedBack, items);

    public void Items(long done, long failed, long retried)
    {
        Interlocked.Add(ref _done, done);
        if (failed > 0)
            Interlocked.Add(ref _failed, failed);
        if (retried > 0)
            Interlocked.Add(ref _retried, retried);
    }

    public PoolStatistics Snapshot() => new(
        Volatile.Read(ref _workers), Volatile.Read(ref _busy), Volatile.Read(ref _jobs),
        Volatile.Read(ref _started), Volatile.Read(ref _lost), Volatile.Read(ref _abandoned),
        Volatile.Read(ref _done), Volatile.Read(ref _failed), Volatile.Read(ref _retried))
    {
        Nodes = Volatile.Read(ref _nodes),
        ItemsHandedBack = Volatile.Read(ref _handedBack),
    };
}
