using ActorPool.Jobs;
using ActorPool.Security;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Wire;
using Akka.Actor;

namespace ActorPool.Client;

/// <summary>A pool's side of one session, on a node or in a worker process.</summary>
/// <remarks>
/// To the coordinator it stands for the workers there. It knows which code, modules and jobs the other side already has, and sends what is
/// missing before each chunk. How a session begins and ends is known to the derived classes.
/// </remarks>
internal abstract class LinkActor(PoolState pool, SessionSource source, IActorRef coordinator) : HandlerActor
{
    private readonly Dictionary<long, LinkJob> _jobs = [];

    // What waits for the node's list of missing modules, in the order of the offers; bounded by the jobs.
    private readonly Queue<(CodeManifest Code, Action Then)> _offers = [];
    private readonly HashSet<string> _modules = new(StringComparer.Ordinal);
    private readonly HashSet<Guid> _broadcasts = [];
    private readonly Dictionary<CodeManifest, int> _codes = []; // those that the node keeps

    // Jobs whose end the node was not told, because no chunk of them is in flight: the news goes with the next chunk or tick.
    private readonly List<long> _ended = [];
    private int _lastCode;

    /// <summary>The connection of the session; null while there is none.</summary>
    protected ClientConnection? Connection { get; set; }

    protected PoolState Pool => pool;

    protected IActorRef Coordinator => coordinator;

    /// <summary>Whether a chunk is in flight, or waits for its code to be sent.</summary>
    protected bool HasChunks => Connection is { HasInFlight: true } || _jobs.Values.Any(job => job.Waiting.Count > 0);

    /// <summary>Ends the session, since the other side cannot get what it needs.</summary>
    protected abstract void MarkLost(string reason);

    /// <summary>Gives up the session whose state goes with a failed actor: its chunks run elsewhere.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        if (Connection is { } connection)
        {
            var lost = new NodeProtocol.NodeLost(
                connection.NodeId, $"Its link failed, which is an error in ActorPool: please report it. {reason.Message}",
                IsOrderly: false);
            connection.Dispose();
            connection.Ended.ContinueWith(
                _ => coordinator.Tell(lost), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
        base.PreRestart(reason, message);
    }

    /// <summary>Receives what belongs to a session that runs.</summary>
    protected void ReceiveSession()
    {
        Receive<Lease>(OnLease);
        Receive<NodeProtocol.JobEnded>(OnJobEnded);
        Receive<NodeProtocol.PublishBroadcast>(publish => SendBroadcast(publish.Value));
        Receive<ClientConnection.MissingModules>(OnMissingModules);
        Receive<ClientConnection.ModuleFound>(OnModuleFound);
        Receive<ClientConnection.JobFailed>(OnJobFailed);
        Receive<ClientConnection.SessionFailed>(OnSessionFailed);
    }

    /// <summary>Whether a message belongs to a session, and means nothing without one.</summary>
    /// <remarks>A chunk that arrives while the session is lost is requeued with the loss.</remarks>
    protected static bool IsOfSession(object message) =>
        message is ClientConnection.MissingModules or ClientConnection.ModuleFound or ClientConnection.JobFailed
            or ClientConnection.SessionFailed or Lease or NodeProtocol.JobEnded or NodeProtocol.PublishBroadcast;

    /// <summary>Sends what each session begins with: converters, initializer, worker state and broadcast values.</summary>
    /// <param name="then">What follows, once they are sent.</param>
    protected void SendSession(Action then)
    {
        var connection = Connection!;
        if (pool.Settings.IsObserver)
        {
            then(); // no job will follow
            return;
        }
        if (source.Converters is { } converters)
        {
            SendWithModules(converters, () =>
            {
                var code = new PayloadWriter();
                converters.Write(code);
                connection.Post(DataProtocol.Converters, code);
            });
        }
        var body = new PayloadWriter();
        WireRecord.Write(body, new DataProtocol.SessionDefinition(pool.Settings.MaxTasksPerWorker));
        source.Session.Write(body);
        var (log, identity) = (pool.FunctionLog, pool.Identity);
        WireRecord.Write(body, new DataProtocol.SessionRequests(identity.Pool ?? "", identity.Node, log.MinLevel, log.TakesOutput));
        SendWithModules(source.Session, () =>
        {
            connection.Post(DataProtocol.Session, body);
            foreach (var value in source.Shared.All)
                SendBroadcast(value);
            then();
        });
    }

    protected void ForgetJobs()
    {
        _jobs.Clear();
        _offers.Clear();
        _modules.Clear();
        _broadcasts.Clear();
        _codes.Clear();
        _ended.Clear();
    }

    protected virtual void OnLease(Lease lease)
    {
        if (Connection is null)
            return; // the coordinator is being told of the node's loss, and takes the lease back then
        if (!lease.TryClaim(Connection.NodeId, Connection.Address))
        {
            coordinator.Tell(new WorkProtocol.Unclaimed(lease, Connection.NodeId));
            return;
        }
        if (!_jobs.TryGetValue(lease.Job.Id, out var job))
        {
            _jobs.Add(lease.Job.Id, job = new LinkJob(lease.Job));
            SendCode(job);
        }
        if (job.HasCode)
            Send(job, lease);
        else
            job.Waiting.Enqueue(lease);
    }

    private void Send(LinkJob job, Lease lease)
    {
        var definition = job.IsDefined ? null : job.Execution.Wire!.Define(job.Code);
        if (!Connection!.Send(lease, definition, _ended, reportsStart: lease.Losses + 1 >= pool.Settings.WorkerLosses))
            return;
        job.IsDefined = true;
        _ended.Clear();
    }

    /// <summary>Sends the job's code, unless the node keeps it from another job.</summary>
    private void SendCode(LinkJob job)
    {
        var (wire, connection) = (job.Execution.Wire!, Connection!);
        if (_codes.TryGetValue(wire.Code, out var known))
        {
            (job.Code, job.HasCode) = (known, true);
            return;
        }
        SendWithModules(wire.Code, () =>
        {
            if (job.HasEnded)
                return;
            job.Code = ++_lastCode;
            var isKept = wire.IsStateless && _codes.Count < DataProtocol.MaxCodesKept && _codes.TryAdd(wire.Code, job.Code);
            var body = new PayloadWriter();
            WireRecord.Write(body, new DataProtocol.CodeDefinition(job.Code, isKept));
            wire.Code.Write(body);
            connection.Post(DataProtocol.Code, body);
            job.HasCode = true;
            while (job.Waiting.TryDequeue(out var lease))
                Send(job, lease);
        });
    }

    protected virtual void OnJobEnded(NodeProtocol.JobEnded ended)
    {
        if (!_jobs.Remove(ended.Job.Id, out var job))
            return;
        job.HasEnded = true;
        while (job.Waiting.TryDequeue(out var lease))
            coordinator.Tell(new NodeProtocol.ChunkReturned(lease, Connection!.NodeId, LossCause.Stopped));
        if (!job.IsDefined)
            return;
        _ended.Add(ended.Job.Id);
        if (ended.HasInFlight || _ended.Count >= DataProtocol.EndedJobs.MaxJobs)
            SendEndedJobs();
    }

    protected void SendEndedJobs()
    {
        if (_ended.Count == 0 || Connection is null)
            return;
        var body = new PayloadWriter();
        WireRecord.Write(body, new DataProtocol.EndedJobs(_ended));
        Connection.Post(DataProtocol.EndJobs, body);
        _ended.Clear();
    }

    private void SendBroadcast(BroadcastValue value)
    {
        if (Connection is null || !_broadcasts.Add(value.Id))
            return;
        var connection = Connection;
        SendWithModules(value.Type, () =>
        {
            var body = new PayloadWriter();
            WireRecord.Write(body, new DataProtocol.BroadcastDefinition(value.Id));
            value.Type.Write(body);
            body.AddReference(value.Payload);
            connection.Post(DataProtocol.Broadcast, body);
        });
    }

    /// <summary>Runs an action that sends something which needs modules.</summary>
    /// <remarks>
    /// It runs at once if the node has the modules, otherwise right after they were sent. What is sent in order here arrives in order
    /// there.
    /// </remarks>
    private void SendWithModules(CodeManifest code, Action then)
    {
        if (_offers.Count == 0 && code.Modules.All(module => _modules.Contains(module.Sha256)))
        {
            then();
            return;
        }
        _offers.Enqueue((code, then));
        var body = new PayloadWriter();
        code.Write(body);
        Connection!.Post(DataProtocol.Offer, body);
    }

    private void OnMissingModules(ClientConnection.MissingModules missing)
    {
        if (!ReferenceEquals(missing.Connection, Connection) || !_offers.TryDequeue(out var offer))
            return;
        try
        {
            var modules = offer.Code.Modules.Where(module => missing.Hashes.Contains(module.Sha256) && !_modules.Contains(module.Sha256));
            foreach (var module in modules)
            {
                var body = new PayloadWriter();
                WireRecord.Write(body, module);
                body.AddReference(ModuleCatalog.Shared.GetBytes(module));
                Connection.Post(DataProtocol.Module, body);
            }
        }
        catch (Exception e) when (e is ActorPoolException or IOException or InvalidDataException)
        {
            MarkLost($"It needs a module that cannot be read: {e.Message}");
            return;
        }
        foreach (var module in offer.Code.Modules)
            _modules.Add(module.Sha256);
        offer.Then();
    }

    private void OnModuleFound(ClientConnection.ModuleFound found)
    {
        if (!ReferenceEquals(found.Connection, Connection))
            return;
        var (connection, manifest) = (Connection, found.Module?.Manifest);
        if (manifest is null)
            Answer();
        else
            SendWithModules(manifest, Answer);

        void Answer()
        {
            var body = new PayloadWriter();
            WireRecord.Write(body, new DataProtocol.ModuleAnswer(found.Number, found.Module?.Name, found.Problem));
            manifest?.Write(body);
            connection.Post(DataProtocol.AnswerModule, body);
        }
    }

    private void OnJobFailed(ClientConnection.JobFailed failed)
    {
        if (_jobs.TryGetValue(failed.Job, out var job))
            coordinator.Tell(new NodeProtocol.JobRefused(job.Execution, failed.Error));
    }

    private void OnSessionFailed(ClientConnection.SessionFailed failed)
    {
        if (Connection is not { NodeId: var node })
            return;
        coordinator.Tell(
            RoleException.IsSentAs(failed.Error)
                ? new NodeProtocol.PoolRefused(node, failed.Error)
                : new NodeProtocol.InitializerFailed(node, failed.Error));
    }

    /// <summary>A job of which chunks were dispatched to the node.</summary>
    private sealed class LinkJob(JobExecution execution)
    {
        public JobExecution Execution => execution;

        /// <summary>The number of its code at the node.</summary>
        public int Code { get; set; }

        /// <summary>Whether the node has its code, or gets it before anything sent from now on.</summary>
        public bool HasCode { get; set; }

        /// <summary>Whether the definition was sent with a chunk.</summary>
        public bool IsDefined { get; set; }

        public bool HasEnded { get; set; }

        /// <summary>Chunks that wait until the code is sent.</summary>
        /// <value>Bounded by what the coordinator dispatches to a node.</value>
        public Queue<Lease> Waiting { get; } = [];
    }
}
