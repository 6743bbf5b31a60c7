using ActorPool.Jobs;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Wire;
using Akka.Actor;

namespace ActorPool.Client;

// Jobs: tracks which code, modules and jobs the node already has.
internal sealed partial class NodeLinkActor
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

    private void ForgetJobs()
    {
        _jobs.Clear();
        _offers.Clear();
        _modules.Clear();
        _broadcasts.Clear();
        _codes.Clear();
        _ended.Clear();
    }

    private void OnLease(Lease lease)
    {
        if (_connection is null)
            return; // the coordinator is being told of the node's loss, and takes the lease back then
        if (!lease.TryClaim(_connection.NodeId, _connection.Address))
        {
            _coordinator.Tell(new WorkProtocol.Unclaimed(lease, _connection.NodeId));
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
        if (!_connection!.Send(lease, definition, _ended, reportsStart: lease.Losses + 1 >= _pool.Settings.WorkerLosses))
            return;
        job.IsDefined = true;
        _ended.Clear();
    }

    /// <summary>Sends the job's code, unless the node keeps it from another job.</summary>
    private void SendCode(LinkJob job)
    {
        var (wire, connection) = (job.Execution.Wire!, _connection!);
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

    private void OnJobEnded(NodeProtocol.JobEnded ended)
    {
        if (!_jobs.Remove(ended.Job.Id, out var job))
            return;
        job.HasEnded = true;
        while (job.Waiting.TryDequeue(out var lease))
            _coordinator.Tell(new NodeProtocol.ChunkReturned(lease, _connection!.NodeId, LossCause.Stopped));
        if (!job.IsDefined)
            return;
        _ended.Add(ended.Job.Id);
        if (ended.HasInFlight || _ended.Count >= DataProtocol.EndedJobs.MaxJobs)
            SendEndedJobs();
    }

    private void SendEndedJobs()
    {
        if (_ended.Count == 0 || _connection is null)
            return;
        var body = new PayloadWriter();
        WireRecord.Write(body, new DataProtocol.EndedJobs(_ended));
        _connection.Post(DataProtocol.EndJobs, body);
        _ended.Clear();
    }

    private void SendBroadcast(BroadcastValue value)
    {
        if (_connection is null || !_broadcasts.Add(value.Id))
            return;
        var connection = _connection;
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
        _connection!.Post(DataProtocol.Offer, body);
    }

    private void OnMissingModules(ClientConnection.MissingModules missing)
    {
        if (!ReferenceEquals(missing.Connection, _connection) || !_offers.TryDequeue(out var offer))
            return;
        try
        {
            var modules = offer.Code.Modules.Where(module => missing.Hashes.Contains(module.Sha256) && !_modules.Contains(module.Sha256));
            foreach (var module in modules)
            {
                var body = new PayloadWriter();
                WireRecord.Write(body, module);
                body.AddReference(ModuleCatalog.Shared.GetBytes(module));
                _connection.Post(DataProtocol.Module, body);
            }
        }
        catch (Exception e) when (e is ActorPoolException or IOException)
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
        if (!ReferenceEquals(found.Connection, _connection))
            return;
        var (connection, manifest) = (_connection, found.Module?.Manifest);
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
            _coordinator.Tell(new NodeProtocol.JobRefused(job.Execution, failed.Error));
    }

    private void OnSessionFailed(ClientConnection.SessionFailed failed)
    {
        if (_connection is not null)
            _coordinator.Tell(new NodeProtocol.InitializerFailed(_connection.NodeId, failed.Error));
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
