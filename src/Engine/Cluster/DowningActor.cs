using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using ActorPool.Telemetry;

namespace ActorPool.Cluster;

/// <summary>Runs on seeds alone: removes members that stay unreachable for long, because until then no new member can come in.</summary>
/// <remarks>
/// Nothing depends on how soon it acts: pools go by their leases. Akka's own split brain resolver is not used: losing packets one way is enough for it to shut down healthy nodes.
/// </remarks>
internal sealed class DowningActor : ReceiveActor, IWithTimers
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public DowningActor(TimeSpan after)
    {
        Receive<ClusterEvent.UnreachableMember>(gone => Timers.StartSingleTimer(gone.Member.UniqueAddress, new Expired(gone.Member), after));
        Receive<ClusterEvent.ReachableMember>(back => Timers.Cancel(back.Member.UniqueAddress));
        Receive<ClusterEvent.MemberRemoved>(removed => Timers.Cancel(removed.Member.UniqueAddress));
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<Expired>(expired =>
        {
            _log.MemberDowned(expired.Member.Address.ToString(), after);
            _cluster.Down(expired.Member.Address);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(TimeSpan after) => Props.Create(() => new DowningActor(after));

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.UnreachableMember), typeof(ClusterEvent.ReachableMember));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private sealed record Expired(Member Member) : INoSerializationVerificationNeeded;
}
