using Akka.Actor;
using ActorPool.Coordination;
using ActorPool.Hosting;

namespace ActorPool.Cluster;

/// <summary>Keeps a link to every node that a pool's seeds, or any node of the cluster, know of.</summary>
/// <remarks>Seeds are tried for ever. Another node's link is let go when it is lost and no node that is there names it any more.</remarks>
internal sealed class NodeDirectoryActor : ReceiveActor
{
    private readonly PoolState _pool;
    private readonly IActorRef _coordinator;
    private readonly IReadOnlyList<string> _seeds;
    private readonly Dictionary<string, IActorRef> _links = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _views = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _unreachable = new(StringComparer.Ordinal); // by who says so
    private readonly HashSet<string> _suspects = new(StringComparer.Ordinal);

    public NodeDirectoryActor(PoolState pool, IReadOnlyList<string> seeds, IActorRef coordinator)
    {
        (_pool, _seeds, _coordinator) = (pool, seeds, coordinator);
        Receive<MembersSeen>(OnMembersSeen);
        Receive<NodeGone>(OnNodeGone);
    }

    public static Props PropsFor(PoolState pool, IReadOnlyList<string> seeds, IActorRef coordinator) =>
        Props.Create(() => new NodeDirectoryActor(pool, seeds, coordinator)).WithDispatcher(PoolSettings.CoordinationDispatcher);

    protected override void PreStart()
    {
        foreach (var seed in _seeds)
            LinkTo(seed);
    }

    private void OnMembersSeen(MembersSeen seen)
    {
        _unreachable[seen.By] = seen.Unreachable;
        TellSuspects();
        if (_views.TryGetValue(seen.By, out var before) && before.SequenceEqual(seen.Members, StringComparer.Ordinal))
            return;
        _views[seen.By] = seen.Members;
        foreach (var member in seen.Members)
            LinkTo(member);
    }

    private void OnNodeGone(NodeGone gone)
    {
        _views.Remove(gone.Address);
        if (_unreachable.Remove(gone.Address))
            TellSuspects();
        if (_seeds.Contains(gone.Address, StringComparer.Ordinal) || _views.Values.Any(view => view.Contains(gone.Address, StringComparer.Ordinal)))
            return;
        _suspects.Remove(gone.Address);
        if (_links.Remove(gone.Address, out var link))
            Context.Stop(link);
    }

    /// <summary>That others cannot reach a node proves nothing, but it is reason for its link to wait less long.</summary>
    private void TellSuspects()
    {
        foreach (var (address, link) in _links)
        {
            var isSuspect = _unreachable.Values.Any(view => view.Contains(address, StringComparer.Ordinal));
            if (isSuspect ? _suspects.Add(address) : _suspects.Remove(address))
                link.Tell(new Suspected(isSuspect));
        }
    }

    private void LinkTo(string address)
    {
        if (!_links.ContainsKey(address))
            _links.Add(address, Context.ActorOf(NodeLinkActor.PropsFor(address, _pool, _coordinator)));
    }

    /// <summary>Link to directory: these are the nodes that its node sees.</summary>
    public sealed record MembersSeen(string By, IReadOnlyList<string> Members, IReadOnlyList<string> Unreachable) : INoSerializationVerificationNeeded;

    /// <summary>Directory to link: other nodes cannot reach its node, or can again.</summary>
    public sealed record Suspected(bool IsSuspect) : INoSerializationVerificationNeeded;

    /// <summary>Link to directory: its node is lost; it tries again until it is stopped.</summary>
    public sealed record NodeGone(string Address) : INoSerializationVerificationNeeded;
}
