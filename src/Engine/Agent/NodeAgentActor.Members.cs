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
    private const int MaxUnseen = 3; // right after this node has joined, a seed's list may be a little out of date

    private readonly SortedSet<NodeAddress> _members = new(NodeAddress.Order);
    private readonly SortedSet<NodeAddress> _unreachable = new(NodeAddress.Order);
    private int _ticks;
    private int _unseen;

    private void AskSeeds()
    {
        if (_leaving || !_members.Contains(_node.Address) || ++_ticks % TicksToAsk != 0)
            return;
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
        if (!_isOutside)
            Sender.Tell(new MemberList([.. _members]));
    }

    /// <summary>Detects that a seed was restarted.</summary>
    /// <remarks>
    /// A seed that restarts at its address starts a new cluster. It does not know the nodes that had joined it: they must rejoin.
    /// </remarks>
    private void OnMemberList(MemberList list)
    {
        if (_leaving || list.Members.Contains(_node.Address))
            _unseen = 0;
        else if (++_unseen == MaxUnseen)
            _node.OnOutside(NodeEnd.SeedStartedAnew);
    }

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
