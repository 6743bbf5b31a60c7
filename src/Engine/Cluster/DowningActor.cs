using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using ActorPool.Telemetry;

namespace ActorPool.Cluster;

/// <summary>Runs on seeds alone: removes members that stay unreachable for long, because until then no new member can come in.</summary>
/// <remarks>
/// Nothing depends on how soon it acts: pools go by their leases. A member that others cannot reach, and this seed can, stays: nodes need no links among each other. Akka's own split brain
/// resolver is not used: losing packets one way is enough for it to shut down healthy nodes.
/// </remarks>
internal sealed class DowningActor : ReceiveActor, IWithTimers
{
    private const int Questions = 3;
    private static readonly TimeSpan s_timeToAnswer = TimeSpan.FromSeconds(1);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly TimeSpan _after;

    public DowningActor(TimeSpan after)
    {
        _after = after;
        Receive<ClusterEvent.UnreachableMember>(gone => Wait(gone.Member));
        Receive<ClusterEvent.ReachableMember>(back => Forget(back.Member));
        Receive<ClusterEvent.MemberRemoved>(removed => Forget(removed.Member));
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<Unanswered>(OnUnanswered);
        Receive<ControlProtocol.MembersAre>(_ => OnAnswer(Sender.Path.Address));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(TimeSpan after) => Props.Create(() => new DowningActor(after));

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.UnreachableMember), typeof(ClusterEvent.ReachableMember));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Wait(Member member) => Timers.StartSingleTimer(member.Address, new Unanswered(member, Asked: 0), _after);

    private void Forget(Member member) => Timers.Cancel(member.Address);

    private void OnUnanswered(Unanswered unanswered)
    {
        var member = unanswered.Member;
        if (unanswered.Asked < Questions)
        {
            ControlProtocol.AgentAt(Context, NodeAddress.Format((member.Address.Host!, member.Address.Port!.Value))).Tell(ControlProtocol.AskMembers.Instance);
            Timers.StartSingleTimer(member.Address, unanswered with { Asked = unanswered.Asked + 1 }, s_timeToAnswer);
            return;
        }
        _log.MemberDowned(member.Address.ToString(), _after);
        _cluster.Down(member.Address);
    }

    /// <summary>It is there: others may be cut off from it, or it has come back and they have not noticed.</summary>
    private void OnAnswer(Address address)
    {
        if (_cluster.State.Unreachable.FirstOrDefault(member => member.Address.Equals(address)) is { } member && Timers.IsTimerActive(member.Address))
            Wait(member);
    }

    private sealed record Unanswered(Member Member, int Asked) : INoSerializationVerificationNeeded;
}
