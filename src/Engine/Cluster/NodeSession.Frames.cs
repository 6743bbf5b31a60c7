using Akka.Actor;
using ActorPool.Functions;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Transport;

namespace ActorPool.Cluster;

// Frames: what the client sends, in the order of its sending.
internal sealed partial class NodeSession
{
    private readonly Dictionary<int, NodeCode> _codes = []; // used by the reading task alone

    private async ValueTask HandleAsync(Frame frame)
    {
        var (body, token) = (frame.Body, _stop.Token);
        switch (frame.Kind)
        {
            case DataProtocol.Offer:
                await OnOfferAsync(body, token);
                break;
            case DataProtocol.Module:
                await OnModuleAsync(body, token);
                break;
            case DataProtocol.Session:
                await OnSessionAsync(body, token);
                break;
            case DataProtocol.Share:
                await OnShareAsync(body, token);
                break;
            case DataProtocol.Code:
                await OnCodeAsync(body, token);
                break;
            case DataProtocol.Run:
                await OnRunAsync(body, token);
                break;
            case DataProtocol.Beat:
                break; // that it came is all it says
            case DataProtocol.EndJobs:
                await OnEndJobsAsync(body, token);
                break;
            default:
                throw new InvalidDataException($"A frame of kind [{frame.Kind}] is not one that a pool sends.");
        }
    }

    private async ValueTask OnOfferAsync(PayloadReader body, CancellationToken token)
    {
        var manifest = await CodeManifest.ReadAsync(body, token);
        var need = new PayloadWriter();
        try
        {
            var missing = code.Missing(manifest);
            need.WriteInt32(missing.Count);
            foreach (var module in missing)
                need.WriteText(module.Sha256);
        }
        catch (FunctionNotShippableException)
        {
            // The node will not take it: what needs it fails with the reason when it comes.
            need.WriteInt32(0);
        }
        await Connection.SendAsync(DataProtocol.Need, need, token);
    }

    private async ValueTask OnModuleAsync(PayloadReader body, CancellationToken token)
    {
        var identity = await DataProtocol.ReadModuleAsync(body, token);
        if (body.Remaining > settings.MaxModuleBytes)
            throw new InvalidDataException($"The module [{identity.Name}] has [{body.Remaining}] bytes; the most is [{settings.MaxModuleBytes}] (actorpool.cluster.max-module-bytes).");
        code.Add(identity, await body.ReadBytesAsync((int)body.Remaining, token));
    }

    private async ValueTask OnSessionAsync(PayloadReader body, CancellationToken token)
    {
        if (_pool is not null)
            throw new InvalidDataException("A session was defined twice.");
        var definition = await DataProtocol.SessionDefinition.ReadAsync(body, token);
        try
        {
            var (_, functions) = await code.ResolveAsync(definition.Code, token);
            _pool = WorkerPool.Create(system, new WorkerPoolOptions
            {
                Workers = settings.Workers,
                Name = settings.PoolName,
                Initializer = (Action?)functions[0],
                WorkerState = (Func<object>?)functions[1],
                MaxTasksPerWorker = definition.MaxTasksPerWorker,
            });
        }
        catch (Exception e) when (!token.IsCancellationRequested)
        {
            await SendFailureAsync(DataProtocol.SessionFailed, 0, e, token);
        }
    }

    private async ValueTask OnShareAsync(PayloadReader body, CancellationToken token)
    {
        var handle = await body.ReadGuidAsync(token);
        var manifest = await CodeManifest.ReadAsync(body, token);
        try
        {
            var (types, _) = await code.ResolveAsync(manifest, token);
            if (types.Length != 1)
                throw new InvalidDataException("A broadcast value has one type.");
            code.Serializer.Broadcasts.Add(handle, await code.Serializer.ReadValueAsync(body, types[0], token), owner: id);
        }
        catch (ActorPoolException e)
        {
            code.Serializer.Broadcasts.AddError(handle, e, owner: id); // only what uses it fails
        }
    }

    private async ValueTask OnCodeAsync(PayloadReader body, CancellationToken token)
    {
        var definition = await DataProtocol.CodeDefinition.ReadAsync(body, token);
        if (_codes.Count >= DataProtocol.MostCodes)
            throw new InvalidDataException($"More than [{DataProtocol.MostCodes}] codes were sent at a time.");
        var resolved = new NodeCode(definition.IsKept);
        if (!_codes.TryAdd(definition.Number, resolved))
            throw new InvalidDataException($"The code [{definition.Number}] was sent twice.");
        try
        {
            (resolved.Types, resolved.Functions) = await code.ResolveAsync(definition.Code, token);
        }
        catch (Exception e) when (!token.IsCancellationRequested)
        {
            resolved.Error = e;
        }
    }

    private async ValueTask OnRunAsync(PayloadReader body, CancellationToken token)
    {
        await OnEndJobsAsync(body, token);
        if (await body.ReadByteAsync(token) != 0)
            await DefineAsync(await DataProtocol.JobDefinition.ReadAsync(body, token), token);
        var header = await DataProtocol.RunHeader.ReadAsync(body, token);
        if (Interlocked.Increment(ref _chunks) > mostChunks)
            throw new InvalidDataException($"More than [{mostChunks}] chunks were sent at a time.");
        Volatile.Write(ref _lastChunk, header.Chunk);
        if (!_jobs.TryGetValue(header.Job, out var job) || job.Call is null || _pool is null)
        {
            Send(ChunkReport.Without(header.Chunk, DataProtocol.OutcomeStatus.Stopped)); // it has ended meanwhile, or failed to begin
            return;
        }
        try
        {
            agent.Tell(new NodeAgentActor.ChunkArrived(this, new PendingChunk(await job.Call.ReadAsync(job.Definition, body, header, token), job)));
        }
        catch (Exception e) when (e is not (IOException or OperationCanceledException))
        {
            await SendFailureAsync(DataProtocol.JobFailed, header.Job, e, token);
            Send(ChunkReport.Without(header.Chunk, DataProtocol.OutcomeStatus.Stopped));
        }
    }

    private async ValueTask DefineAsync(DataProtocol.JobDefinition definition, CancellationToken token)
    {
        if (!_codes.TryGetValue(definition.Code, out var resolved))
            throw new InvalidDataException($"The job [{definition.Id}] is of code [{definition.Code}], which was not sent.");
        var job = new NodeJob(definition, CancellationTokenSource.CreateLinkedTokenSource(token));
        if (!_jobs.TryAdd(definition.Id, job))
            throw new InvalidDataException($"The job [{definition.Id}] was defined twice.");
        if (!resolved.IsKept)
            _codes.Remove(definition.Code);
        try
        {
            if (resolved.Error is { } error)
                await SendFailureAsync(DataProtocol.JobFailed, definition.Id, error, token);
            else
                job.Call = resolved.CallOf(definition.Kind, code.Serializer);
        }
        catch (Exception e) when (!token.IsCancellationRequested)
        {
            await SendFailureAsync(DataProtocol.JobFailed, definition.Id, e, token);
        }
    }

    private async ValueTask OnEndJobsAsync(PayloadReader body, CancellationToken token)
    {
        foreach (var job in await DataProtocol.ReadEndedAsync(body, token))
        {
            if (_jobs.TryRemove(job, out var ended))
                _ = ended.EndAsync();
        }
    }

    /// <summary>Types and functions that the client has sent.</summary>
    private sealed class NodeCode(bool isKept)
    {
        private (CallKind Kind, NodeCall Call)? _call;

        public bool IsKept => isKept;

        public IReadOnlyList<Type> Types { get; set; } = [];

        public IReadOnlyList<Delegate?> Functions { get; set; } = [];

        /// <summary>Why they could not be resolved; each job of them fails with it.</summary>
        public Exception? Error { get; set; }

        public NodeCall CallOf(CallKind kind, PayloadSerializer serializer)
        {
            if (_call is not { } made || made.Kind != kind)
                _call = made = (kind, NodeCall.Create(kind, Types, Functions, serializer));
            return made.Call;
        }
    }
}
