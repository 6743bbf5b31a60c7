using Akka.Actor;
using Akka.Event;
using ActorPool.Coordination;
using ActorPool.Functions;
using ActorPool.Hosting;
using ActorPool.Routing;
using ActorPool.Serialization;
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
internal sealed class NodeLinkActor : ReceiveActor, IWithTimers
{
    private const int MostEnded = 1000;

    private readonly string _address;
    private readonly PoolState _pool;
    private readonly ClusterSettings _settings;
    private readonly CodeShipment _code;
    private readonly IActorRef _coordinator;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<long, LinkJob> _jobs = [];
    private readonly Queue<(CodeManifest Code, Action Then)> _offers = []; // what waits for a Need, in the order of the offers; bounded by the jobs
    private readonly HashSet<string> _modules = new(StringComparer.Ordinal);
    private readonly HashSet<Guid> _shared = [];
    private readonly Dictionary<CodeManifest, int> _codes = []; // those that the node keeps
    private readonly List<long> _ended = []; // jobs whose end the node has not been told, since nothing runs of them: it goes with the next chunk
    private int _lastCode;
    private ActorSelection _agent = null!;
    private CancellationTokenSource _connecting = new();
    private NodeConnection? _connection;
    private Guid _session;
    private long _heard;
    private int _workers;
    private bool _isReady;
    private bool _isLeaving;
    private string? _lostBecause;
    private bool _refusalLogged;

    public NodeLinkActor(string address, PoolState pool, IActorRef coordinator)
    {
        (_address, _pool, _coordinator) = (address, pool, coordinator);
        (_settings, _code) = (pool.Settings.Cluster, pool.Code!);
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
        Receive<Tick>(_ => OnTick());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(string address, PoolState pool, IActorRef coordinator) =>
        Props.Create(() => new NodeLinkActor(address, pool, coordinator)).WithDispatcher(PoolSettings.CoordinationDispatcher);

    protected override void PreStart()
    {
        _agent = AgentAt(Context, _address, "akka.tcp");
        Timers.StartPeriodicTimer("tick", Tick.Instance, _settings.LeaseInterval);
        Enlist();
    }

    protected override void PostStop()
    {
        _agent.Tell(new Resign(_session));
        _connecting.Cancel();
        _connecting.Dispose();
        _connection?.Close();
    }

    private void Enlist()
    {
        _session = Guid.NewGuid();
        _heard = 0;
        SendEnlist();
    }

    private void SendEnlist() => _agent.Tell(new Enlist(
        _session, CodeShipment.Process, _pool.Settings.Name, ControlProtocol.Version, typeof(NodeLinkActor).Assembly.GetName().Version!.ToString(3)));

    private void OnEnlisted(Enlisted enlisted)
    {
        if (enlisted.Session != _session || _heard != 0)
            return; // to an earlier one, or once more
        Hear();
        _refusalLogged = false;
        _code.Attempts[_address] = "it answered, but its data plane cannot be reached";
        _workers = enlisted.Workers;
        Context.Parent.Tell(new NodeDirectoryActor.MembersSeen(_address, enlisted.Members));
        var (host, _) = NodeAddress.Parse(_address);
        var limits = new TransportLimits { MaxFrameBytes = _settings.MaxFrameBytes };
        DataConnection.ConnectAsync(
            new System.Net.DnsEndPoint(host, enlisted.DataPort), new Ticket(enlisted.Secret, enlisted.Session), limits, PlainChannel.Instance, _pool.Settings.TimeProvider, _connecting.Token)
            .PipeTo(Self, success: connection => new Connected(enlisted.Session, connection), failure: e => new ConnectFailed(enlisted.Session, e));
    }

    private void OnRefused(Refused refused)
    {
        if (refused.Session != _session)
            return;
        _code.Attempts[_address] = refused.Reason;
        if (!_refusalLogged)
            _log.NodeRefused(_address, refused.Reason);
        _refusalLogged = true;
        if (refused.IsFinal)
            _pool.HasWorkers.TrySetException(new NoWorkersException($"The node [{_address}] refuses the pool: {refused.Reason}."));
    }

    private void OnConnectFailed(ConnectFailed failed)
    {
        if (failed.Session != _session)
            return;
        _code.Attempts[_address] = $"it answered, but its data plane cannot be reached: {failed.Error.Message}";
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
        _connection.RunAsync().PipeTo(Self, success: error => new ConnectionEnded(session, error), failure: e => new ConnectionEnded(session, e));
        (_isReady, _isLeaving) = (true, false);
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
        Hear();
        Context.Parent.Tell(new NodeDirectoryActor.MembersSeen(_address, renewed.Members));
        if (!renewed.IsLeaving || _isLeaving || _connection is null)
            return;
        _isLeaving = true;
        _coordinator.Tell(new NodeProtocol.NodeLeaving(_connection.NodeId));
    }

    private void OnTick()
    {
        if (_heard == 0)
        {
            SendEnlist();
            return;
        }
        if (_pool.Settings.TimeProvider.GetElapsedTime(_heard) > _settings.LeaseTimeout)
            Lose($"It has not answered for [{_settings.LeaseTimeout}] (actorpool.cluster.lease-timeout).");
        else
            _agent.Tell(new Renew(_session));
        TellEnded();
    }

    private void Hear() => _heard = Math.Max(1, _pool.Settings.TimeProvider.GetTimestamp());

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
        (_connection, _lostBecause, _isReady, _isLeaving) = (null, null, false, false);
        _jobs.Clear();
        _offers.Clear();
        _modules.Clear();
        _shared.Clear();
        _codes.Clear();
        _ended.Clear();
        Context.Parent.Tell(new NodeDirectoryActor.NodeGone(_address));
        Enlist();
    }

    private void OnRunChunk(WorkProtocol.RunChunk chunk)
    {
        var lease = chunk.Lease;
        if (_connection is null || !_isReady)
            return; // its loss is on its way to the coordinator, which takes the lease back with it
        if (!lease.TryClaim(_connection.NodeId, _address))
        {
            _coordinator.Tell(new WorkProtocol.ChunkEnded(lease, _connection.NodeId, TimeSpan.Zero));
            return;
        }
        if (!_jobs.TryGetValue(lease.Job.Id, out var job))
        {
            _jobs.Add(lease.Job.Id, job = new LinkJob(lease.Job));
            Define(job);
        }
        if (job.HasCode)
            Send(job, chunk);
        else
            job.Waiting.Enqueue(chunk);
    }

    private void Send(LinkJob job, WorkProtocol.RunChunk chunk)
    {
        if (!_connection!.Send(chunk, job.IsDefined ? null : job.Plan.Wire!.Define(job.Code), _ended))
            return;
        job.IsDefined = true;
        _ended.Clear();
    }

    /// <summary>Sends the job's code, unless the node keeps it from another job.</summary>
    private void Define(LinkJob job)
    {
        var (wire, connection) = (job.Plan.Wire!, _connection!);
        if (_codes.TryGetValue(wire.Code, out var known))
        {
            (job.Code, job.HasCode) = (known, true);
            return;
        }
        WithModules(wire.Code, () =>
        {
            if (job.HasEnded)
                return;
            job.Code = ++_lastCode;
            var isKept = wire.IsStateless && _codes.Count < DataProtocol.MostCodesKept && _codes.TryAdd(wire.Code, job.Code);
            var body = new PayloadWriter();
            new DataProtocol.CodeDefinition(job.Code, isKept, wire.Code).Write(body);
            connection.Post(DataProtocol.Code, body);
            job.HasCode = true;
            while (job.Waiting.TryDequeue(out var chunk))
                Send(job, chunk);
        });
    }

    private void OnJobEnded(JobPlan plan)
    {
        if (!_jobs.Remove(plan.Id, out var job))
            return;
        job.HasEnded = true;
        while (job.Waiting.TryDequeue(out var chunk))
            _coordinator.Tell(new NodeProtocol.ChunkReturned(chunk.Lease, _connection!.NodeId));
        if (!job.IsDefined)
            return;
        _ended.Add(plan.Id);
        if (_connection!.HasOut(plan) || _ended.Count >= MostEnded)
            TellEnded();
    }

    private void TellEnded()
    {
        if (_ended.Count == 0 || _connection is null)
            return;
        var body = new PayloadWriter();
        DataProtocol.WriteEnded(body, _ended);
        _connection.Post(DataProtocol.EndJobs, body);
        _ended.Clear();
    }

    private void Share(SharedValue value)
    {
        if (_connection is null || !_isReady || !_shared.Add(value.Id))
            return;
        var connection = _connection;
        WithModules(value.Type, () =>
        {
            var body = new PayloadWriter();
            body.WriteGuid(value.Id);
            value.Type.Write(body);
            body.Reference(value.Payload);
            connection.Post(DataProtocol.Share, body);
        });
    }

    /// <summary>Does what needs modules, at once if the node has them, else when they are on their way. What is done in order here arrives in order there.</summary>
    private void WithModules(CodeManifest code, Action then)
    {
        if (_offers.Count == 0 && code.Modules.All(module => _modules.Contains(module.Sha256)))
        {
            then();
            return;
        }
        _offers.Enqueue((code, then));
        var body = new PayloadWriter();
        code.Write(body);
        _connection!.Post(DataProtocol.Offer, body);
    }

    private void OnNeeded(NodeConnection.Needed needed)
    {
        if (!ReferenceEquals(needed.Connection, _connection) || !_offers.TryDequeue(out var offer))
            return;
        try
        {
            foreach (var module in offer.Code.Modules.Where(module => needed.Hashes.Contains(module.Sha256) && !_modules.Contains(module.Sha256)))
            {
                var body = new PayloadWriter();
                DataProtocol.WriteModule(body, module);
                body.Reference(ModuleCatalog.Shared.BytesOf(module));
                _connection.Post(DataProtocol.Module, body);
            }
        }
        catch (Exception e) when (e is ActorPoolException or IOException)
        {
            Lose($"It needs a module that cannot be read: {e.Message}");
            return;
        }
        foreach (var module in offer.Code.Modules)
            _modules.Add(module.Sha256);
        offer.Then();
    }

    private void OnJobFailed(NodeConnection.JobFailed failed)
    {
        if (_jobs.TryGetValue(failed.Job, out var job))
            _coordinator.Tell(new NodeProtocol.JobRefused(job.Plan, failed.Error));
    }

    private void OnSessionFailed(NodeConnection.SessionFailed failed)
    {
        if (_connection is not null)
            _coordinator.Tell(new NodeProtocol.InitializerFailed(_connection.NodeId, failed.Error));
    }

    /// <summary>A job of which the node has had chunks.</summary>
    private sealed class LinkJob(JobPlan plan)
    {
        public JobPlan Plan => plan;

        /// <summary>The number of its code at the node.</summary>
        public int Code { get; set; }

        /// <summary>Whether the node has its code, or will before anything that is sent now.</summary>
        public bool HasCode { get; set; }

        /// <summary>Whether a chunk has brought its definition.</summary>
        public bool IsDefined { get; set; }

        public bool HasEnded { get; set; }

        /// <summary>Chunks that wait for the code to be sent; bounded by what the coordinator deals to a node.</summary>
        public Queue<WorkProtocol.RunChunk> Waiting { get; } = [];
    }

    private sealed record Connected(Guid Session, DataConnection Connection) : INoSerializationVerificationNeeded;

    private sealed record ConnectFailed(Guid Session, Exception Error) : INoSerializationVerificationNeeded;

    private sealed record ConnectionEnded(Guid Session, Exception? Error) : INoSerializationVerificationNeeded;

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
