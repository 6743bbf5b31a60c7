using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Remoting;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ActorPool.Agent;

/// <summary>Removes members that stay unreachable; runs only on seeds.</summary>
/// <remarks>
/// Until an unreachable member is removed, no new member becomes Up; it can do work as WeaklyUp. Pools do not depend on how soon the member
/// is removed: they use their leases. A member that this seed can reach stays, even if others cannot reach it, because nodes need no links
/// to each other. Akka's split brain resolver is not used: losing packets in one direction is enough for it to shut down healthy nodes (no
/// issue filed: it does what it promises).
/// </remarks>
internal sealed class DowningActor : HandlerActor, IWithTimers
{
    private const int MaxQuestions = 3;
    private static readonly TimeSpan s_timeToAnswer = TimeSpan.FromSeconds(1);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly TimeSpan _after;

    public DowningActor(TimeSpan after)
    {
        _after = after;
        Receive<ClusterEvent.UnreachableMember>(unreachable => Wait(unreachable.Member));
        Receive<ClusterEvent.ReachableMember>(reachable => Forget(reachable.Member));
        Receive<ClusterEvent.MemberRemoved>(removed => Forget(removed.Member));
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<Unanswered>(OnUnanswered);
        Receive<ControlProtocol.MemberList>(_ => OnAnswer(Sender.Path.Address));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(TimeSpan after) => Props.Create(() => new DowningActor(after));

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.UnreachableMember), typeof(ClusterEvent.ReachableMember));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Wait(Member member) => Timers.StartSingleTimer(member.Address, new Unanswered(member, Asked: 0), _after);

    private void Forget(Member member) => Timers.Cancel(member.Address);

    private void OnUnanswered(Unanswered unanswered)
    {
        var member = unanswered.Member;
        if (unanswered.Asked < MaxQuestions)
        {
            ControlProtocol.SelectAgent(Context, NodeAddress.From(member.Address)).Tell(ControlProtocol.GetMembers.Instance);
            Timers.StartSingleTimer(member.Address, unanswered with { Asked = unanswered.Asked + 1 }, s_timeToAnswer);
            return;
        }
        _log.MemberDowned(member.Address.ToString(), _after);
        _cluster.Down(member.Address);
    }

    /// <summary>Restarts the wait for a member that this seed can reach.</summary>
    /// <remarks>Others may be cut off from it, or it is back and they have not noticed yet.</remarks>
    private void OnAnswer(Address address)
    {
        if (_cluster.State.Unreachable.FirstOrDefault(member => member.Address.Equals(address)) is { } member
            && Timers.IsTimerActive(member.Address))
        {
            Wait(member);
        }
    }

    private sealed record Unanswered(Member Member, int Asked) : INoSerializationVerificationNeeded;
}
