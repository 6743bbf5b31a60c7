using Akka.Actor;
using ActorPool.Coordination;
using ActorPool.Routing;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Transport;

namespace ActorPool.Cluster;

// Jobs: what of them the node has, and what it lacks.
internal sealed partial class NodeLinkActor
{
    private const int MostEnded = 1000;

    private readonly Dictionary<long, LinkJob> _jobs = [];
    private readonly Queue<(CodeManifest Code, Action Then)> _offers = []; // what waits for a Need, in the order of the offers; bounded by the jobs
    private readonly HashSet<string> _modules = new(StringComparer.Ordinal);
    private readonly HashSet<Guid> _shared = [];
    private readonly Dictionary<CodeManifest, int> _codes = []; // those that the node keeps
    private readonly List<long> _ended = []; // jobs whose end the node has not been told, since nothing runs of them: it goes with the next chunk
    private int _lastCode;

    private void ForgetJobs()
    {
        _jobs.Clear();
        _offers.Clear();
        _modules.Clear();
        _shared.Clear();
        _codes.Clear();
        _ended.Clear();
    }

    private void OnRunChunk(WorkProtocol.RunChunk chunk)
    {
        var lease = chunk.Lease;
        if (_connection is null)
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
        if (!_connection!.Send(chunk, job.IsDefined ? null : job.Plan.Wire!.Define(job.Code), _ended, tellsBegin: chunk.Lease.Losses + 1 >= _pool.Settings.WorkerLosses))
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
        if (_connection is null || !_shared.Add(value.Id))
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
}
