using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using ActorPool.Hosting;
using ActorPool.Routing;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Telemetry;
using ActorPool.Transport;
using static ActorPool.Cluster.ControlProtocol;
using ClusterSettings = ActorPool.Hosting.ClusterSettings;

namespace ActorPool.Cluster;

/// <summary>Lends a node's workers to pools: takes in their sessions, lets their chunks run as workers are free, and says which nodes there are.</summary>
/// <remarks>See <see cref="ControlProtocol"/> for what it says to links, and <see cref="DataProtocol"/> for what their sessions bring. It blocks nowhere and runs no user code.</remarks>
internal sealed partial class NodeAgentActor : ReceiveActor, IWithTimers
{
    /// <summary>Lease timeouts after which a silent pool is forgotten: longer than the pool waits for a silent node, so that no work is dropped that is still wanted.</summary>
    private const double PoolPatience = 1.5;


    private readonly NodeRuntime _node;
    private readonly ClusterSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ChunkGate<NodeSession, NodeSession.PendingChunk> _gate;
    private readonly Dictionary<Guid, (CodeContext Code, int Sessions)> _code = [];
    private readonly List<IActorRef> _drainWaiters = [];
    private bool _leaving;
    private int _sessionsStarted;

    public NodeAgentActor(NodeRuntime node)
    {
        _node = node;
        _settings = node.Settings.Cluster;
        _clock = node.Settings.TimeProvider;
        _gate = new ChunkGate<NodeSession, NodeSession.PendingChunk>(node.Settings.Workers);
        Receive<ChunkArrived>(OnChunkArrived);
        Receive<ChunkDone>(OnChunkDone);
        Receive<Enlist>(OnEnlist);
        Receive<Renew>(OnRenew);
        Receive<Resign>(resign => End(resign.Session, "its pool has ended"));
        Receive<ConnectionEnded>(OnConnectionEnded);
        Receive<SessionEnded>(OnSessionEnded);
        Receive<Tick>(_ => OnTick());
        Receive<Drain>(_ => OnDrain());
        Receive<DrainTimedOut>(_ => OnDrainTimedOut());
        Receive<ClusterEvent.CurrentClusterState>(OnClusterState);
        Receive<ClusterEvent.MemberUp>(up => OnMember(up.Member, isThere: true));
        Receive<ClusterEvent.MemberWeaklyUp>(up => OnMember(up.Member, isThere: true));
        Receive<ClusterEvent.MemberLeft>(left => OnMember(left.Member, isThere: false));
        Receive<ClusterEvent.MemberExited>(exited => OnMember(exited.Member, isThere: false));
        Receive<ClusterEvent.MemberDowned>(downed => OnMember(downed.Member, isThere: false));
        Receive<ClusterEvent.MemberRemoved>(removed => OnMember(removed.Member, isThere: false));
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<ClusterEvent.UnreachableMember>(gone => OnReachability(gone.Member, isReachable: false));
        Receive<ClusterEvent.ReachableMember>(back => OnReachability(back.Member, isReachable: true));
        Receive<ThisActorSystemQuarantinedEvent>(_ => _node.OnOutcast("The others have removed it from their cluster, since it was not there for a while."));
        Receive<AskMembers>(_ => Sender.Tell(new MembersAre([.. _members])));
        Receive<MembersAre>(OnMembersAre);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(NodeRuntime node) => Props.Create(() => new NodeAgentActor(node)).WithDispatcher(PoolSettings.CoordinationDispatcher);

    protected override void PreStart()
    {
        Akka.Cluster.Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        // Who was removed while it was frozen hears of it from nobody in the cluster; but its peers refuse to talk to it.
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        Timers.StartPeriodicTimer("tick", Tick.Instance, _settings.LeaseInterval);
    }

    protected override void PostStop()
    {
        Akka.Cluster.Cluster.Get(Context.System).Unsubscribe(Self);
        foreach (var session in _node.Sessions.Values)
            _ = session.EndAsync();
    }

    private void OnEnlist(Enlist enlist)
    {
        if (_node.Sessions.TryGetValue(enlist.Session, out var known))
        {
            Answer(known); // its first answer was lost
            return;
        }
        if (Refusal(enlist) is { } refusal)
        {
            Sender.Tell(refusal);
            return;
        }
        var (code, sessions) = _code.TryGetValue(enlist.Process, out var shared) ? shared : (_node.NewCodeContext(enlist.Process), 0);
        _code[enlist.Process] = (code, sessions + 1);
        var settings = new SessionSettings(_node.Settings.Workers, $"session-{++_sessionsStarted}", _settings.MaxModuleBytes, _node.Settings.AbandonAfter);
        var session = new NodeSession(enlist.Session, $"{enlist.Pool} at {Sender.Path.Address.Host}:{Sender.Path.Address.Port}", Ticket.New(enlist.Session), code, Self, Context.System, settings, _node.Settings.Workers * (1 + ClusterSettings.MostPrefetch))
        {
            Client = Sender,
            Process = enlist.Process,
            Renewed = _clock.GetTimestamp(),
        };
        _node.Sessions.TryAdd(session.Id, session);
        _log.SessionStarted(session.ClientPool);
        Answer(session);
    }

    private Refused? Refusal(Enlist enlist)
    {
        if (enlist.Protocol != ControlProtocol.Version)
        {
            return new Refused(enlist.Session,
                $"it speaks protocol {ControlProtocol.Version} (ActorPool {_node.EngineVersion}) and the pool protocol {enlist.Protocol} (ActorPool {enlist.Engine}): use one version everywhere", IsFinal: true);
        }
        if (_leaving || _node.IsEnding)
            return new Refused(enlist.Session, "it is leaving its cluster", IsFinal: false);
        return _node.Sessions.Count >= _settings.MaxSessions
            ? new Refused(enlist.Session, $"it serves [{_node.Sessions.Count}] pools, and that is the most (actorpool.cluster.max-sessions)", IsFinal: false)
            : null;
    }

    private void Answer(NodeSession session) =>
        Sender.Tell(new Enlisted(session.Id, _node.Settings.Workers, _node.DataPort, session.Ticket.Secret.ToArray(), [.. _members]));

    private void OnRenew(Renew renew)
    {
        var isKnown = _node.Sessions.TryGetValue(renew.Session, out var session);
        if (isKnown)
            session!.Renewed = _clock.GetTimestamp();
        Sender.Tell(new Renewed(renew.Session, isKnown, _leaving, [.. _members], [.. _unreachable]));
    }

    private void OnChunkArrived(ChunkArrived arrived)
    {
        if (_leaving)
        {
            arrived.Session.HandBack(arrived.Chunk);
            return;
        }
        if (!_node.Sessions.ContainsKey(arrived.Session.Id))
            return; // it ended at this moment
        _gate.Add(arrived.Session, arrived.Chunk);
        StartChunks();
    }

    private void OnChunkDone(ChunkDone done)
    {
        _gate.End(done.Session);
        StartChunks();
        AnswerDrain();
    }

    private void StartChunks()
    {
        while (_gate.TryStart(out var session, out var chunk))
            session.Start(chunk);
    }

    private void OnConnectionEnded(ConnectionEnded ended)
    {
        if (ended.Error is { } error && _node.Sessions.ContainsKey(ended.Session.Id))
            _log.DataConnectionFailed(ended.Session.ClientPool, error);
        End(ended.Session.Id, "its data connection has ended");
    }

    private void End(Guid id, string reason)
    {
        if (!_node.Sessions.TryRemove(id, out var session))
            return;
        _log.SessionEnded(session.ClientPool, reason);
        _gate.Remove(session);
        var self = Self;
        session.EndAsync().PipeTo(self, success: stopped => new SessionEnded(session, stopped), failure: _ => new SessionEnded(session, HasStopped: false));
    }

    /// <summary>Its functions have stopped, or were given up: when it was the last one of its process, the code goes.</summary>
    private void OnSessionEnded(SessionEnded ended)
    {
        if (!ended.HasStopped)
            _log.FunctionsGoOn(ended.Session.ClientPool);
        if (!_code.TryGetValue(ended.Session.Process, out var shared))
            return;
        shared.Code.Serializer.Broadcasts.Remove(ended.Session.Id);
        if (shared.Sessions > 1)
        {
            _code[ended.Session.Process] = (shared.Code, shared.Sessions - 1);
            return;
        }
        _code.Remove(ended.Session.Process);
        shared.Code.Unload();
    }

    private void OnTick()
    {
        foreach (var session in _node.Sessions.Values)
        {
            if (session.Silence(_clock) > PoolPatience * _settings.LeaseTimeout)
                End(session.Id, $"it was not heard for [{PoolPatience * _settings.LeaseTimeout}]");
            else
                session.TellHeld();
        }
        AskSeeds();
    }

    private void OnDrain()
    {
        _drainWaiters.Add(Sender);
        if (!_leaving)
        {
            _leaving = true;
            foreach (var session in _node.Sessions.Values)
            {
                foreach (var chunk in _gate.TakeWaiting(session))
                    session.HandBack(chunk);
            }
            TellMembers();
            Timers.StartSingleTimer("drain", DrainTimedOut.Instance, _settings.DrainTimeout);
        }
        AnswerDrain();
    }

    private void AnswerDrain()
    {
        if (!_leaving || !_gate.IsEmpty)
            return;
        foreach (var waiter in _drainWaiters)
            waiter.Tell(Drained.Instance);
        _drainWaiters.Clear();
    }

    private void OnDrainTimedOut()
    {
        if (_gate.Running > 0)
            _log.DrainTimedOut(_gate.Running, _settings.DrainTimeout);
        // Ended sessions are lost to their pools, which deal their chunks again.
        foreach (var session in _node.Sessions.Values)
            End(session.Id, "the node leaves");
        foreach (var waiter in _drainWaiters)
            waiter.Tell(Drained.Instance);
        _drainWaiters.Clear();
    }

    /// <summary>Session to agent: a chunk was read, and waits for a worker.</summary>
    public sealed record ChunkArrived(NodeSession Session, NodeSession.PendingChunk Chunk) : INoSerializationVerificationNeeded;

    /// <summary>Session to agent: a chunk that was started has let go of its worker.</summary>
    public sealed record ChunkDone(NodeSession Session) : INoSerializationVerificationNeeded;

    /// <summary>Session to agent: its data connection has ended.</summary>
    public sealed record ConnectionEnded(NodeSession Session, Exception? Error) : INoSerializationVerificationNeeded;

    /// <summary>Node to agent: take no more chunks, hand back what waits, and answer <see cref="Drained"/> when nothing runs any more.</summary>
    public sealed record Drain : INoSerializationVerificationNeeded
    {
        public static readonly Drain Instance = new();
    }

    public sealed record Drained : INoSerializationVerificationNeeded
    {
        public static readonly Drained Instance = new();
    }

    private sealed record SessionEnded(NodeSession Session, bool HasStopped) : INoSerializationVerificationNeeded;

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }

    private sealed record DrainTimedOut : INoSerializationVerificationNeeded
    {
        public static readonly DrainTimedOut Instance = new();
    }
}
