using ActorPool.Coordination;

namespace ActorPool.Routing;

/// <summary>Which nodes there are, how many workers each one offers, and which leases each one holds.</summary>
/// <remarks>
/// Knows no actor: nodes are their numbers. A node may hold as many chunks as it has workers, and some more, so that none of its workers waits for the network; those
/// are dealt only when no worker is free anywhere. Used by the coordinator alone.
/// </remarks>
/// <param name="prefetch">Chunks that may wait at a node for each of its workers; 0 or more.</param>
internal sealed class NodeRoster(int prefetch)
{
    private readonly Dictionary<int, Entry> _nodes = [];
    private long _turns;

    /// <summary>Nodes that are there, leaving ones included.</summary>
    public int Count => _nodes.Count;

    /// <summary>Workers of all nodes that take chunks.</summary>
    public int Workers { get; private set; }

    /// <summary>Leases at nodes.</summary>
    public int Held { get; private set; }

    /// <summary>Nodes with a free worker, the one with the most first; in turns among equals.</summary>
    public IReadOnlyList<int> WithFreeWorkers() => Order(entry => entry.Workers - entry.Leases.Count);

    /// <summary>Nodes whose workers are all busy, and that may hold one more chunk; the one with the most room for each worker first.</summary>
    public IReadOnlyList<int> WithRoom() => Order(entry => entry.Leases.Count < entry.Workers ? 0 : (double)(Most(entry) - entry.Leases.Count) / entry.Workers);

    /// <summary>Whether a worker of a node is free.</summary>
    public bool HasFreeWorker => _nodes.Values.Any(entry => !entry.IsLeaving && entry.Leases.Count < entry.Workers);

    /// <summary>Whether the node holds a chunk over which so many nodes were lost: the next loss decides over it, and no other may be to blame.</summary>
    public bool HoldsSuspect(int id, int losses) => _nodes.TryGetValue(id, out var entry) && entry.Leases.Any(lease => lease.Losses >= losses);

    /// <summary>Whether the node holds nothing.</summary>
    public bool IsEmpty(int id) => _nodes.TryGetValue(id, out var entry) && entry.Leases.Count == 0;

    /// <summary>The node that holds the least, of those that take chunks; null if there is none.</summary>
    public int? Emptiest() => _nodes.Values.Where(entry => !entry.IsLeaving).MinBy(entry => (entry.Leases.Count, entry.Id))?.Id;

    public void Enter(int id, int workers)
    {
        _nodes.Add(id, new Entry(id, workers));
        Workers += workers;
    }

    /// <summary>The node takes no more chunks; what it holds, it finishes or hands back.</summary>
    public void Leave(int id)
    {
        if (!_nodes.TryGetValue(id, out var entry) || entry.IsLeaving)
            return;
        entry.IsLeaving = true;
        Workers -= entry.Workers;
    }

    public bool IsLeaving(int id) => _nodes.TryGetValue(id, out var entry) && entry.IsLeaving;

    /// <summary>The node is gone; says what it held, and how many workers it had. False when it had gone before.</summary>
    public bool TryRemove(int id, out IReadOnlyCollection<Lease> held, out int workers)
    {
        (held, workers) = ([], 0);
        if (!_nodes.Remove(id, out var entry))
            return false;
        (held, workers) = (entry.Leases, entry.Workers);
        Held -= held.Count;
        if (!entry.IsLeaving)
            Workers -= entry.Workers;
        return true;
    }

    public void Occupy(int id, Lease lease)
    {
        var entry = _nodes[id];
        entry.Leases.Add(lease);
        entry.LastTurn = ++_turns;
        Held++;
    }

    /// <summary>A lease has come back; false when the node is gone, or never had it.</summary>
    public bool TryRelease(int id, Lease lease)
    {
        if (!_nodes.TryGetValue(id, out var entry) || !entry.Leases.Remove(lease))
            return false;
        Held--;
        return true;
    }

    private int Most(Entry entry) => entry.Workers * (1 + prefetch);

    private IReadOnlyList<int> Order(Func<Entry, double> room)
    {
        if (_nodes.Count == 0)
            return [];
        if (_nodes.Count == 1)
            return _nodes.Values.First() is { IsLeaving: false } one && room(one) > 0 ? [one.Id] : [];
        return [.. _nodes.Values.Where(entry => !entry.IsLeaving && room(entry) > 0).OrderByDescending(room).ThenBy(entry => entry.LastTurn).Select(entry => entry.Id)];
    }

    private sealed class Entry(int id, int workers)
    {
        public int Id { get; } = id;

        public int Workers { get; } = workers;

        public HashSet<Lease> Leases { get; } = [];

        /// <summary>When it got its last chunk, in chunks dealt to nodes; 0 for never.</summary>
        public long LastTurn { get; set; }

        public bool IsLeaving { get; set; }
    }
}
