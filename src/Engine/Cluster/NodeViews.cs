namespace ActorPool.Cluster;

/// <summary>Which nodes a pool should have a link to: its seeds, those that it hears, and those of which one that it hears knows.</summary>
/// <remarks>
/// While it hears none, nobody says that a node is no more, and all of before are called: a pool that was cut off finds them again though its seeds have died. Otherwise a node that nobody names and that
/// is not heard is let go: it has left, was removed, or comes back as another member, which is then named. Nodes are host:port.
/// </remarks>
internal sealed class NodeViews(IReadOnlyCollection<string> seeds)
{
    private readonly Dictionary<string, View> _views = new(StringComparer.Ordinal); // by the node that has it
    private HashSet<string> _suspects = new(StringComparer.Ordinal);

    /// <summary>Those to have a link to.</summary>
    public IReadOnlySet<string> Nodes { get; private set; } = new HashSet<string>(seeds, StringComparer.Ordinal);

    /// <summary>Whether other nodes cannot reach it. That proves nothing, but is reason to wait less long for it.</summary>
    public bool IsSuspect(string node) => _suspects.Contains(node);

    /// <summary>A node has said which there are, itself among them, and which of them it cannot reach.</summary>
    /// <returns>False if it said the same as before.</returns>
    public bool Hear(string node, IReadOnlyList<string> members, IReadOnlyList<string> unreachable)
    {
        if (_views.TryGetValue(node, out var before) && before.Members.SequenceEqual(members, StringComparer.Ordinal) && before.Unreachable.SequenceEqual(unreachable, StringComparer.Ordinal))
            return false;
        _views[node] = new View(members, unreachable);
        Update();
        return true;
    }

    /// <summary>A node is not heard any more.</summary>
    /// <returns>False if it was not heard before.</returns>
    public bool Lose(string node)
    {
        if (!_views.Remove(node))
            return false;
        Update();
        return true;
    }

    private void Update()
    {
        _suspects = _views.Values.SelectMany(view => view.Unreachable).ToHashSet(StringComparer.Ordinal);
        if (_views.Count > 0)
            Nodes = _views.Values.SelectMany(view => view.Members).Concat(_views.Keys).Concat(seeds).ToHashSet(StringComparer.Ordinal);
    }

    private sealed record View(IReadOnlyList<string> Members, IReadOnlyList<string> Unreachable);
}
