using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Client;

/// <summary>Keeps a link to each node that <see cref="MembershipView"/> names, and tells how nodes differ.</summary>
internal sealed class NodeDirectoryActor : HandlerActor
{
    private readonly PoolState _pool;
    private readonly ClusterClient _client;
    private readonly IActorRef _coordinator;
    private readonly MembershipView _views;
    private readonly NodeNews _news;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<NodeAddress, IActorRef> _links = [];
    private readonly Dictionary<NodeAddress, ProcessTraits> _traits = []; // of nodes that have a link
    private readonly HashSet<NodeAddress> _suspects = []; // nodes whose links were told that they are suspect

    public NodeDirectoryActor(PoolState pool, ClusterClient client, IActorRef coordinator)
    {
        (_pool, _client, _coordinator, _views) = (pool, client, coordinator, new MembershipView(client.Seeds));
        _news = new NodeNews(ProcessTraits.Current, pool.Settings.TimeProvider);
        Receive<MembersSeen>(seen => IsLinkTo(seen.By), seen =>
        {
            if (_views.Record(seen.By, seen.Members, seen.Unreachable))
                UpdateLinks();
        });
        Receive<NodeGone>(gone => IsLinkTo(gone.Address), gone =>
        {
            if (_views.MarkLost(gone.Address))
                UpdateLinks();
        });
        Receive<NodeMet>(OnNodeMet);
        Receive<NodeRenamed>(OnNodeRenamed);
        Receive<NodeProtocol.ListNodes>(_ => Sender.Tell(new NodeProtocol.NodesListed(
            _links.ToDictionary(link => link.Key.ToString(), link => link.Value, StringComparer.Ordinal),
            _suspects.Select(suspect => suspect.ToString()).ToHashSet(StringComparer.Ordinal))
        {
            Traits = _traits.ToDictionary(node => node.Key.ToString(), node => node.Value, StringComparer.Ordinal),
        }));
        Receive<MembersSeen>(_ => { }); // late messages of a link that was stopped
        Receive<NodeGone>(_ => { });
    }

    public static Props PropsFor(PoolState pool, ClusterClient client, IActorRef coordinator) =>
        Props.Create(() => new NodeDirectoryActor(pool, client, coordinator)).WithDispatcher(PoolSettings.CoordinationDispatcher);

    protected override void PreStart()
    {
        var self = Self;
        _client.Security.OnRenamed = (called, actual) => self.Tell(new NodeRenamed(called, actual));
        UpdateLinks();
    }

    /// <summary>Calls a seed by its own address from now on.</summary>
    /// <remarks>It drops what is sent to another one.</remarks>
    private void OnNodeRenamed(NodeRenamed renamed)
    {
        if (!_views.Rename(renamed.Called, renamed.Actual))
            return;
        _client.RenameSeed(renamed.Called, renamed.Actual);
        _log.SeedRenamed(renamed.Called.ToString(), renamed.Actual.ToString());
        UpdateLinks();
    }

    private void OnNodeMet(NodeMet met)
    {
        if (_links.ContainsKey(met.Address))
            _traits[met.Address] = met.Traits;
        if (_news.TakeDifferences(met.Address, met.Traits) is { } differences)
            _log.NodeDiffers(met.Address.ToString(), _pool.Settings.Name, differences);
    }

    private bool IsLinkTo(NodeAddress address) => _links.TryGetValue(address, out var link) && link.Equals(Sender);

    private void UpdateLinks()
    {
        foreach (var (address, link) in _links.Where(link => !_views.Nodes.Contains(link.Key)).ToList())
        {
            Context.Stop(link);
            _links.Remove(address);
            _traits.Remove(address);
            _suspects.Remove(address);
        }
        foreach (var address in _views.Nodes.Where(address => !_links.ContainsKey(address)))
            _links.Add(address, Context.ActorOf(NodeLinkActor.PropsFor(address, _pool, _client, _coordinator)));
        foreach (var (address, link) in _links)
        {
            var isSuspect = _views.IsSuspect(address);
            if (isSuspect ? _suspects.Add(address) : _suspects.Remove(address))
                link.Tell(new Suspected(isSuspect));
        }
    }

    /// <summary>Link to directory: these are the nodes that its node sees.</summary>
    public sealed record MembersSeen(NodeAddress By, IReadOnlyList<NodeAddress> Members, IReadOnlyList<NodeAddress> Unreachable)
        : IPoolMessage;

    /// <summary>Link to directory: this is how the process of its node is set up.</summary>
    public sealed record NodeMet(NodeAddress Address, ProcessTraits Traits) : IPoolMessage;

    /// <summary>Transport to directory: the node that was called has another address.</summary>
    public sealed record NodeRenamed(NodeAddress Called, NodeAddress Actual) : INoSerializationVerificationNeeded;

    /// <summary>Directory to link: other nodes cannot reach the link's node, or can again.</summary>
    public sealed record Suspected(bool IsSuspect) : IPoolMessage;

    /// <summary>Link to directory: its node is lost; the link tries again until it is stopped.</summary>
    public sealed record NodeGone(NodeAddress Address) : IPoolMessage;
}
