using ActorPool.Coordination;

namespace ActorPool.Routing;

/// <summary>Which workers there are, what each one holds, and how many more there should be.</summary>
/// <remarks>Knows no actor: workers are their numbers. Used by the coordinator alone.</remarks>
internal sealed class WorkerRoster(int target, int? maxTasksPerWorker, int mostLoans)
{
    private readonly Dictionary<int, Entry> _workers = [];
    private readonly Stack<Entry> _idle = []; // the one that worked last is warm
    private int _loans;

    /// <summary>Workers that are asked for and not ready yet.</summary>
    public int Starting { get; private set; }

    /// <summary>Workers that are ready or hold a chunk.</summary>
    public int Live => _workers.Count;

    public int Idle => _idle.Count;

    public int Busy => Live - Idle;

    /// <summary>Workers that may take new chunks at some time without waiting for another job: all but those that wait for a nested one.</summary>
    public int Free => Live - _loans;

    /// <summary>Workers that are missing from the number there should be, the loaned ones included; negative when there are too many.</summary>
    public int Shortage => target + Math.Min(_loans, mostLoans) - Live - Starting;

    /// <summary>Whether no more slots can be lent.</summary>
    public bool LoansExhausted => _loans >= mostLoans;

    /// <summary>Whether each worker that should be there is there and idle: then, and only then, can the router deal a wave blindly.</summary>
    public bool IsWholeAndIdle => Starting == 0 && Idle == target && Live == target;

    public IEnumerable<int> Ids => _workers.Keys;

    public void Expect(int workers) => Starting += workers;

    /// <summary>Whoever was asked for workers is gone, and they will not come.</summary>
    public void ExpectNone() => Starting = 0;

    /// <summary>A worker is ready; false when it is one too many.</summary>
    public void Enter(int id)
    {
        Starting = Math.Max(0, Starting - 1);
        var entry = new Entry(id) { TasksLeft = maxTasksPerWorker ?? int.MaxValue };
        _workers.Add(id, entry);
        PushIdle(entry);
    }

    /// <summary>A worker failed before it was ready.</summary>
    public void FailToEnter() => Starting = Math.Max(0, Starting - 1);

    /// <summary>The idle worker to deal to next, and how many items it may still take.</summary>
    public bool TryPeekIdle(out int id, out int tasksLeft)
    {
        if (!_idle.TryPeek(out var entry))
        {
            (id, tasksLeft) = (-1, 0);
            return false;
        }
        (id, tasksLeft) = (entry.Id, entry.TasksLeft);
        return true;
    }

    /// <summary>The least number of items that every idle worker may still take.</summary>
    public int LeastTasksLeft() => _idle.Min(entry => entry.TasksLeft);

    /// <summary>The worker on top of the idle ones gets a lease.</summary>
    public void Occupy(Lease lease)
    {
        var entry = _idle.Pop();
        entry.IsIdle = false;
        entry.Lease = lease;
        entry.TasksLeft -= TasksOf(lease);
    }

    /// <summary>All workers get one lease each; which one, the router decides, and <see cref="Learn"/> says.</summary>
    public void OccupyAll()
    {
        while (_idle.TryPop(out var entry))
            entry.IsIdle = false;
    }

    /// <summary>Moves the idle worker on top behind the others.</summary>
    public void Rotate()
    {
        var entries = _idle.ToArray();
        _idle.Clear();
        _idle.Push(entries[0]);
        foreach (var entry in entries[1..].Reverse())
            _idle.Push(entry);
    }

    /// <summary>A worker has let go of a chunk.</summary>
    /// <returns>What it should do now.</returns>
    public WorkerNext Release(int id, Lease lease)
    {
        // Unknown: it was abandoned, and came back after all. With another lease, or none: the router gave it one too many, when it lost another worker.
        if (!_workers.TryGetValue(id, out var entry) || entry.IsIdle || (entry.Lease is { } held && !ReferenceEquals(held, lease)))
            return WorkerNext.Unchanged;
        entry.Lease = null;
        if (entry.TasksLeft > 0 && Shortage >= 0)
        {
            PushIdle(entry);
            return WorkerNext.Work;
        }
        _workers.Remove(id);
        return WorkerNext.Retire;
    }

    /// <summary>An idle worker that is one too many leaves; false when none is.</summary>
    public bool TryDismiss(out int id)
    {
        id = -1;
        if (Shortage >= 0 || !_idle.TryPop(out var entry))
            return false;
        id = entry.Id;
        return _workers.Remove(id);
    }

    /// <summary>A worker is gone or given up; false when it had left before.</summary>
    public bool TryRemove(int id, out Lease? lease)
    {
        lease = null;
        if (!_workers.Remove(id, out var entry))
            return false;
        lease = entry.Lease;
        if (_idle.Contains(entry))
        {
            var others = _idle.Where(other => other != entry).Reverse().ToArray();
            _idle.Clear();
            foreach (var other in others)
                _idle.Push(other);
        }
        return true;
    }

    /// <summary>Whether the worker holds this lease still.</summary>
    public bool Holds(int id, Lease lease) => _workers.TryGetValue(id, out var entry) && ReferenceEquals(entry.Lease, lease);

    /// <summary>The router dealt this lease, and it turned out which worker has it.</summary>
    public void Learn(int id, Lease lease)
    {
        if (!_workers.TryGetValue(id, out var entry) || entry.IsIdle || entry.Lease is not null)
            return;
        entry.Lease = lease;
        entry.TasksLeft -= TasksOf(lease);
    }

    public void Lend() => _loans++;

    public void TakeBack() => _loans--;

    private void PushIdle(Entry entry)
    {
        entry.IsIdle = true;
        _idle.Push(entry);
    }

    private static int TasksOf(Lease lease) => lease.Job.ChunkIsItem ? 1 : lease.Chunk.Count;

    private sealed class Entry(int id)
    {
        public int Id { get; } = id;

        public int TasksLeft { get; set; }

        public Lease? Lease { get; set; }

        public bool IsIdle { get; set; }
    }
}

/// <summary>What a worker that has let go of its chunk should do.</summary>
internal enum WorkerNext
{
    /// <summary>Wait for another one.</summary>
    Work,

    /// <summary>Stop: it has done all the items that it may, or it was there on loan.</summary>
    Retire,

    /// <summary>What it did before.</summary>
    Unchanged,
}
