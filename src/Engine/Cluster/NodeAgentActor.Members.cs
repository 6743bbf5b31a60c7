using Akka.Actor;
using Akka.Cluster;
using static ActorPool.Cluster.ControlProtocol;

namespace ActorPool.Cluster;

// Members: which nodes there are, as the cluster says, and whether the cluster is still this node's.
internal sealed partial class NodeAgentActor
{
    private const int TicksToAsk = 4;
    private const int MostUnseen = 3; // what a seed says right after a member has joined may be a little old

    private readonly SortedSet<string> _members = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _unreachable = new(StringComparer.Ordinal);
    private int _ticks;
    private int _unseen;

    private void AskSeeds()
    {
        if (_leaving || !_members.Contains(_node.Address) || ++_ticks % TicksToAsk != 0)
            return;
        foreach (var seed in _node.Seeds.Where(seed => !seed.Equals(_node.Address, StringComparison.Ordinal)))
            AgentAt(Context, seed).Tell(AskMembers.Instance);
    }

    /// <summary>A seed that was restarted at its address is a cluster of its own, and does not know the nodes that joined it before: they have to come again.</summary>
    private void OnMembersAre(MembersAre are)
    {
        if (_leaving || are.Members.Contains(_node.Address, StringComparer.Ordinal))
            _unseen = 0;
        else if (++_unseen == MostUnseen)
            _node.OnOutcast("A seed that it joined has started a cluster of its own.");
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
        var address = AddressOf(member);
        if (isReachable ? _unreachable.Remove(address) : _unreachable.Add(address))
            TellMembers();
    }

    private void OnMember(Member member, bool isThere)
    {
        var address = AddressOf(member);
        if (!isThere)
            _unreachable.Remove(address);
        if (!(isThere ? _members.Add(address) : _members.Remove(address)))
            return;
        if (isThere && address.Equals(_node.Address, StringComparison.Ordinal))
            _node.Joined.TrySetResult();
        TellMembers();
    }

    private void TellMembers()
    {
        foreach (var session in _node.Sessions.Values)
            session.Client.Tell(new Renewed(session.Id, IsKnown: true, _leaving, [.. _members], [.. _unreachable]));
    }

    private static string AddressOf(Member member) => NodeAddress.Format((member.Address.Host!, member.Address.Port!.Value));
}
