using ActorPool.Diagnostics;

namespace ActorPool.Jobs;

/// <summary>The pool's counts, which any thread may read.</summary>
/// <remarks>The coordinator writes them, except for the items, which the gatherers add, and for the end of the pool.</remarks>
/// <param name="identity">Whose counts they are.</param>
/// <param name="clock">The pool's clock.</param>
internal sealed class PoolCounters(PoolIdentity identity, TimeProvider clock) : IMeasured
{
    private WorkerTime _workers = new(clock, Workers: 0, clock.GetTimestamp(), TimeSpan.Zero);
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
    private int _processes;
    private long _nodesLost;
    private long _chunks;
    private int _inFlight;
    private int _waiting;
    private bool _hasStopped;

    public PoolIdentity Identity => identity;

    /// <summary>Bytes between the pool and its nodes and worker processes.</summary>
    public Traffic Traffic { get; } = new();

    /// <summary>Workers of this process and of all nodes.</summary>
    public int LiveWorkers => Volatile.Read(ref _hasStopped) ? 0 : WorkerTime.Workers;

    /// <summary>Since when there are so many workers, and the time that workers had before.</summary>
    public WorkerTime WorkerTime => Volatile.Read(ref _workers);

    /// <summary>Workers of all nodes.</summary>
    public int NodeWorkers => Volatile.Read(ref _nodeWorkers);

    /// <param name="nodes">Nodes that take chunks.</param>
    /// <param name="processes">Worker processes that take chunks.</param>
    /// <param name="workers">Workers of all of them.</param>
    public void Nodes(int nodes, int processes, int workers)
    {
        Volatile.Write(ref _nodes, nodes);
        Volatile.Write(ref _processes, processes);
        Volatile.Write(ref _nodeWorkers, workers);
    }

    /// <param name="inFlight">Chunks that workers and nodes have.</param>
    /// <param name="waiting">Jobs that have chunks to dispatch, and none in flight.</param>
    public void Queue(int inFlight, int waiting)
    {
        Volatile.Write(ref _inFlight, inFlight);
        Volatile.Write(ref _waiting, waiting);
    }

    /// <summary>Counts a chunk with an outcome; only the coordinator calls.</summary>
    public void ChunkEnded() => Volatile.Write(ref _chunks, _chunks + 1);

    public void NodeLost() => Interlocked.Increment(ref _nodesLost);

    public void Workers(int live, int busy)
    {
        if (live != _workers.Workers)
            Volatile.Write(ref _workers, _workers.Change(live));
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

    /// <inheritdoc/>
    /// <remarks>
    /// At a node it is only what has run there: a chunk of the client's is a job here, and the workers are the node's, whatever pools use
    /// them.
    /// </remarks>
    public long? Read(Quantity quantity) => quantity switch
    {
        Quantity.ItemsCompleted => Volatile.Read(ref _done) - Volatile.Read(ref _failed),
        Quantity.ItemsFailed => Volatile.Read(ref _failed),
        Quantity.ItemsRetried => Volatile.Read(ref _retried),
        Quantity.Chunks => Volatile.Read(ref _chunks),
        Quantity.WorkersLost => Volatile.Read(ref _lost),
        _ when identity.Role == PoolRole.Node => null,
        Quantity.ItemsHandedBack => Volatile.Read(ref _handedBack),
        Quantity.NodesLost => Volatile.Read(ref _nodesLost),
        Quantity.BytesSent => Traffic.Sent,
        Quantity.BytesReceived => Traffic.Received,
        Quantity.JobsRunning => Math.Max(0, Volatile.Read(ref _jobs) - Volatile.Read(ref _waiting)),
        Quantity.JobsWaiting => Volatile.Read(ref _waiting),
        Quantity.ChunksInFlight => Volatile.Read(ref _inFlight),
        Quantity.WorkersBusy => Volatile.Read(ref _busy),
        Quantity.WorkersIdle => Math.Max(0, WorkerTime.Workers - Volatile.Read(ref _busy)),
        Quantity.Nodes => Volatile.Read(ref _nodes),
        Quantity.Processes => Volatile.Read(ref _processes),
        _ => null,
    };

    /// <summary>Records that the pool has no workers and jobs now, whatever its actors still write.</summary>
    public void Stop() => Volatile.Write(ref _hasStopped, true);

    public PoolStatistics Snapshot()
    {
        var isRunning = !Volatile.Read(ref _hasStopped);
        return new PoolStatistics(
            isRunning ? WorkerTime.Workers : 0,
            isRunning ? Volatile.Read(ref _busy) : 0,
            isRunning ? Volatile.Read(ref _jobs) : 0,
            Volatile.Read(ref _started), Volatile.Read(ref _lost), Volatile.Read(ref _abandoned),
            Volatile.Read(ref _done), Volatile.Read(ref _failed), Volatile.Read(ref _retried))
        {
            Nodes = isRunning ? Volatile.Read(ref _nodes) : 0,
            ItemsHandedBack = Volatile.Read(ref _handedBack),
        };
    }
}
