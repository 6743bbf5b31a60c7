using ActorPool.Configuration;

namespace ActorPool.Client;

/// <summary>Decides to which nodes a pool keeps links.</summary>
/// <remarks>
/// They are its seeds, the nodes that answer it, and the members that those name. While no node answers, no one can say that a node has
/// left, and the pool keeps its links to all earlier nodes: a pool that was cut off finds them again even if its seeds have died. Otherwise
/// the link to a node that does not answer and that no other names is stopped: the node has left, was removed, or comes back as another
/// member, which is then named.
/// </remarks>
internal sealed class MembershipView(IReadOnlyCollection<NodeAddress> seeds)
{
    private readonly HashSet<NodeAddress> _seeds = [.. seeds];
    private readonly Dictionary<NodeAddress, View> _views = []; // by the node that reported it
    private HashSet<NodeAddress> _suspects = [];

    /// <summary>The nodes to keep a link to.</summary>
    public IReadOnlySet<NodeAddress> Nodes { get; private set; } = seeds.ToHashSet();

    /// <summary>Whether another node cannot reach this one.</summary>
    /// <remarks>That proves nothing, but is a reason to wait less long for it.</remarks>
    public bool IsSuspect(NodeAddress node) => _suspects.Contains(node);

    /// <summary>Records the members that a node reports, and those that it cannot reach.</summary>
    /// <returns>False if the node reported the same before.</returns>
    public bool Record(NodeAddress node, IReadOnlyList<NodeAddress> members, IReadOnlyList<NodeAddress> unreachable)
    {
        if (_views.TryGetValue(node, out var before)
            && before.Members.SequenceEqual(members) && before.Unreachable.SequenceEqual(unreachable))
        {
            return false;
        }
        _views[node] = new View(members, unreachable);
        Update();
        return true;
    }

    /// <summary>Takes a node's own address in place of the one by which it was called.</summary>
    /// <returns>False if no seed has been called so.</returns>
    public bool Rename(NodeAddress called, NodeAddress actual)
    {
        if (!_seeds.Remove(called))
            return false;
        _seeds.Add(actual);
        _views.Remove(called);
        Nodes = Nodes.Where(node => node != called).Append(actual).ToHashSet();
        Update();
        return true;
    }

    /// <summary>Records that a node does not answer any longer.</summary>
    /// <returns>False if it did not answer before.</returns>
    public bool MarkLost(NodeAddress node)
    {
        if (!_views.Remove(node))
            return false;
        Update();
        return true;
    }

    private void Update()
    {
        _suspects = _views.Values.SelectMany(view => view.Unreachable).ToHashSet();
        if (_views.Count > 0)
            Nodes = _views.Values.SelectMany(view => view.Members).Concat(_views.Keys).Concat(_seeds).ToHashSet();
    }

    private sealed record View(IReadOnlyList<NodeAddress> Members, IReadOnlyList<NodeAddress> Unreachable);
}
