using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Remoting;
using ActorPool.Shipping;
using ActorPool.Transport;
using ActorPool.Wire;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using static ActorPool.Remoting.ControlProtocol;
using ClusterSettings = ActorPool.Configuration.ClusterSettings;

namespace ActorPool.Agent;

/// <summary>Lends a node's workers to pools.</summary>
/// <remarks>
/// It accepts the sessions of pools and tells the pools which nodes the cluster has; <see cref="ChunkGate"/> starts their chunks.
/// <see cref="ControlProtocol"/> has its messages to and from links, <see cref="DataProtocol"/> the frames of their sessions.
/// It never blocks and runs no user code.
/// </remarks>
internal sealed partial class NodeAgentActor : HandlerActor, IWithTimers
{
    /// <summary>Lease timeouts after which a silent pool's session ends.</summary>
    /// <remarks>It is longer than the pool waits for a silent node, so that no work is dropped that the pool still wants.</remarks>
    private const double PoolTimeoutFactor = 1.5;
    private const string DrainTimer = "drain";

    private readonly NodeRuntime _node;
    private readonly ClusterSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ChunkGate _gate;
    private readonly NodeSessionHost _host;
    private readonly NodeMeasures _measures;
    private readonly Dictionary<Guid, IActorRef> _clients = []; // the links of the sessions' pools, which get news of the node
    private readonly Dictionary<Guid, (CodeContext Code, int Sessions)> _code = [];
    private readonly List<IActorRef> _drainWaiters = [];
    private bool _leaving;
    private bool _isOutside;
    private int _sessionsStarted;

    public NodeAgentActor(NodeRuntime node)
    {
        _node = node;
        _settings = node.Settings.Cluster;
        _clock = node.Settings.TimeProvider;
        _measures = new NodeMeasures(node);
        _node.Gate = _gate = new ChunkGate(node.FreeWorkers, _clock);
        _host = new NodeSessionHost(Self, Context.System, _clock, new NodeDesk(node, Context.System, Self));
        Receive<LastChunkDone>(_ => AnswerDrain());
        Receive<Enlist>(OnEnlist);
        Receive<Renew>(OnRenew);
        Receive<Resign>(resign => End(resign.Session, "its pool has ended"));
        Receive<ConnectionEnded>(OnConnectionEnded);
        Receive<SessionEnded>(OnSessionEnded);
        Receive<Tick>(_ => OnTick());
        Receive<Drain>(OnDrain);
        Receive<Resize>(OnResize);
        Receive<DrainTimedOut>(_ => OnDrainTimedOut());
        Receive<FarewellsSaid>(_ => AnswerWaiters());
        Receive<ClusterEvent.CurrentClusterState>(OnClusterState);
        Receive<ClusterEvent.MemberUp>(up => OnMember(up.Member, isThere: true));
        Receive<ClusterEvent.MemberWeaklyUp>(up => OnMember(up.Member, isThere: true));
        Receive<ClusterEvent.MemberLeft>(left => OnMember(left.Member, isThere: false));
        Receive<ClusterEvent.MemberExited>(exited => OnMember(exited.Member, isThere: false));
        Receive<ClusterEvent.MemberDowned>(downed => OnMember(downed.Member, isThere: false, isLost: true));
        Receive<ClusterEvent.MemberRemoved>(removed => OnMember(removed.Member, isThere: false));
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<ClusterEvent.UnreachableMember>(unreachable => OnReachability(unreachable.Member, isReachable: false));
        Receive<ClusterEvent.ReachableMember>(reachable => OnReachability(reachable.Member, isReachable: true));
        Receive<ThisActorSystemQuarantinedEvent>(_ => _node.OnOutside(NodeEnd.RemovedWhileAbsent));
        Receive<GetMembers>(_ => OnGetMembers());
        Receive<MemberList>(OnMemberList);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(NodeRuntime node) =>
        Props.Create(() => new NodeAgentActor(node)).WithDispatcher(PoolSettings.CoordinationDispatcher);

    protected override void PreStart()
    {
        Akka.Cluster.Cluster.Get(Context.System).Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot,
            typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        // No one in the cluster tells a node that it was removed while it was frozen; but its peers refuse to talk to it.
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        Timers.StartPeriodicTimer("tick", Tick.Instance, _settings.LeaseInterval);
        Instruments.Publish();
        MeasuredPools.Add(_measures);
    }

    protected override void PostStop()
    {
        MeasuredPools.Remove(_measures);
        Akka.Cluster.Cluster.Get(Context.System).Unsubscribe(Self);
        foreach (var session in _node.Sessions.Values)
            _ = session.EndAsync(handsBack: true);
        _node.Gate = null;
        AnswerWaiters();
    }

    private void OnEnlist(Enlist enlist)
    {
        if (_node.Sessions.TryGetValue(enlist.Session, out var known))
        {
            SendEnlisted(known); // its first answer was lost
            return;
        }
        if (FindRefusal(enlist) is { } refusal)
        {
            Sender.Tell(refusal);
            return;
        }
        var (code, sessions) = _code.TryGetValue(enlist.Process, out var shared) ? shared : (_node.CreateCodeContext(enlist.Process), 0);
        _code[enlist.Process] = (code, sessions + 1);
        var settings = new SessionSettings(
            _node.Target, $"session-{++_sessionsStarted}", _settings.MaxModuleBytes, _node.Settings.AbandonAfter)
        {
            Client = new PoolIdentity(enlist.Name, PoolRole.Node, _node.Address.ToString()),
            Traffic = _node.Traffic,
            Clock = _clock,
        };
        var session = new AgentSession(
            enlist.Session, $"{enlist.Name} at {Sender.Path.Address.Host}:{Sender.Path.Address.Port}", code, _gate, _host, settings)
        {
            Ticket = Ticket.Create(enlist.Session),
            IsObserver = enlist.IsObserver,
            Process = enlist.Process,
            Renewed = _clock.GetTimestamp(),
        };
        _gate.Enter(session);
        _clients.Add(session.Id, Sender);
        _node.Sessions.TryAdd(session.Id, session);
        if (session.IsObserver)
            _log.ObserverCame(session.ClientPool);
        else
            _log.SessionStarted(session.ClientPool);
        SendEnlisted(session);
    }

    private Refused? FindRefusal(Enlist enlist)
    {
        if (!_node.Versions.Control.Contains(enlist.Protocol))
        {
            return new Refused(
                enlist.Session,
                $"it speaks protocol {_node.Versions.Control} (ActorPool {_node.EngineVersion}) "
                + $"and the pool protocol {enlist.Protocol} (ActorPool {enlist.Engine}): use one version everywhere",
                IsFinal: true);
        }
        if (_leaving || _node.IsEnding)
            return new Refused(enlist.Session, "it is leaving its cluster", IsFinal: false);
        if (_gate.Workers == 0)
            return new Refused(enlist.Session, "its workers still run chunks from before it rejoined its cluster", IsFinal: false);
        return _node.Sessions.Count >= _settings.MaxSessions
            ? new Refused(
                enlist.Session,
                $"it already serves [{_node.Sessions.Count}] pools, the maximum (actorpool.cluster.max-sessions)", IsFinal: false)
            : null;
    }

    private void SendEnlisted(AgentSession session) =>
        Sender.Tell(new Enlisted(
            session.Id, _gate.Workers, _node.DataPort, _node.SocketPath, session.Ticket!.Secret.ToArray(), [.. _members]));

    private void OnRenew(Renew renew)
    {
        var isKnown = _node.Sessions.TryGetValue(renew.Session, out var session);
        if (isKnown)
            session!.Renewed = _clock.GetTimestamp();
        Sender.Tell(CreateRenewed(renew.Session, isKnown));
    }

    /// <summary>Takes over workers on which the process's earlier nodes have finished their chunks.</summary>
    private void TakeFreedWorkers()
    {
        var free = _node.FreeWorkers;
        if (free == _node.Target)
            _node.Predecessor = null;
        if (free == _gate.Workers)
            return;
        _gate.Resize(free);
        TellMembers();
    }

    private void OnConnectionEnded(ConnectionEnded ended)
    {
        if (ended.Error is { } error && _node.Sessions.ContainsKey(ended.Session.Id))
            _log.DataConnectionFailed(ended.Session.ClientPool, error);
        End(ended.Session.Id, "its data connection has ended");
    }

    /// <param name="id">The session.</param>
    /// <param name="reason">Why, for the log.</param>
    /// <param name="handsBack">Whether its pool continues and gets its chunks back.</param>
    private void End(Guid id, string reason, bool handsBack = false)
    {
        if (!_node.Sessions.TryRemove(id, out var session))
            return;
        _clients.Remove(id);
        if (session.IsObserver)
            _log.ObserverWent(session.ClientPool, reason);
        else
            _log.SessionEnded(session.ClientPool, reason);
        _gate.Remove(session);
        var self = Self;
        session.EndAsync(handsBack).PipeTo(
            self, success: stopped => new SessionEnded(session, stopped), failure: _ => new SessionEnded(session, HasStopped: false));
    }

    /// <summary>Unloads the code of a client's process after the last session of that process.</summary>
    /// <remarks>By then the session's functions have stopped or were abandoned.</remarks>
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
        if (_code.Count == 0)
            RestoreSurroundings(ended.Session.ClientPool);
    }

    private void RestoreSurroundings(string clientPool)
    {
        try
        {
            if (_node.Surroundings?.Restore() is { Count: > 0 } changed)
                _log.Restored(clientPool, changed);
        }
        catch (IOException e)
        {
            _log.NotRestored(clientPool, e);
        }
    }

    private void OnTick()
    {
        foreach (var session in _node.Sessions.Values)
        {
            if (session.GetSilence(_clock) > PoolTimeoutFactor * _settings.LeaseTimeout)
                End(session.Id, $"it was not heard for [{PoolTimeoutFactor * _settings.LeaseTimeout}]", handsBack: true);
            else
                session.RenewLeases();
        }
        AskSeeds();
        if (_node.Predecessor is not null)
            TakeFreedWorkers();
    }

    private void OnDrain(Drain drain)
    {
        _drainWaiters.Add(Sender);
        if (drain.IsOutside && !_isOutside)
        {
            _isOutside = true;
            ForgetMembers();
            if (_gate.Running is > 0 and var running)
                _log.FinishesOutside(running);
        }
        if (!_leaving)
        {
            _leaving = _node.IsLeaving = true;
            foreach (var (session, waiting) in _gate.Close())
                session.HandBack(waiting);
            TellMembers();
        }
        if (!drain.IsOutside && !Timers.IsTimerActive(DrainTimer))
            Timers.StartSingleTimer(DrainTimer, DrainTimedOut.Instance, _settings.DrainTimeout);
        AnswerDrain();
    }

    private void OnResize(Resize resize)
    {
        _node.Target = resize.Workers;
        foreach (var session in _node.Sessions.Values)
            session.Grow(resize.Workers);
        TakeFreedWorkers();
    }

    private void AnswerDrain()
    {
        if (_leaving && _gate.IsEmpty)
            AnswerWaiters();
    }

    private void AnswerWaiters()
    {
        foreach (var waiter in _drainWaiters)
            waiter.Tell(Drained.Instance);
        _drainWaiters.Clear();
    }

    private void OnDrainTimedOut()
    {
        if (_gate.Running is > 0 and var running)
            _log.DrainTimedOut(running, _settings.DrainTimeout);
        var sessions = _node.Sessions.Values.ToArray();
        foreach (var session in sessions)
            End(session.Id, "the node leaves", handsBack: true);
        Task.WhenAll(sessions.Select(session => session.Farewell)).PipeTo(
            Self, success: () => FarewellsSaid.Instance, failure: _ => FarewellsSaid.Instance);
    }

    /// <summary>Session to agent: the last chunk of a node that takes no more has ended.</summary>
    public sealed record LastChunkDone : IPoolMessage
    {
        public static readonly LastChunkDone Instance = new();
    }

    /// <summary>Session to agent: its data connection has ended.</summary>
    public sealed record ConnectionEnded(AgentSession Session, Exception? Error) : IPoolMessage;

    /// <summary>Node to agent: take no more chunks and hand back those that wait.</summary>
    /// <param name="IsOutside">
    /// Whether the node is outside its cluster: running chunks may then take as long as they need.
    /// Otherwise they are handed back after <c>actorpool.cluster.drain-timeout</c>.
    /// </param>
    /// <remarks>The agent answers <see cref="Drained"/> when nothing runs any longer, or what ran was handed back.</remarks>
    public sealed record Drain(bool IsOutside) : IPoolMessage;

    /// <summary>Operator to agent: run this many chunks at a time.</summary>
    public sealed record Resize(int Workers) : IPoolMessage;

    public sealed record Drained : IPoolMessage
    {
        public static readonly Drained Instance = new();
    }

    private sealed record FarewellsSaid : IPoolMessage
    {
        public static readonly FarewellsSaid Instance = new();
    }

    private sealed record SessionEnded(AgentSession Session, bool HasStopped) : IPoolMessage;

    private sealed record Tick : IPoolMessage
    {
        public static readonly Tick Instance = new();
    }

    private sealed record DrainTimedOut : IPoolMessage
    {
        public static readonly DrainTimedOut Instance = new();
    }
}
