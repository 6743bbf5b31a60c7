using System.Collections.Concurrent;
using Akka.Actor;
using ActorPool.Functions;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Transport;
using ActorPool.Workers;

namespace ActorPool.Cluster;

/// <summary>One client pool at one node: its data connection, its jobs, and the pool of workers that the node runs for it.</summary>
/// <remarks>
/// Frames are handled one after another by the connection's reading task, outcomes are sent by the tasks of their chunks; the agent decides when a chunk may run. What
/// arrives is bounded by <paramref name="mostChunks"/> chunks of one frame each: a client that sends more breaks the protocol, and is cut off.
/// </remarks>
internal sealed partial class NodeSession(Guid id, string clientPool, Ticket ticket, CodeContext code, IActorRef agent, ActorSystem system, SessionSettings settings, int mostChunks)
{
    private const int ManyResults = 256;

    private readonly ConcurrentDictionary<long, NodeJob> _jobs = new();
    private readonly CancellationTokenSource _stop = new();
    private DataConnection? _connection;
    private WorkerPool? _pool;
    private int _chunks;
    private long _lastChunk;
    private int _ended;

    public Guid Id => id;

    /// <summary>The pool's name at its client, for the log.</summary>
    public string ClientPool => clientPool;

    public Ticket Ticket => ticket;

    /// <summary>When the client last renewed it, as a timestamp of the node's clock; kept by the agent.</summary>
    public long Renewed { get; set; }

    /// <summary>Who gets news of the node; kept by the agent.</summary>
    public required IActorRef Client { get; init; }

    /// <summary>How long the client has not been heard, on either plane.</summary>
    public TimeSpan Silence(TimeProvider clock) =>
        clock.GetElapsedTime(Renewed) is var silence && Volatile.Read(ref _connection) is { } connection && connection.Silence < silence ? connection.Silence : silence;

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

    /// <summary>Renews the leases of the chunks that are here, over the connection that their outcomes take.</summary>
    public void TellHeld()
    {
        if (Volatile.Read(ref _connection) is not { } connection)
            return;
        // In this order: what has arrived by then is counted, unless its outcome has been sent before this.
        var last = Volatile.Read(ref _lastChunk);
        var body = new PayloadWriter();
        new DataProtocol.HoldingHeader(last, Volatile.Read(ref _chunks)).Write(body);
        connection.TrySend(DataProtocol.Holding, body);
    }

    /// <summary>Ends the session: everything that runs of it is told to stop.</summary>
    /// <returns>Whether all functions have come back; those that have not keep their threads.</returns>
    public async Task<bool> EndAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return true;
        // In good order: an outcome that was written at the last moment still arrives, and its chunk need not run again.
        var closed = _connection?.CloseAsync() ?? Task.CompletedTask;
        await _stop.CancelAsync();
        await closed;
        _jobs.Clear();
        if (_pool is null)
            return true;
        await _pool.DisposeAsync();
        // It is gone when its workers are, and a worker when its function has come back.
        return await _pool.Coordinator.WatchAsync().WaitAsync(settings.AbandonAfter).ContinueWith(
            watch => watch.IsCompletedSuccessfully, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task RunChunkAsync(PendingChunk pending)
    {
        ChunkReport report;
        if (pending.Chunk.TellsBegin)
        {
            var began = new PayloadWriter();
            began.WriteInt64(pending.Chunk.Id);
            Connection.TrySend(DataProtocol.Began, began); // is in the socket, unless much else is on its way there
        }
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
        await SendOutcomeAsync(body);
    }

    private void Send(ChunkReport report)
    {
        var body = new PayloadWriter();
        report.Header.Write(body);
        _ = SendOutcomeAsync(body);
    }

    private async Task SendOutcomeAsync(PayloadWriter body)
    {
        try
        {
            await Connection.SendAsync(DataProtocol.Outcome, body, _stop.Token);
            Interlocked.Decrement(ref _chunks); // not before: see TellHeld
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection has ended: its client will deal the chunk again.
        }
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
internal sealed record SessionSettings(int Workers, string PoolName, long MaxModuleBytes, TimeSpan AbandonAfter);
