using System.Runtime.InteropServices;
using ActorPool.Jobs;

namespace ActorPool.Routing;

/// <summary>Records the nodes, how many workers each one has, and which leases it holds.</summary>
/// <remarks>
/// It knows no actor: nodes are numbers. A node may hold as many chunks as it has workers, and some more, so that none of its workers waits
/// for the network. The additional ones are dispatched only when no free worker gets a chunk. Only the coordinator uses it.
/// <para>Nodes that may get a chunk are kept in order, so that a chunk costs about as much with a thousand nodes as with one.</para>
/// </remarks>
/// <param name="prefetch">Chunks that may wait at a node for each of its workers; 0 or more.</param>
/// <param name="workerLosses">Charges with which an item is given up; 1 or more. A chunk with one charge less is suspect.</param>
/// <param name="prefersLast">Whether the one of equals that got the last chunk gets the next: it is warm. False: they take turns.</param>
internal sealed class NodeRoster(int prefetch, int workerLosses, bool prefersLast = false)
{
    private readonly int _suspectLosses = workerLosses - 1;
    private readonly Dictionary<int, Entry> _nodes = [];

    // By room, most first, then by turn: nodes with a free worker, and busy ones that may hold one more chunk.
    private readonly SortedSet<(double MinusRoom, long Turn, int Id)> _free = [];
    private readonly SortedSet<(double MinusRoom, long Turn, int Id)> _queueing = [];
    private long _turns;

    /// <summary>Connected nodes, including those that leave.</summary>
    public int Count => _nodes.Count;

    /// <summary>Workers of all nodes that take chunks.</summary>
    public int Workers { get; private set; }

    /// <summary>Leases at nodes.</summary>
    public int Held { get; private set; }

    /// <summary>Whether a free worker of a node may take a chunk without losses.</summary>
    /// <param name="reserved">The node that is kept free; see <see cref="Reserve"/>.</param>
    public bool HasOffer(int? reserved) =>
        _free.Any(rank => !IsKeptForSuspect(_nodes[rank.Id], reserved));

    /// <summary>Chooses the node to keep free for a suspect chunk: that with fewest chunks.</summary>
    /// <remarks>
    /// If the node is lost with the suspect, no other item may be to blame. So the node gets no chunk until it is empty, and none while it
    /// holds the suspect.
    /// </remarks>
    /// <param name="suspectWaits">Whether a job has a chunk to dispatch that has <c>workerLosses</c> - 1 charges.</param>
    /// <returns>Null if none is needed or there is none.</returns>
    public int? Reserve(bool suspectWaits) =>
        suspectWaits && _suspectLosses > 0
            ? _nodes.Values.Where(entry => !entry.IsLeaving).MinBy(entry => (entry.Leases.Count, entry.Id))?.Id
            : null;

    /// <summary>Gets the nodes that may get a chunk now, the best first.</summary>
    /// <remarks>Call it again after each chunk.</remarks>
    /// <param name="allowQueueing">
    /// False: nodes with a free worker, the one with the most first. True: nodes whose workers are all busy and that may hold one more
    /// chunk, the one with the most room for each worker first.
    /// </param>
    /// <param name="reserved">The node that is kept free; see <see cref="Reserve"/>.</param>
    public IEnumerable<NodeOffer> GetOffers(bool allowQueueing, int? reserved)
    {
        foreach (var rank in allowQueueing ? _queueing : _free)
        {
            var entry = _nodes[rank.Id];
            if (IsKeptForSuspect(entry, reserved))
                continue;
            var mayTakeSuspect = _suspectLosses == 0 || (!allowQueueing && entry.Leases.Count == 0);
            yield return new NodeOffer(entry.Id, mayTakeSuspect ? int.MaxValue : _suspectLosses - 1, entry.TasksLeft);
        }
    }

    /// <param name="id">The node.</param>
    /// <param name="workers">Chunks that it runs at a time.</param>
    /// <param name="maxTasks">Items after which it gets no more; null: no limit.</param>
    public void Enter(int id, int workers, int? maxTasks = null)
    {
        var entry = new Entry(id, workers) { TasksLeft = maxTasks ?? int.MaxValue };
        _nodes.Add(id, entry);
        Workers += workers;
        Place(entry);
    }

    /// <summary>Changes how many chunks the node runs at a time.</summary>
    /// <returns>How many more; negative: fewer. 0 for a node that is unknown or leaves.</returns>
    public int Resize(int id, int workers)
    {
        if (!_nodes.TryGetValue(id, out var entry) || entry.IsLeaving)
            return 0;
        var more = workers - entry.Workers;
        entry.Workers = workers;
        Workers += more;
        Place(entry);
        return more;
    }

    /// <summary>Gives the node no more chunks; it finishes or hands back those that it holds.</summary>
    public void Leave(int id)
    {
        if (!_nodes.TryGetValue(id, out var entry) || entry.IsLeaving)
            return;
        entry.IsLeaving = true;
        Workers -= entry.Workers;
        Place(entry);
    }

    public bool IsLeaving(int id) => _nodes.TryGetValue(id, out var entry) && entry.IsLeaving;

    /// <summary>Removes a node; false if it is unknown.</summary>
    /// <param name="id">The node.</param>
    /// <param name="held">The leases that it held.</param>
    /// <param name="workers">How many workers it had.</param>
    public bool TryRemove(int id, out IReadOnlyCollection<Lease> held, out int workers)
    {
        (held, workers) = ([], 0);
        if (!_nodes.Remove(id, out var entry))
            return false;
        entry.Places?.Remove(entry.Rank);
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
        entry.Suspects += IsSuspect(lease) ? 1 : 0;
        entry.TasksLeft -= entry.TasksLeft == int.MaxValue ? 0 : lease.Tasks;
        entry.LastTurn = ++_turns;
        Held++;
        Place(entry);
    }

    /// <summary>Takes a lease back from the node; false if the node does not hold it.</summary>
    public bool TryRelease(int id, Lease lease)
    {
        if (!_nodes.TryGetValue(id, out var entry) || !entry.Leases.Remove(lease))
            return false;
        entry.Suspects -= IsSuspect(lease) ? 1 : 0;
        Held--;
        Place(entry);
        return true;
    }

    /// <summary>Whether a node has had all items that it may get, and holds none.</summary>
    public bool IsUsedUp(int id) => _nodes.TryGetValue(id, out var entry) && entry is { TasksLeft: <= 0, Leases.Count: 0 };

    private bool IsSuspect(Lease lease) => lease.Losses >= _suspectLosses;

    /// <summary>Puts a node that has changed where it belongs among those with room.</summary>
    private void Place(Entry entry)
    {
        entry.Places?.Remove(entry.Rank);
        var free = entry.Workers - entry.Leases.Count;
        var room = free > 0 ? free : (double)((entry.Workers * (1 + prefetch)) - entry.Leases.Count) / entry.Workers;
        entry.Rank = (-room, prefersLast ? -entry.LastTurn : entry.LastTurn, entry.Id);
        entry.Places = entry.IsLeaving || entry.TasksLeft <= 0 || !(room > 0) ? null : free > 0 ? _free : _queueing;
        entry.Places?.Add(entry.Rank);
    }

    /// <summary>Whether the node runs a suspect chunk, or is emptied for one.</summary>
    private bool IsKeptForSuspect(Entry entry, int? reserved) =>
        _suspectLosses > 0
        && (entry.Suspects > 0 || (entry.Id == reserved && entry.Leases.Count > 0));

    private sealed class Entry(int id, int workers)
    {
        public int Id { get; } = id;

        public int Workers { get; set; } = workers;

        public int TasksLeft { get; set; }

        public HashSet<Lease> Leases { get; } = [];

        /// <summary>How many of the leases are suspect.</summary>
        public int Suspects { get; set; }

        /// <summary>The nodes among which it stands now; null: it may get no chunk.</summary>
        public SortedSet<(double MinusRoom, long Turn, int Id)>? Places { get; set; }

        public (double MinusRoom, long Turn, int Id) Rank { get; set; }

        /// <summary>When it got its last chunk, in chunks dispatched to nodes; 0: never.</summary>
        public long LastTurn { get; set; }

        public bool IsLeaving { get; set; }
    }
}

/// <summary>A node that may get a chunk.</summary>
/// <param name="NodeId">The node.</param>
/// <param name="MaxLosses">Workers or nodes that the chunk may have lost before; a chunk with more goes to an empty node.</param>
/// <param name="TasksLeft">Items that the node may still get.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NodeOffer(int NodeId, int MaxLosses, int TasksLeft = int.MaxValue);
