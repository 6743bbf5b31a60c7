using System.Diagnostics.CodeAnalysis;
using ActorPool.Jobs;

namespace ActorPool.Routing;

/// <summary>Records the local workers, their leases, and how many workers there should be.</summary>
/// <remarks>It knows no actor: workers are numbers. Only the coordinator uses it.</remarks>
/// <param name="workers">Workers that there should be at first while no slot is lent.</param>
/// <param name="maxTasksPerWorker">Items after which a worker retires; null: no limit.</param>
/// <param name="maxLoans">Slots that can be lent at a time.</param>
internal sealed class WorkerRoster(int workers, int? maxTasksPerWorker, int maxLoans)
{
    private readonly Dictionary<int, Entry> _workers = [];
    private readonly LinkedList<Entry> _idle = []; // first: the worker that ran last, whose caches are warm
    private int[]? _ids; // null after a change
    private int _loans;

    /// <summary>Workers that are ready or hold a chunk.</summary>
    public int Live => _workers.Count;

    public int Idle => _idle.Count;

    public int Busy => Live - Idle;

    /// <summary>Workers that do not wait for a nested job.</summary>
    /// <remarks>They can take new chunks without waiting for another job to end.</remarks>
    public int Free => Live - _loans;

    /// <summary>Workers that there should be while no slot is lent.</summary>
    public int Target { get; private set; } = workers;

    /// <summary>Workers that there should be: the target, and one for each lent slot.</summary>
    public int Wanted => Target + Math.Min(_loans, maxLoans);

    /// <summary>Whether no more slots can be lent.</summary>
    public bool LoansExhausted => _loans >= maxLoans;

    /// <summary>Whether the router may distribute a chunk to each worker.</summary>
    /// <remarks>
    /// Exactly the wanted workers are there, more than one, and all are idle. Workers that retire after some items get their
    /// chunks one by one: each may take another number.
    /// </remarks>
    public bool CanTakeRound => maxTasksPerWorker is null && Target > 1 && Idle == Target && Live == Target;

    /// <summary>The present workers.</summary>
    /// <value>The same list until they change, and then another.</value>
    public IReadOnlyList<int> Ids => _ids ??= [.. _workers.Keys];

    /// <summary>Raises the target; a lower number than before changes nothing.</summary>
    public void Grow(int workers) => Target = Math.Max(Target, workers);

    /// <summary>Adds a worker that is ready.</summary>
    public void Enter(int id)
    {
        var entry = new Entry(id) { TasksLeft = maxTasksPerWorker ?? int.MaxValue };
        _workers.Add(id, entry);
        _ids = null;
        PushIdle(entry);
    }

    /// <summary>Gets the next idle worker, and how many items it may still take.</summary>
    public bool TryPeekIdle(out int id, out int tasksLeft)
    {
        if (_idle.First is not { Value: var entry })
        {
            (id, tasksLeft) = (-1, 0);
            return false;
        }
        (id, tasksLeft) = (entry.Id, entry.TasksLeft);
        return true;
    }

    /// <summary>Gives a lease to the idle worker on top.</summary>
    public void Occupy(Lease lease)
    {
        var entry = _idle.First!.Value;
        _idle.RemoveFirst();
        entry.Lease = lease;
        entry.TasksLeft -= lease.Tasks;
    }

    /// <summary>Marks all workers busy: the router gives each one a lease.</summary>
    /// <remarks>The router decides which one; <see cref="Learn"/> records it.</remarks>
    public void OccupyAll()
    {
        while (_idle.First is { } first)
            _idle.Remove(first);
    }

    /// <summary>Lets the first two idle workers change places; false if there are no two.</summary>
    public bool TrySwapIdle()
    {
        if (_idle.First is not { Next: { } second } first)
            return false;
        _idle.Remove(first);
        _idle.AddAfter(second, first);
        return true;
    }

    /// <summary>Records that a worker has given back a chunk.</summary>
    public ReleaseResult Release(int id, Lease lease)
    {
        // An unknown worker was abandoned, and its function returned after all. A worker that is idle, or holds another lease, got a chunk
        // too many from the router, when the router lost another worker.
        if (!_workers.TryGetValue(id, out var entry) || entry.IsIdle || (entry.Lease is { } held && !ReferenceEquals(held, lease)))
            return ReleaseResult.Stale;
        entry.Lease = null;
        if (entry.TasksLeft > 0 && Live <= Wanted)
        {
            PushIdle(entry);
            return ReleaseResult.Idle;
        }
        Remove(id, out _);
        return ReleaseResult.Retire;
    }

    /// <summary>Removes an idle worker if there are too many workers; false if it removed none.</summary>
    public bool TryDismiss(out int id)
    {
        id = -1;
        if (Live <= Wanted || _idle.First is not { } first)
            return false;
        _idle.Remove(first);
        id = first.Value.Id;
        return Remove(id, out _);
    }

    /// <summary>Removes a worker that was lost or abandoned; false if it is unknown.</summary>
    public bool TryRemove(int id, out Lease? lease)
    {
        lease = null;
        if (!Remove(id, out var entry))
            return false;
        lease = entry.Lease;
        if (entry.IsIdle)
            _idle.Remove(entry.Node);
        return true;
    }

    /// <summary>Whether the worker still holds this lease.</summary>
    public bool Holds(int id, Lease lease) => _workers.TryGetValue(id, out var entry) && ReferenceEquals(entry.Lease, lease);

    /// <summary>Records which worker got a lease from the router.</summary>
    public void Learn(int id, Lease lease)
    {
        if (!_workers.TryGetValue(id, out var entry) || entry.IsIdle || entry.Lease is not null)
            return;
        entry.Lease = lease;
    }

    public void Lend() => _loans++;

    public void TakeBack() => _loans--;

    private bool Remove(int id, [MaybeNullWhen(false)] out Entry entry)
    {
        _ids = null;
        return _workers.Remove(id, out entry);
    }

    private void PushIdle(Entry entry) => _idle.AddFirst(entry.Node);

    private sealed class Entry
    {
        public Entry(int id)
        {
            Id = id;
            Node = new LinkedListNode<Entry>(this);
        }

        public int Id { get; }

        public LinkedListNode<Entry> Node { get; }

        public int TasksLeft { get; set; }

        public Lease? Lease { get; set; }

        public bool IsIdle => Node.List is not null;
    }
}
