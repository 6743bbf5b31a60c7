using Akka.Actor;
using Akka.Event;
using ActorPool.Coordination;
using ActorPool.Hosting;
using ActorPool.Routing;
using ActorPool.Security;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Telemetry;
using ActorPool.Transport;
using ActorPool.Workers;
using static ActorPool.Cluster.ControlProtocol;

namespace ActorPool.Cluster;

/// <summary>A pool's link to one node: gets a session there, renews it, and brings chunks there as if it were the node's workers. Starts over when the node was lost.</summary>
/// <remarks>
/// <code>
/// Enlisting ──Enlisted──► Connecting ──Connected──► Ready
///     ▲                        │                      │  data connection ended, lease run out, session forgotten
///     └────────────────────────┴──────── Lose ◄───────┘
/// </code>
/// The coordinator hears of the loss when the connection's reading has ended, and not before: until then results might still be written where the caller reads.
/// </remarks>
internal sealed partial class NodeLinkActor : ReceiveActor, IWithTimers
{
    /// <summary>Renewals without an answer, after which a connection of its own is to show why, and again after as many.</summary>
    private const int TicksToProbe = 2;
    private const int ProbesInVain = 2; // once may be by chance: a node that is just being stopped

    private readonly string _address;
    private readonly PoolState _pool;
    private readonly ClusterSettings _settings;
    private readonly CodeShipment _code;
    private readonly bool _isSeed;
    private readonly IActorRef _coordinator;
    private readonly NodeLease _lease;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ActorSelection _agent = null!;
    private CancellationTokenSource _connecting = new();
    private NodeConnection? _connection;
    private Guid _session;
    private bool _isEnlisted;
    private int _workers;
    private bool _isLeaving;
    private string? _lostBecause;
    private bool _refusalLogged;
    private int _unanswered;
    private int _probesInVain;

    public NodeLinkActor(string address, PoolState pool, IActorRef coordinator)
    {
        (_address, _pool, _coordinator) = (address, pool, coordinator);
        (_settings, _code) = (pool.Settings.Cluster, pool.Code!);
        _isSeed = _code.Seeds.Contains(address, StringComparer.Ordinal);
        _lease = new NodeLease(_settings.LeaseInterval, _settings.LeaseTimeout, pool.Settings.TimeProvider);
        Receive<WorkProtocol.RunChunk>(OnRunChunk);
        Receive<NodeProtocol.JobEnded>(ended => OnJobEnded(ended.Job));
        Receive<NodeProtocol.Share>(share => Share(share.Value));
        Receive<Enlisted>(OnEnlisted);
        Receive<Refused>(OnRefused);
        Receive<Renewed>(OnRenewed);
        Receive<Connected>(OnConnected);
        Receive<ConnectFailed>(OnConnectFailed);
        Receive<NodeConnection.Needed>(OnNeeded);
        Receive<NodeConnection.JobFailed>(OnJobFailed);
        Receive<NodeConnection.SessionFailed>(OnSessionFailed);
        Receive<ConnectionEnded>(OnConnectionEnded);
        Receive<ProbeResult>(OnProbed);
        Receive<NodeDirectoryActor.Suspected>(suspected => _lease.IsSuspect = suspected.IsSuspect);
        Receive<Tick>(_ => OnTick());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(string address, PoolState pool, IActorRef coordinator) =>
        Props.Create(() => new NodeLinkActor(address, pool, coordinator)).WithDispatcher(PoolSettings.CoordinationDispatcher);

    protected override void PreStart()
    {
        _agent = AgentAt(Context, _address);
        Timers.StartPeriodicTimer("tick", Tick.Instance, _settings.LeaseInterval);
        Enlist();
        SendEnlist();
    }

    protected override void PostStop()
    {
        _agent.Tell(new Resign(_session));
        _connecting.Cancel();
        _connecting.Dispose();
        _connection?.Close();
    }

    /// <summary>Begins a session; with the next tick, so that a node that takes pools in and then fails them is not asked over and over.</summary>
    private void Enlist()
    {
        _session = Guid.NewGuid();
        _isEnlisted = false;
    }

    private void SendEnlist() => _agent.Tell(new Enlist(
        _session, CodeShipment.Process, _pool.Settings.Name, ControlProtocol.Version, typeof(NodeLinkActor).Assembly.GetName().Version!.ToString(3)));

    private void Probe()
    {
        var (host, port) = NodeAddress.Parse(_address);
        _code.Security.ProbeAsync(host, port, _connecting.Token).PipeTo(Self, failure: _ => new ProbeResult(null, IsFinal: false));
    }

    private void OnProbed(ProbeResult probe)
    {
        if (_isEnlisted || probe.Reason is not { } reason)
            return;
        Tried(reason);
        _probesInVain = probe.IsFinal ? _probesInVain + 1 : 0;
        if (_probesInVain < ProbesInVain)
            return;
        LogRefusal(reason);
        Refuse(reason);
    }

    /// <summary>What came of it, for the caller's error if it is one of those that the caller has named.</summary>
    private void Tried(string outcome)
    {
        if (_isSeed)
            _code.Attempts[_address] = outcome;
    }

    /// <summary>Asking this node again is of no use; when that holds for all that the caller has named, there is nothing to wait for.</summary>
    private void Refuse(string reason)
    {
        if (!_isSeed)
            return;
        _code.Refused[_address] = reason.TrimEnd('.');
        if (_code.Seeds.All(_code.Refused.ContainsKey))
            _pool.HasWorkers.TrySetException(new NoWorkersException(string.Join(' ', _code.Seeds.Select(seed => $"The node [{seed}] cannot be used: {_code.Refused[seed]}."))));
    }

    private void LogRefusal(string reason)
    {
        if (!_refusalLogged)
            _log.NodeRefused(_address, reason.TrimEnd('.'));
        _refusalLogged = true;
    }

    private void OnEnlisted(Enlisted enlisted)
    {
        if (enlisted.Session != _session || _isEnlisted)
            return; // to an earlier one, or once more
        _isEnlisted = true;
        _lease.Hear();
        _code.Refused.TryRemove(_address, out _);
        (_refusalLogged, _unanswered, _probesInVain) = (false, 0, 0);
        Tried("it answered, but its data plane cannot be reached");
        _workers = enlisted.Workers;
        Context.Parent.Tell(new NodeDirectoryActor.MembersSeen(_address, enlisted.Members, []));
        var (host, _) = NodeAddress.Parse(_address);
        var limits = new TransportLimits { MaxFrameBytes = _settings.MaxFrameBytes };
        DataConnection.ConnectAsync(
            new System.Net.DnsEndPoint(host, enlisted.DataPort), new Ticket(enlisted.Secret, enlisted.Session), limits, _code.Security.Channel, _pool.Settings.TimeProvider, _connecting.Token)
            .PipeTo(Self, success: connection => new Connected(enlisted.Session, connection), failure: e => new ConnectFailed(enlisted.Session, e));
    }

    private void OnRefused(Refused refused)
    {
        if (refused.Session != _session)
            return;
        Tried(refused.Reason);
        LogRefusal(refused.Reason);
        if (refused.IsFinal)
            Refuse(refused.Reason);
    }

    private void OnConnectFailed(ConnectFailed failed)
    {
        if (failed.Session != _session)
            return;
        Tried($"it answered, but its data plane cannot be reached: {failed.Error.Message}");
        Context.Parent.Tell(new NodeDirectoryActor.NodeGone(_address));
        Enlist();
    }

    private void OnConnected(Connected connected)
    {
        if (connected.Session != _session)
        {
            _ = connected.Connection.DisposeAsync().AsTask();
            return;
        }
        var session = _session;
        _connection = new NodeConnection(connected.Connection, _pool.NextWorkerId(), _address, _coordinator, Self);
        _lease.Connect();
        _connection.RunAsync().PipeTo(Self, success: error => new ConnectionEnded(session, error), failure: e => new ConnectionEnded(session, e));
        _isLeaving = false;
        var body = new PayloadWriter();
        new DataProtocol.SessionDefinition(_code.Session, _pool.Settings.MaxTasksPerWorker).Write(body);
        WithModules(_code.Session, () =>
        {
            _connection.Post(DataProtocol.Session, body);
            foreach (var value in _code.Shared.All)
                Share(value);
            _coordinator.Tell(new NodeProtocol.NodeReady(_connection.NodeId, Self, _address, _workers));
        });
    }

    private void OnRenewed(Renewed renewed)
    {
        if (renewed.Session != _session)
            return;
        if (!renewed.IsKnown)
        {
            Lose("It has started anew, or has given the pool up.");
            return;
        }
        _lease.Hear();
        Context.Parent.Tell(new NodeDirectoryActor.MembersSeen(_address, renewed.Members, renewed.Unreachable));
        if (!renewed.IsLeaving || _isLeaving || _connection is null)
            return;
        _isLeaving = true;
        _coordinator.Tell(new NodeProtocol.NodeLeaving(_connection.NodeId));
    }

    private void OnTick()
    {
        var whyExpired = _lease.WhyExpired(_connection?.Silence);
        if (!_isEnlisted)
        {
            SendEnlist();
            if (++_unanswered % TicksToProbe == 0)
                Probe();
            return;
        }
        if (whyExpired is { } reason)
        {
            Lose(reason);
            return;
        }
        _agent.Tell(new Renew(_session));
        _connection?.Beat();
        TellEnded();
    }

    /// <summary>Gives the session up; what it held is dealt again when nothing reads from the connection any more.</summary>
    private void Lose(string reason)
    {
        _lostBecause = reason;
        _agent.Tell(new Resign(_session));
        if (_connection is null)
            StartOver();
        else
            _connection.Dispose();
    }

    private void OnConnectionEnded(ConnectionEnded ended)
    {
        if (ended.Session != _session || _connection is null)
            return;
        var reason = _lostBecause ?? (ended.Error is null ? "It has closed its data connection." : $"Its data connection failed: {ended.Error.Message}");
        _connection.Dispose();
        _coordinator.Tell(new NodeProtocol.NodeLost(_connection.NodeId, reason));
        StartOver();
    }

    private void StartOver()
    {
        _connecting.Cancel();
        _connecting.Dispose();
        _connecting = new CancellationTokenSource();
        (_connection, _lostBecause, _isLeaving) = (null, null, false);
        ForgetJobs();
        Context.Parent.Tell(new NodeDirectoryActor.NodeGone(_address));
        Enlist();
    }

    private sealed record Connected(Guid Session, DataConnection Connection) : INoSerializationVerificationNeeded;

    private sealed record ConnectFailed(Guid Session, Exception Error) : INoSerializationVerificationNeeded;

    private sealed record ConnectionEnded(Guid Session, Exception? Error) : INoSerializationVerificationNeeded;

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
