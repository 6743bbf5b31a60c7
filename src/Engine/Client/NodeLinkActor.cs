using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Remoting;
using ActorPool.Security;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Transport;
using ActorPool.Wire;
using ActorPool.Workers;
using Akka.Actor;
using Akka.Event;
using static ActorPool.Remoting.ControlProtocol;

namespace ActorPool.Client;

/// <summary>Links a pool to one node: opens a session, renews it and sends chunks.</summary>
/// <remarks>
/// To the coordinator it stands for the node's workers. When the node is lost, the link starts over.
/// <code>
/// Enlisting ──Enlisted──► Connecting ──Connected──► Ready ──node says so──► Leaving
///     ▲                        │                      │                        │
///     │                        │                      └── node silent, session forgotten ────► Losing
///     └────────────────────────┴────────────────────────── data connection ended ──────────────┘
/// </code>
/// The coordinator is told of the loss only when the connection's reading has ended: until then results might still be written where the
/// caller reads.
/// </remarks>
internal sealed class NodeLinkActor : LinkActor, IWithTimers
{
    /// <summary>A separate connection finds out the reason at every second unanswered tick.</summary>
    private const int TicksToProbe = 2;
    private const int FinalProbesToRefuse = 2; // one may be by chance: the node may just be stopping
    private const int FailuresToLog = 2; // as above

    private readonly NodeAddress _address;
    private readonly ClusterSettings _settings;
    private readonly ClusterClient _client;
    private readonly NodeAddress? _seed; // as the caller named it
    private readonly VersionRange _versions;
    private readonly NodeConnector _connector;
    private readonly NodeFailureDetector _failureDetector;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ActorSelection _agent = null!;
    private CancellationTokenSource _connecting = new();
    private Guid _session;
    private int _offered; // the version that the next Enlist offers
    private int _workers;
    private string? _lossReason;
    private bool _refusalLogged;
    private int _unanswered;
    private int _finalProbes;
    private int _connectFailures;

    public NodeLinkActor(NodeAddress address, PoolState pool, ClusterClient client, IActorRef coordinator)
        : base(pool, client, coordinator)
    {
        (_address, _settings, _client) = (address, pool.Settings.Cluster, client);
        _seed = _client.FindSeed(address);
        _versions = (pool.Settings.Versions ?? ControlProtocol.Supported).Control;
        _offered = _versions.Max;
        _connector = new NodeConnector(address, pool, client.Security, _log);
        _failureDetector = new NodeFailureDetector(_settings.LeaseInterval, _settings.LeaseTimeout, pool.Settings.TimeProvider);
        Enlisting();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(NodeAddress address, PoolState pool, ClusterClient client, IActorRef coordinator) =>
        Props.Create(() => new NodeLinkActor(address, pool, client, coordinator)).WithDispatcher(PoolSettings.CoordinationDispatcher);

    protected override void PreStart()
    {
        _agent = SelectAgent(Context, _address);
        Timers.StartPeriodicTimer("tick", Tick.Instance, _settings.LeaseInterval);
        Enlist();
        SendEnlist();
    }

    protected override void PostStop()
    {
        _agent.Tell(new Resign(_session));
        _connecting.Cancel();
        _connecting.Dispose();
        Connection?.Close();
    }

    private void Enlisting()
    {
        Receive<Enlisted>(OnEnlisted);
        Receive<Refused>(OnRefused);
        Receive<ProbeResult>(OnProbed);
        Receive<Tick>(_ => OnTickWhileEnlisting());
        InAllStates();
    }

    private void Connecting()
    {
        Receive<Connected>(connected => connected.Session == _session, OnConnected);
        Receive<ConnectFailed>(OnConnectFailed);
        Receive<Refused>(OnRefused);
        Receive<Renewed>(OnRenewed);
        Receive<Tick>(_ => OnTick());
        InAllStates();
    }

    private void Ready()
    {
        Receive<Renewed>(OnRenewedWhileReady);
        Serving();
    }

    private void Leaving()
    {
        Receive<Renewed>(OnRenewed);
        Serving();
    }

    private void Serving()
    {
        ReceiveSession();
        Receive<ConnectionEnded>(ended => ended.Session == _session, OnConnectionEnded);
        Receive<NodeProtocol.AskNode>(OnAskNode);
        Receive<Tick>(_ => OnTick());
        InAllStates();
    }

    private void Losing()
    {
        Receive<ConnectionEnded>(ended => ended.Session == _session, OnConnectionEnded);
        Receive<Tick>(_ => CheckNode());
        InAllStates();
    }

    private void InAllStates()
    {
        Receive<NodeDirectoryActor.Suspected>(suspected => _failureDetector.IsSuspect = suspected.IsSuspect);
        Receive<NodeProtocol.AskNode>(_ => Sender.Tell(new Status.Failure(new QuestionException(DescribeSilence()))));
        Receive<Connected>(late => _ = late.Connection.DisposeAsync().AsTask());
        // An answer for an earlier session, or a second answer, changes nothing.
        Receive<object>(
            message => message is Enlisted or Refused or Renewed or ConnectFailed or ConnectionEnded or ProbeResult
                || IsOfSession(message),
            _ => { });
    }

    /// <summary>Prepares a new session; the next tick asks the node for it.</summary>
    /// <remarks>The wait keeps a node that accepts pools and then fails them from being asked over and over.</remarks>
    private void Enlist()
    {
        _session = Guid.NewGuid();
        Become(Enlisting);
    }

    private void SendEnlist() => _agent.Tell(new Enlist(
        _session, ClusterClient.Process, Pool.Settings.IsObserver ? $"{ObserverMark}{Pool.Settings.Name}" : Pool.Settings.Name, _offered,
        typeof(NodeLinkActor).Assembly.GetName().Version!.ToString(3)));

    private void Probe() =>
        _client.Security.ProbeAsync(_address, _connecting.Token).PipeTo(Self, failure: _ => new ProbeResult(null, IsFinal: false));

    private void OnProbed(ProbeResult probe)
    {
        if (probe.Reason is not { } reason)
            return;
        RecordAttempt(reason);
        _finalProbes = probe.IsFinal ? _finalProbes + 1 : 0;
        if (_finalProbes < FinalProbesToRefuse)
            return;
        LogRefusal(reason);
        MarkRefused(reason);
    }

    /// <summary>Records what happened with a seed, for the error that the caller gets.</summary>
    private void RecordAttempt(string outcome)
    {
        if (_seed is { } seed)
            _client.Attempts[seed] = DescribeAt(seed, outcome);
    }

    /// <summary>Says where it was, if the caller gave another address of the node.</summary>
    private string DescribeAt(NodeAddress seed, string outcome) =>
        seed == _address ? outcome : $"its own address is [{_address}], and there: {outcome}";

    /// <summary>Records that asking this seed again is of no use.</summary>
    /// <remarks>When that holds for all seeds, connecting fails: there is nothing left to wait for.</remarks>
    private void MarkRefused(string reason)
    {
        if (_seed is not { } seedOfThis)
            return;
        _client.Refused[seedOfThis] = DescribeAt(seedOfThis, reason);
        if (_client.Seeds.All(_client.Refused.ContainsKey))
        {
            var reasons = _client.Seeds.Select(seed => $"The node [{seed}] cannot be used: {_client.Refused[seed]}.");
            Pool.HasWorkers.TrySetException(new NoWorkersException(string.Join(' ', reasons)));
        }
    }

    private void LogRefusal(string reason)
    {
        if (!_refusalLogged)
            _log.NodeRefused(_address.ToString(), reason);
        _refusalLogged = true;
    }

    private void OnEnlisted(Enlisted enlisted)
    {
        if (enlisted.Session != _session)
            return;
        Become(Connecting);
        _failureDetector.RecordControl();
        if (_seed is { } seed)
            _client.Refused.TryRemove(seed, out _);
        (_refusalLogged, _unanswered, _finalProbes) = (false, 0, 0);
        if (_connectFailures == 0)
            RecordAttempt($"it answered, but not at its data port [{GetDataAddress(enlisted)}]");
        _workers = enlisted.Workers;
        Context.Parent.Tell(new NodeDirectoryActor.MembersSeen(_address, enlisted.Members, []));
        _connector.ConnectAsync(enlisted, _connecting.Token).PipeTo(
            Self, success: connection => new Connected(enlisted.Session, connection),
            failure: e => new ConnectFailed(enlisted.Session, GetDataAddress(enlisted), e));
    }

    private void OnRefused(Refused refused)
    {
        if (refused.Session != _session)
            return;
        if (refused.IsFinal && _offered > _versions.Min)
        {
            // The node may be of an earlier release. In a session of its own, since the refusal of an offer may come twice.
            _offered--;
            Enlist();
            SendEnlist();
            return;
        }
        var reason = _versions.Min < _versions.Max && refused.IsFinal
            ? $"{refused.Reason}; the pool speaks protocol {_versions}"
            : refused.Reason;
        _offered = _versions.Max; // the node may be replaced by one of a later release
        RecordAttempt(reason);
        LogRefusal(reason);
        if (refused.IsFinal)
            MarkRefused(reason);
    }

    private void OnConnectFailed(ConnectFailed failed)
    {
        if (failed.Session != _session)
            return;
        var reason = SafeText.GetReason(failed.Error);
        RecordAttempt(
            $"it answered, but its data port [{failed.DataAddress}] cannot be reached: {reason}. Open that port for this process; "
            + "actorpool.cluster.data-port (--data-port) of the node fixes its number; where ports are translated, others are told "
            + "public-data-port (--public-data-port)");
        if (++_connectFailures == FailuresToLog)
            _log.DataPortUnreachable(failed.DataAddress, Pool.Settings.Name, $"{reason}.");
        Context.Parent.Tell(new NodeDirectoryActor.NodeGone(_address));
        Enlist();
    }

    private string GetDataAddress(Enlisted enlisted) => _address.Format(enlisted.DataPort);

    private void OnConnected(Connected connected)
    {
        var session = _session;
        _connectFailures = 0;
        Connection = new ClientConnection(
            connected.Connection, Pool.NextWorkerId(), _address.ToString(), Pool, Coordinator, Self, _client.Exceptions,
            WorkerThreads.For(Context.System.Settings));
        _failureDetector.Connect();
        Context.Parent.Tell(new NodeDirectoryActor.NodeMet(_address, connected.Connection.PeerTraits!));
        Connection.RunAsync().PipeTo(
            Self, success: error => new ConnectionEnded(session, error), failure: e => new ConnectionEnded(session, e));
        Become(Ready);
        SendSession(() =>
            Coordinator.Tell(new NodeProtocol.NodeReady(Connection!.NodeId, Self, Connection.Address, _workers)));
    }

    private void OnRenewed(Renewed renewed)
    {
        if (renewed.Session != _session)
            return;
        if (!renewed.IsKnown)
        {
            MarkLost("It has restarted, or has ended the pool's session.");
            return;
        }
        _failureDetector.RecordControl();
        Context.Parent.Tell(new NodeDirectoryActor.MembersSeen(_address, renewed.Members, renewed.Unreachable));
    }

    private void OnRenewedWhileReady(Renewed renewed)
    {
        OnRenewed(renewed);
        if (renewed.Session != _session || !renewed.IsKnown)
            return;
        if (renewed.Workers != _workers && renewed.Workers >= 0)
        {
            _workers = renewed.Workers;
            Coordinator.Tell(new NodeProtocol.NodeResized(Connection!.NodeId, _workers));
        }
        if (!renewed.IsLeaving)
            return;
        Become(Leaving);
        Coordinator.Tell(new NodeProtocol.NodeLeaving(Connection!.NodeId));
    }

    private string DescribeSilence() => _client.Attempts.GetValueOrDefault(_seed ?? _address) is { } attempt
        ? $"There is no connection: {attempt}."
        : "There is no connection.";

    private void OnAskNode(NodeProtocol.AskNode ask)
    {
        var asker = Sender;
        Connection!.AskAsync(ask.Kind, ask.Argument, ask.Stop).PipeTo(asker, success: json => new NodeProtocol.NodeAnswered(json));
    }

    private void OnTickWhileEnlisting()
    {
        CheckNode();
        SendEnlist();
        if (++_unanswered % TicksToProbe == 0)
            Probe();
    }

    /// <summary>Checks the node's silence. Called once per tick in every state.</summary>
    /// <returns>Why the node is to be given up; null if it is not.</returns>
    /// <remarks>A tick that comes late shows that this process was stopped.</remarks>
    private string? CheckNode() => _failureDetector.GetFailure(Connection?.Silence);

    private void OnTick()
    {
        if (CheckNode() is { } reason)
        {
            MarkLost(reason);
            return;
        }
        _agent.Tell(new Renew(_session));
        Connection?.SendHeartbeat();
        SendEndedJobs();
    }

    /// <summary>Gives up the session.</summary>
    /// <remarks>Its chunks are requeued when nothing reads from the connection any longer.</remarks>
    protected override void MarkLost(string reason)
    {
        _lossReason = reason;
        _agent.Tell(new Resign(_session));
        if (Connection is null)
        {
            StartOver();
            return;
        }
        Become(Losing);
        Connection.Dispose();
    }

    private void OnConnectionEnded(ConnectionEnded ended)
    {
        var isOrderly = _lossReason is null && ended.Error is null;
        var reason = _lossReason
            ?? (ended.Error is null ? "It has closed its data connection." : $"Its data connection failed: {ended.Error.Message}");
        Connection!.Dispose();
        Coordinator.Tell(new NodeProtocol.NodeLost(Connection.NodeId, reason, isOrderly));
        StartOver();
    }

    private void StartOver()
    {
        _connecting.Cancel();
        _connecting.Dispose();
        _connecting = new CancellationTokenSource();
        (Connection, _lossReason, _offered) = (null, null, _versions.Max);
        ForgetJobs();
        Context.Parent.Tell(new NodeDirectoryActor.NodeGone(_address));
        Enlist();
    }

    private sealed record Connected(Guid Session, DataConnection Connection) : IPoolMessage;

    private sealed record ConnectFailed(Guid Session, string DataAddress, Exception Error) : IPoolMessage;

    private sealed record ConnectionEnded(Guid Session, Exception? Error) : IPoolMessage;

    private sealed record Tick : IPoolMessage
    {
        public static readonly Tick Instance = new();
    }
}
