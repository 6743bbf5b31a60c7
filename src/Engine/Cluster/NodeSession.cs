using System.Collections.Concurrent;
using Akka.Actor;
using ActorPool.Functions;
using ActorPool.Serialization;
using ActorPool.Transport;
using ActorPool.Workers;

namespace ActorPool.Cluster;

/// <summary>One client pool at one node: its data connection, its jobs, and the pool of workers that the node runs for it.</summary>
/// <remarks>
/// Frames are handled one after another by the connection's reading task, outcomes are sent by the tasks of their chunks; the agent decides when a chunk may run. What
/// arrives is bounded by <paramref name="mostChunks"/> chunks of one frame each: a client that sends more breaks the protocol, and is cut off.
/// </remarks>
internal sealed class NodeSession(Guid id, string clientPool, Ticket ticket, CodeContext code, IActorRef agent, ActorSystem system, SessionSettings settings, int mostChunks)
{
    private const int ManyResults = 256;

    private readonly ConcurrentDictionary<long, NodeJob> _jobs = new();
    private readonly Dictionary<int, NodeCode> _codes = []; // used by the reading task alone
    private readonly CancellationTokenSource _stop = new();
    private DataConnection? _connection;
    private WorkerPool? _pool;
    private int _chunks;
    private int _ended;

    public Guid Id => id;

    /// <summary>The pool's name at its client, for the log.</summary>
    public string ClientPool => clientPool;

    public Ticket Ticket => ticket;

    /// <summary>When the client last renewed it, as a timestamp of the node's clock; kept by the agent.</summary>
    public long Renewed { get; set; }

    /// <summary>Who gets news of the node; kept by the agent.</summary>
    public required IActorRef Client { get; init; }

    /// <summary>The client's process, whose code this session uses.</summary>
    public required Guid Process { get; init; }

    /// <summary>The data connection is there: reads it until it ends.</summary>
    public async Task RunAsync(DataConnection connection)
    {
        if (Interlocked.CompareExchange(ref _connection, connection, null) is not null || Volatile.Read(ref _ended) != 0)
        {
            await connection.DisposeAsync(); // a second one, or too late
            return;
        }
        await connection.RunAsync(HandleAsync);
        agent.Tell(new NodeAgentActor.ConnectionEnded(this, await connection.Completion));
    }

    /// <summary>The agent lets a chunk run.</summary>
    public void Start(PendingChunk pending) => _ = RunChunkAsync(pending);

    /// <summary>The agent will not let it run: another node may have it.</summary>
    public void HandBack(PendingChunk pending) => Send(ChunkReport.Without(pending.Chunk.Id, DataProtocol.OutcomeStatus.Returned));

    /// <summary>Ends the session: everything that runs of it is stopped.</summary>
    public async Task EndAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        await _stop.CancelAsync();
        if (_connection is not null)
            await _connection.DisposeAsync();
        if (_pool is not null)
            await _pool.DisposeAsync();
        _jobs.Clear();
    }

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
        catch (Exception e) when (e is FunctionNotShippableException or InvalidDataException)
        {
            // The node does not take code, and has none of that name.
            need.WriteInt32(-1);
            RemoteFailure.Of(e).Write(need);
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
        var (types, _) = await code.ResolveAsync(manifest, token);
        if (types.Length != 1)
            throw new InvalidDataException("A broadcast value has one type.");
        code.Serializer.Broadcasts.Add(handle, await code.Serializer.ReadValueAsync(body, types[0], token), owner: id);
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

    private async Task RunChunkAsync(PendingChunk pending)
    {
        ChunkReport report;
        try
        {
            report = await pending.Chunk.RunAsync(_pool!, pending.Job.Stop);
        }
        catch (NoWorkersException e) when (e.InnerException is { } cause)
        {
            await SendFailureAsync(DataProtocol.SessionFailed, 0, cause, CancellationToken.None);
            report = ChunkReport.Without(pending.Chunk.Id, DataProtocol.OutcomeStatus.Stopped);
        }
        catch (PoolTerminatedException)
        {
            report = ChunkReport.Without(pending.Chunk.Id, DataProtocol.OutcomeStatus.Returned);
        }
        catch (Exception e)
        {
            await SendFailureAsync(DataProtocol.JobFailed, pending.Job.Id, e, CancellationToken.None);
            report = ChunkReport.Without(pending.Chunk.Id, DataProtocol.OutcomeStatus.Stopped);
        }
        // The worker first: it can have its next chunk while this one's results are written.
        agent.Tell(new NodeAgentActor.ChunkDone(this));
        await SendAsync(pending, report);
    }

    private async Task SendAsync(PendingChunk pending, ChunkReport report)
    {
        var body = new PayloadWriter();
        // Where the gatherer's thread runs this, what else it was to do should not wait for many results to be written.
        var isLong = pending.Chunk.Count > ManyResults;
        if (isLong)
            WorkerThreads.EnterUserCode();
        try
        {
            report.Header.Write(body);
            report.WriteResults?.Invoke(body);
            DataProtocol.CheckFits(body, Connection, "results");
        }
        catch (Exception e)
        {
            body.Dispose();
            await SendFailureAsync(DataProtocol.JobFailed, pending.Job.Id, e, CancellationToken.None);
            body = new PayloadWriter();
            ChunkReport.Without(pending.Chunk.Id, DataProtocol.OutcomeStatus.Stopped).Header.Write(body);
        }
        finally
        {
            if (isLong)
                WorkerThreads.LeaveUserCode();
        }
        Interlocked.Decrement(ref _chunks);
        try
        {
            await Connection.SendAsync(DataProtocol.Outcome, body, _stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection has ended: its client will deal the chunk again.
        }
    }

    private void Send(ChunkReport report)
    {
        var body = new PayloadWriter();
        report.Header.Write(body);
        Interlocked.Decrement(ref _chunks);
        Connection.TrySend(DataProtocol.Outcome, body);
    }

    private async ValueTask SendFailureAsync(byte kind, long job, Exception error, CancellationToken token)
    {
        var body = new PayloadWriter();
        body.WriteInt64(job);
        body.WriteByte(error is PayloadException ? (byte)1 : error is FunctionNotShippableException ? (byte)2 : (byte)0);
        RemoteFailure.Of(error).Write(body);
        try
        {
            await Connection.SendAsync(kind, body, token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // As above.
        }
    }

    private DataConnection Connection => Volatile.Read(ref _connection) ?? throw new InvalidOperationException("The session has no connection yet.");

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

    /// <summary>A job that the client has defined here.</summary>
    internal sealed class NodeJob(DataProtocol.JobDefinition definition, CancellationTokenSource stop)
    {
        public long Id => definition.Id;

        public DataProtocol.JobDefinition Definition => definition;

        /// <summary>Null if it could not be resolved.</summary>
        public NodeCall? Call { get; set; }

        /// <summary>Cancelled when the job has ended.</summary>
        public CancellationToken Stop { get; } = stop.Token;

        public async Task EndAsync()
        {
            await stop.CancelAsync();
            stop.Dispose();
        }
    }

    /// <summary>A chunk that waits for a worker, or runs.</summary>
    internal sealed record PendingChunk(NodeChunk Chunk, NodeJob Job);
}

/// <summary>What a session takes from its node's settings.</summary>
internal sealed record SessionSettings(int Workers, string PoolName, long MaxModuleBytes);
