using Akka.Actor;
using ActorPool.Coordination;
using ActorPool.Hosting;

namespace ActorPool.Cluster;

/// <summary>Keeps a link to each node that a pool should have one to, as <see cref="NodeViews"/> says.</summary>
internal sealed class NodeDirectoryActor : ReceiveActor
{
    private readonly PoolState _pool;
    private readonly IActorRef _coordinator;
    private readonly NodeViews _views;
    private readonly Dictionary<string, IActorRef> _links = new(StringComparer.Ordinal);
    private readonly HashSet<string> _suspects = new(StringComparer.Ordinal); // whose links know it

    public NodeDirectoryActor(PoolState pool, IReadOnlyList<string> seeds, IActorRef coordinator)
    {
        (_pool, _coordinator, _views) = (pool, coordinator, new NodeViews(seeds));
        Receive<MembersSeen>(seen => IsLinkTo(seen.By), seen =>
        {
            if (_views.Hear(seen.By, seen.Members, seen.Unreachable))
                Follow();
        });
        Receive<NodeGone>(gone => IsLinkTo(gone.Address), gone =>
        {
            if (_views.Lose(gone.Address))
                Follow();
        });
        Receive<MembersSeen>(_ => { }); // the last words of a link that was let go
        Receive<NodeGone>(_ => { });
    }

    public static Props PropsFor(PoolState pool, IReadOnlyList<string> seeds, IActorRef coordinator) =>
        Props.Create(() => new NodeDirectoryActor(pool, seeds, coordinator)).WithDispatcher(PoolSettings.CoordinationDispatcher);

    protected override void PreStart() => Follow();

    private bool IsLinkTo(string address) => _links.TryGetValue(address, out var link) && link.Equals(Sender);

    private void Follow()
    {
        foreach (var (address, link) in _links.Where(link => !_views.Nodes.Contains(link.Key)).ToList())
        {
            Context.Stop(link);
            _links.Remove(address);
            _suspects.Remove(address);
        }
        foreach (var address in _views.Nodes.Where(address => !_links.ContainsKey(address)))
            _links.Add(address, Context.ActorOf(NodeLinkActor.PropsFor(address, _pool, _coordinator)));
        foreach (var (address, link) in _links)
        {
            var isSuspect = _views.IsSuspect(address);
            if (isSuspect ? _suspects.Add(address) : _suspects.Remove(address))
                link.Tell(new Suspected(isSuspect));
        }
    }

    /// <summary>Link to directory: these are the nodes that its node sees.</summary>
    public sealed record MembersSeen(string By, IReadOnlyList<string> Members, IReadOnlyList<string> Unreachable) : INoSerializationVerificationNeeded;

    /// <summary>Directory to link: other nodes cannot reach its node, or can again.</summary>
    public sealed record Suspected(bool IsSuspect) : INoSerializationVerificationNeeded;

    /// <summary>Link to directory: its node is lost; it tries again until it is stopped.</summary>
    public sealed record NodeGone(string Address) : INoSerializationVerificationNeeded;
}
