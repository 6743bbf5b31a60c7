using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Transport;
using ActorPool.Wire;
using Microsoft.Extensions.Logging;

namespace ActorPool.Agent;

// Frames: handles what the client sends, in the order in which the client sent it.
internal sealed partial class AgentSession
{
    private readonly Dictionary<int, NodeCode> _codes = []; // used only by the reading task

    private async ValueTask HandleAsync(Frame frame)
    {
        var (body, token) = (frame.Body, _stop.Token);
        if (frame.Kind is not (DataProtocol.Heartbeat or DataProtocol.AskNode or DataProtocol.AnswerNode)
            && !await MaySubmitAsync(token).ConfigureAwait(false))
        {
            return;
        }
        switch (frame.Kind)
        {
            case DataProtocol.AskNode:
                OnQuestion(await WireRecord.ReadAsync<DataProtocol.NodeQuestion>(body, token).ConfigureAwait(false));
                break;
            case DataProtocol.AnswerNode:
                await _poolQuestions.TakeAsync(body, token).ConfigureAwait(false);
                break;
            case DataProtocol.Offer:
                await OnOfferAsync(body, token).ConfigureAwait(false);
                break;
            case DataProtocol.Module:
                await OnModuleAsync(body, token).ConfigureAwait(false);
                break;
            case DataProtocol.Converters:
                await OnConvertersAsync(body, token).ConfigureAwait(false);
                break;
            case DataProtocol.Session:
                await OnSessionAsync(body, token).ConfigureAwait(false);
                break;
            case DataProtocol.Broadcast:
                await OnBroadcastAsync(body, token).ConfigureAwait(false);
                break;
            case DataProtocol.Code:
                await OnCodeAsync(body, token).ConfigureAwait(false);
                break;
            case DataProtocol.Run:
                await OnRunAsync(body, token).ConfigureAwait(false);
                break;
            case DataProtocol.AnswerModule:
                await OnModuleAnswerAsync(body, token).ConfigureAwait(false);
                break;
            case DataProtocol.Heartbeat:
                break; // its arrival is its whole meaning
            case DataProtocol.EndJobs:
                EndJobs((await WireRecord.ReadAsync<DataProtocol.EndedJobs>(body, token).ConfigureAwait(false)).Jobs);
                break;
            default:
                throw new InvalidDataException($"A frame of kind [{frame.Kind}] is not one that a pool sends.");
        }
    }

    private async ValueTask OnOfferAsync(PayloadReader body, CancellationToken token)
    {
        var manifest = await CodeManifest.ReadAsync(body, token).ConfigureAwait(false);
        IReadOnlyList<ModuleIdentity> missing = [];
        try
        {
            missing = code.FindMissing(manifest);
        }
        catch (FunctionNotShippableException)
        {
            // The node does not accept a module. Code that needs it fails with the reason when it arrives.
        }
        var reply = new PayloadWriter();
        WireRecord.Write(reply, new DataProtocol.MissingModulesReport([.. missing.Select(module => module.Sha256)]));
        await Connection.SendAsync(DataProtocol.MissingModules, reply, token).ConfigureAwait(false);
    }

    private async ValueTask OnModuleAsync(PayloadReader body, CancellationToken token)
    {
        var identity = await WireRecord.ReadAsync<ModuleIdentity>(body, token).ConfigureAwait(false);
        if (body.Remaining > settings.MaxModuleBytes)
        {
            throw new InvalidDataException(
                $"The module [{identity.Name}] has [{body.Remaining}] bytes; "
                + $"the limit is [{settings.MaxModuleBytes}] (actorpool.cluster.max-module-bytes).");
        }
        var bytes = GC.AllocateUninitializedArray<byte>((int)body.Remaining);
        await body.ReadExactlyAsync(bytes, token).ConfigureAwait(false);
        code.Add(identity, bytes);
    }

    private async ValueTask OnConvertersAsync(PayloadReader body, CancellationToken token)
    {
        if (_pool is not null)
            throw new InvalidDataException("Converters came after the session was defined.");
        var manifest = await CodeManifest.ReadAsync(body, token).ConfigureAwait(false);
        try
        {
            var (types, functions) = await code.ResolveAsync(manifest, token).ConfigureAwait(false);
            _serializer = code.CreateSerializer(types, functions);
            _exceptions = new ExceptionFormat(_serializer, code);
        }
        catch (Exception e) when (!token.IsCancellationRequested)
        {
            await SendFailureAsync(DataProtocol.SessionFailed, 0, e, token).ConfigureAwait(false);
        }
    }

    private async ValueTask OnSessionAsync(PayloadReader body, CancellationToken token)
    {
        if (_pool is not null)
            throw new InvalidDataException("A session was defined twice.");
        var definition = await WireRecord.ReadAsync<DataProtocol.SessionDefinition>(body, token).ConfigureAwait(false);
        var manifest = await CodeManifest.ReadAsync(body, token).ConfigureAwait(false);
        var requests = body.Remaining == 0 // an older client has none
            ? new DataProtocol.SessionRequests(settings.Client?.Pool ?? "", Node: null, LogLevel.None, TakesOutput: false)
            : await WireRecord.ReadAsync<DataProtocol.SessionRequests>(body, token).ConfigureAwait(false);
        try
        {
            var (_, functions) = await code.ResolveAsync(manifest, _serializer, token).ConfigureAwait(false);
            if (requests.TakesOutput)
                host.SendOutput();
            var workers = Volatile.Read(ref _workers);
            var pool = host.CreatePool(new WorkerPoolOptions
            {
                Workers = workers,
                Name = settings.PoolName,
                Initializer = (Action?)functions[0],
                WorkerState = (Func<object>?)functions[1],
                MaxTasksPerWorker = definition.MaxTasksPerWorker,
                LoadContext = code.LoadContext,
                Conversions = _serializer.Conversions,
                FunctionLog = CreateLog(requests),
                ServedPool = settings.Client ?? new PoolIdentity(requests.Pool, PoolRole.Pool, requests.Node),
            });
            Interlocked.Exchange(ref _pool, pool);
            if (Volatile.Read(ref _workers) is var wanted && wanted > workers)
                pool.Grow(wanted); // an operator has added some meanwhile
        }
        catch (Exception e) when (!token.IsCancellationRequested)
        {
            await SendFailureAsync(DataProtocol.SessionFailed, 0, e, token).ConfigureAwait(false);
        }
    }

    private SessionLog CreateLog(DataProtocol.SessionRequests requests)
    {
        // A worker process leaves it to its parent, which has all of the pool's.
        var limiter = settings.Client is null ? null : new LineLimiter(settings.Clock, PoolLog.Burst, PoolLog.PerSecond);
        return new SessionLog(requests, limiter, record =>
        {
            if (Volatile.Read(ref _connection) is not { } connection)
                return false;
            var body = new PayloadWriter();
            WireRecord.Write(body, record);
            return connection.TrySend(DataProtocol.Log, body);
        });
    }

    private async ValueTask OnBroadcastAsync(PayloadReader body, CancellationToken token)
    {
        var handle = (await WireRecord.ReadAsync<DataProtocol.BroadcastDefinition>(body, token).ConfigureAwait(false)).Id;
        var manifest = await CodeManifest.ReadAsync(body, token).ConfigureAwait(false);
        try
        {
            var (types, _) = await code.ResolveAsync(manifest, token).ConfigureAwait(false);
            if (types.Length != 1)
                throw new InvalidDataException("A broadcast value has one type.");
            var value = await _serializer.ReadValueAsync(body, types[0], token).ConfigureAwait(false);
            code.Serializer.Broadcasts.Add(handle, value, owner: id);
            _pool?.Publish(handle, value, types[0]);
        }
        catch (ActorPoolException e)
        {
            code.Serializer.Broadcasts.AddError(handle, e, owner: id); // the jobs that use the value fail, and no others
        }
    }

    private async ValueTask OnCodeAsync(PayloadReader body, CancellationToken token)
    {
        var definition = await WireRecord.ReadAsync<DataProtocol.CodeDefinition>(body, token).ConfigureAwait(false);
        var manifest = await CodeManifest.ReadAsync(body, token).ConfigureAwait(false);
        if (_codes.Count >= DataProtocol.MaxCodes)
            throw new InvalidDataException($"More than [{DataProtocol.MaxCodes}] codes were sent at a time.");
        var resolved = new NodeCode(definition.IsKept);
        if (!_codes.TryAdd(definition.Number, resolved))
            throw new InvalidDataException($"The code [{definition.Number}] was sent twice.");
        try
        {
            (resolved.Types, resolved.Functions) = await code.ResolveAsync(manifest, _serializer, token).ConfigureAwait(false);
        }
        catch (Exception e) when (!token.IsCancellationRequested)
        {
            resolved.Error = e;
        }
    }

    private async ValueTask OnRunAsync(PayloadReader body, CancellationToken token)
    {
        var header = await WireRecord.ReadAsync<DataProtocol.RunHeader>(body, token).ConfigureAwait(false);
        EndJobs(header.Ended);
        if (header.Definition is { } definition)
            await DefineAsync(definition, token).ConfigureAwait(false);
        var maxChunks = Volatile.Read(ref _workers) * (1 + ClusterSettings.MaxPrefetch);
        if (Interlocked.Increment(ref _chunks) > maxChunks)
            throw new InvalidDataException($"More than [{maxChunks}] chunks were sent at a time.");
        var held = new HeldChunk(header.Start, header.Count)
        {
            JobId = header.Job,
            Attempt = header.Attempt,
            Since = settings.Clock.GetTimestamp(),
        };
        if (!_held.TryAdd(header.Chunk, held))
            throw new InvalidDataException($"The chunk [{header.Chunk}] was sent twice.");
        Volatile.Write(ref _lastChunk, header.Chunk);
        if (!_jobs.TryGetValue(header.Job, out var job) || job.Call is null || _pool is null)
        {
            Send(ChunkReport.Without(header.Chunk, DataProtocol.OutcomeStatus.Stopped)); // the job has ended meanwhile, or could not start
            return;
        }
        held.Job = job.Definition.Name;
        if (header.ReportsStart)
        {
            // Reading runs the caller's converters, which may end this process at once.
            ReportStart(header.Chunk, hasStarted: true);
            await Connection.FlushAsync().ConfigureAwait(false);
        }
        try
        {
            var chunk = await job.Call.ReadAsync(job.Definition, body, header, token).ConfigureAwait(false);
            if (header.ReportsStart)
                ReportStart(header.Chunk, hasStarted: false);
            var pending = new PendingChunk(chunk, job);
            if (!gate.TryAdd(this, pending))
                HandBack([pending]);
        }
        catch (Exception e) when (e is not (IOException or OperationCanceledException))
        {
            await SendFailureAsync(DataProtocol.JobFailed, header.Job, e, token).ConfigureAwait(false);
            Send(ChunkReport.Without(header.Chunk, DataProtocol.OutcomeStatus.Stopped));
        }
    }

    private async ValueTask DefineAsync(DataProtocol.JobDefinition definition, CancellationToken token)
    {
        if (!_codes.TryGetValue(definition.Code, out var resolved))
            throw new InvalidDataException($"The job [{definition.Id}] uses the code [{definition.Code}], which was not sent.");
        var job = new NodeJob(definition, CancellationTokenSource.CreateLinkedTokenSource(token));
        if (!_jobs.TryAdd(definition.Id, job))
            throw new InvalidDataException($"The job [{definition.Id}] was defined twice.");
        if (!resolved.IsKept)
            _codes.Remove(definition.Code);
        try
        {
            if (resolved.Error is { } error)
                await SendFailureAsync(DataProtocol.JobFailed, definition.Id, error, token).ConfigureAwait(false);
            else
            {
                job.Call = resolved.GetCall(definition.Kind, _serializer, _exceptions);
                host.OnJobStarted(this, job, resolved.Functions[0]!);
            }
        }
        catch (Exception e) when (!token.IsCancellationRequested)
        {
            await SendFailureAsync(DataProtocol.JobFailed, definition.Id, e, token).ConfigureAwait(false);
        }
    }

    private void EndJobs(IReadOnlyCollection<long> jobs)
    {
        foreach (var job in jobs)
        {
            if (!_jobs.TryRemove(job, out var ended))
                continue;
            host.OnJobEnded(this, ended);
            _ = ended.EndAsync();
        }
    }

    /// <summary>Types and functions that the client sent.</summary>
    private sealed class NodeCode(bool isKept)
    {
        private (CallKind Kind, NodeCall Call)? _call;

        public bool IsKept => isKept;

        public IReadOnlyList<Type> Types { get; set; } = [];

        public Delegate?[] Functions { get; set; } = [];

        /// <summary>Why they could not be resolved; each job that uses them fails with it.</summary>
        public Exception? Error { get; set; }

        public NodeCall GetCall(CallKind kind, PayloadSerializer serializer, ExceptionFormat exceptions)
        {
            if (_call is not { } cached || cached.Kind != kind)
                _call = cached = (kind, NodeCall.Create(kind, Types, Functions, serializer, exceptions));
            return cached.Call;
        }
    }
}
