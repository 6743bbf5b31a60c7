using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Remoting;
using Akka.Actor;
using Akka.Cluster;
using static ActorPool.Remoting.ControlProtocol;

namespace ActorPool.Agent;

// Members: which nodes the cluster has, and whether this node is still one of them.
internal sealed partial class NodeAgentActor
{
    private const int TicksToAsk = 4;
    private const int MaxStrangers = 100;

    private readonly SortedSet<NodeAddress> _members = new(NodeAddress.Order);
    private readonly SortedSet<NodeAddress> _unreachable = new(NodeAddress.Order);
    private readonly SeedAnswers _seedAnswers = new();
    private readonly HashSet<NodeAddress> _strangers = []; // nodes of other clusters that this one has asked lately
    private readonly HashSet<NodeAddress> _islands = []; // nodes of other clusters that were logged
    private int _ticks;

    private void AskSeeds()
    {
        if (_leaving || !_members.Contains(_node.Address) || ++_ticks % TicksToAsk != 0)
            return;
        _strangers.Clear();
        foreach (var seed in _node.Seeds.Where(seed => seed != _node.Address))
            SelectAgent(Context, seed).Tell(GetMembers.Instance);
    }

    /// <summary>Forgets all members but this node, which is outside its cluster.</summary>
    /// <remarks>It would otherwise name the members of a cluster that no longer exists, and report the new seed as unreachable.</remarks>
    private void ForgetMembers()
    {
        _members.Clear();
        _members.Add(_node.Address);
        _unreachable.Clear();
    }

    private void OnGetMembers()
    {
        if (_isOutside)
            return;
        Sender.Tell(new MemberList([.. _members]));
        // A node that takes this one for its seed, and is in another cluster: its list shows which.
        if (FindSender() is { } asking && !_members.Contains(asking))
            AskStranger(asking);
    }

    private void AskStranger(NodeAddress stranger)
    {
        if (!_leaving && _members.Contains(_node.Address) && _strangers.Count < MaxStrangers && _strangers.Add(stranger))
            SelectAgent(Context, stranger).Tell(GetMembers.Instance);
    }

    /// <summary>Detects that a seed was restarted, and that there is another cluster.</summary>
    /// <remarks>
    /// A seed that restarts at its address starts a new cluster, if it is the only one. It does not know the nodes that had joined it: they
    /// must rejoin. Two seeds that were started without knowing of each other have a cluster each.
    /// </remarks>
    private void OnMemberList(MemberList list)
    {
        // A node that is not in a cluster yet has no members.
        if (_leaving || list.Members.Count == 0 || !_members.Contains(_node.Address) || FindSender() is not { } sender)
            return;
        var isSeed = _node.Seeds.Contains(_node.Address);
        var verdict = _node.Seeds.Contains(sender) ? _seedAnswers.Record(sender, list.Members, _node.Address, _members, isSeed)
            : _members.Overlaps(list.Members) ? SeedVerdict.Same
            : SeedVerdict.Island;
        if (verdict == SeedVerdict.Outside)
            _node.OnOutside(NodeEnd.SeedStartedAnew);
        if (verdict != SeedVerdict.Island)
            _islands.Remove(sender);
        else if (_islands.Count < MaxStrangers && _islands.Add(sender))
            OnIsland(sender, list.Members);
    }

    /// <summary>Reports another cluster, and tells its members of this one.</summary>
    private void OnIsland(NodeAddress member, IReadOnlyList<NodeAddress> members)
    {
        var others = members.Where(_islands.Add).ToList();
        _log.OtherCluster(member.ToString(), members.Select(one => one.ToString()), _members.Select(one => one.ToString()));
        foreach (var other in others)
            AskStranger(other);
    }

    private NodeAddress? FindSender() =>
        Sender.Path.Address is { Host: not null, Port: not null } address ? NodeAddress.From(address) : null;

    private void OnClusterState(ClusterEvent.CurrentClusterState state)
    {
        foreach (var member in state.Members.Where(member => member.Status is MemberStatus.Up or MemberStatus.WeaklyUp))
            OnMember(member, isThere: true);
        foreach (var member in state.Unreachable)
            OnReachability(member, isReachable: false);
    }

    private void OnReachability(Member member, bool isReachable)
    {
        if (_isOutside)
            return;
        var address = NodeAddress.From(member.Address);
        if (!(isReachable ? _unreachable.Remove(address) : _unreachable.Add(address)))
            return;
        if (isReachable)
            _log.MemberReachable(address.ToString());
        else
            _log.MemberUnreachable(address.ToString());
        OnMembersChanged();
    }

    private void OnMember(Member member, bool isThere, bool isLost = false)
    {
        if (_isOutside)
            return;
        var address = NodeAddress.From(member.Address);
        if (!isThere)
            _unreachable.Remove(address);
        if (!(isThere ? _members.Add(address) : _members.Remove(address)))
            return;
        if (isThere && address == _node.Address)
            _node.Joined.TrySetResult();
        if (isThere)
            _log.MemberJoined(address.ToString(), _members.Count);
        else if (isLost)
            _log.MemberLost(address.ToString(), _members.Count);
        else
            _log.MemberLeft(address.ToString(), _members.Count);
        if (isThere && address != _node.Address && MemberVersions.FindMisfit(_node.Versions, member.Roles) is { } misfit)
            _log.MemberSpeaksOtherVersions(address.ToString(), misfit, _node.Versions.Control.ToString(), _node.Versions.Data.ToString());
        OnMembersChanged();
    }

    private void OnMembersChanged()
    {
        // A seed may well be the only member.
        _node.IsCutOff = _node.Seeds.Count > 0 && _unreachable.Count > 0 && _unreachable.Count >= _members.Count - 1;
        _node.Members = [.. _members.Select(member => member.ToString())];
        TellMembers();
    }

    private void TellMembers()
    {
        foreach (var (session, client) in _clients)
            client.Tell(CreateRenewed(session, isKnown: true));
    }

    private Renewed CreateRenewed(Guid session, bool isKnown) =>
        new(session, isKnown, _leaving, _gate.Workers, [.. _members], [.. _unreachable]);
}
