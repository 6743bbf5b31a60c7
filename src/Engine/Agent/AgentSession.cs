using System.Collections.Concurrent;
using ActorPool.Diagnostics;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Transport;
using ActorPool.Wire;

namespace ActorPool.Agent;

/// <summary>Serves one client pool, at a node or in a worker process.</summary>
/// <remarks>
/// It holds the client's data connection and jobs, and the pool of workers that its host runs for the client. The connection's reading task
/// handles frames one after another, the task of each chunk sends its outcome, and the gate decides when a chunk may run. What arrives is
/// bounded by some chunks of one frame each for each worker: a client that sends more breaks the protocol and is disconnected.
/// </remarks>
internal sealed partial class AgentSession(
    Guid id, string clientPool, CodeContext code, ChunkGate gate, ISessionHost host, SessionSettings settings)
{
    /// <summary>Time for outcomes that are being written when the session ends.</summary>
    private static readonly TimeSpan s_timeToSend = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, NodeJob> _jobs = new();
    private readonly ConcurrentDictionary<long, HeldChunk> _held = new(); // until their outcomes are sent
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _allSent = new(TaskCreationOptions.RunContinuationsAsynchronously); // set only after the end
    // The pool's own if it has converters: set before the session is defined, and so before its first chunk.
    private PayloadSerializer _serializer = code.Serializer;
    private ExceptionFormat _exceptions = code.Exceptions;
    private DataConnection? _connection;
    private ISessionPool? _pool;
    private int _workers = settings.Workers; // the most that it was told: what was sent for them may still come
    private int _chunks;
    private long _lastChunk;
    private int _ended;
    private Task _farewell = Task.CompletedTask;

    public Guid Id => id;

    /// <summary>Chunks whose outcomes are not sent.</summary>
    public int Chunks => Volatile.Read(ref _chunks);

    /// <summary>The pool's name at its client, for the log.</summary>
    public string ClientPool => clientPool;

    /// <summary>Whether the client only looks, and gives orders: it has no jobs.</summary>
    public bool IsObserver { get; init; }

    /// <summary>Lets the client connect; null where the connection comes authenticated.</summary>
    public Ticket? Ticket { get; init; }

    /// <summary>When the client last renewed the session; set by the agent.</summary>
    /// <value>A timestamp of the node's clock.</value>
    public long Renewed { get; set; }

    /// <summary>Returns how long nothing has come from the client, on either plane.</summary>
    public TimeSpan GetSilence(TimeProvider clock) =>
        clock.GetElapsedTime(Renewed) is var silence && Volatile.Read(ref _connection) is { } connection && connection.Silence < silence
            ? connection.Silence
            : silence;

    /// <summary>The client's process, whose code this session uses.</summary>
    public required Guid Process { get; init; }

    /// <summary>Takes over the data connection and reads it until it ends.</summary>
    public async Task RunAsync(DataConnection connection)
    {
        if (Interlocked.CompareExchange(ref _connection, connection, null) is not null || Volatile.Read(ref _ended) != 0)
        {
            await connection.DisposeAsync().ConfigureAwait(false); // a second connection, or the session has ended
            return;
        }
        connection.Traffic = settings.Traffic;
        NamedModules.EnterReading();
        code.Named.Add(this);
        await connection.RunAsync(HandleAsync).ConfigureAwait(false);
        code.Named.Remove(this);
        _poolQuestions.End();
        host.OnConnectionEnded(this, await connection.Completion.ConfigureAwait(false));
    }

    /// <summary>Runs a chunk for which the gate has a free worker.</summary>
    /// <param name="pending">The chunk.</param>
    /// <param name="wait">How long it has waited for the worker.</param>
    public void Start(PendingChunk pending, DataProtocol.QueueTimes wait) => _ = RunChunkAsync(pending, wait);

    /// <summary>Lets its pool run at least this many chunks at a time.</summary>
    public void Grow(int workers)
    {
        if (workers <= Volatile.Read(ref _workers))
            return;
        Interlocked.Exchange(ref _workers, workers);
        Volatile.Read(ref _pool)?.Grow(workers);
    }

    /// <summary>Returns chunks that will not run here, so that another node can run them.</summary>
    public void HandBack(IEnumerable<PendingChunk> pending) => HandBack(pending.Select(one => one.Chunk.Id));

    /// <summary>Renews the leases of the held chunks, over the connection that carries their outcomes.</summary>
    public void RenewLeases()
    {
        if (Volatile.Read(ref _connection) is not { } connection)
            return;
        // The last chunk is read before the count: every chunk up to it is then counted, unless its outcome was sent before this frame.
        var last = Volatile.Read(ref _lastChunk);
        var body = new PayloadWriter();
        WireRecord.Write(body, new DataProtocol.LeaseReport(last, Volatile.Read(ref _chunks)));
        connection.TrySend(DataProtocol.RenewLeases, body);
    }

    /// <summary>Completes when everything was sent to the client, or the client does not read.</summary>
    /// <remarks>At most two seconds after <see cref="EndAsync"/>.</remarks>
    public Task Farewell => Volatile.Read(ref _farewell);

    /// <summary>Ends the session and tells all its running functions to stop.</summary>
    /// <param name="handsBack">Whether the client continues and gets its chunks back.</param>
    /// <returns>Whether all functions have returned; those that have not keep their threads.</returns>
    public async Task<bool> EndAsync(bool handsBack = false)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return true;
        // Before anything is cancelled: the result of a cancelled chunk must not be sent as its outcome.
        if (handsBack)
            HandBack(_held.Keys);
        // An orderly close: an outcome that was written at the last moment still arrives, and its chunk need not run again.
        var closed = CloseAsync(handsBack);
        Volatile.Write(ref _farewell, closed);
        await _stop.CancelAsync().ConfigureAwait(false);
        await closed.ConfigureAwait(false);
        foreach (var job in _jobs.Values)
            host.OnJobEnded(this, job);
        _jobs.Clear();
        return _pool is null || await _pool.EndAsync(settings.AbandonAfter).ConfigureAwait(false);
    }

    private async Task CloseAsync(bool waitsForOutcomes)
    {
        if (Volatile.Read(ref _connection) is not { } connection)
            return;
        if (_held.IsEmpty)
            _allSent.TrySetResult();
        if (waitsForOutcomes)
            await _allSent.Task.WaitAsync(s_timeToSend).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.CloseAsync().ConfigureAwait(false);
    }

    private DataConnection Connection =>
        Volatile.Read(ref _connection) ?? throw new InvalidOperationException("The session has no connection yet.");

    /// <summary>A job that the client has defined here.</summary>
    internal sealed class NodeJob(DataProtocol.JobDefinition definition, CancellationTokenSource stop)
    {
        private long _chunks;
        private long _items;
        private long _failed;

        public long Id => definition.Id;

        public DataProtocol.JobDefinition Definition => definition;

        /// <summary>The job's function; null if it could not be resolved.</summary>
        public NodeCall? Call { get; set; }

        /// <summary>Cancelled when the job has ended.</summary>
        public CancellationToken Stop { get; } = stop.Token;

        /// <summary>Whether its start was logged, and its end will be.</summary>
        public bool IsTold { get; set; }

        /// <summary>What has run of it here; added by the tasks of its chunks.</summary>
        public ref long Chunks => ref _chunks;

        /// <inheritdoc cref="Chunks"/>
        public ref long Items => ref _items;

        /// <inheritdoc cref="Chunks"/>
        public ref long Failed => ref _failed;

        public async Task EndAsync()
        {
            await stop.CancelAsync().ConfigureAwait(false);
            stop.Dispose();
        }
    }

    /// <summary>A chunk that waits for a worker or runs.</summary>
    internal sealed record PendingChunk(NodeChunk Chunk, NodeJob Job);
}

/// <summary>The settings of its host that a session uses.</summary>
internal sealed record SessionSettings(int Workers, string PoolName, long MaxModuleBytes, TimeSpan AbandonAfter)
{
    /// <summary>The client's pool, as its node knows it; null in a worker process.</summary>
    /// <remarks>A worker process learns it from the client.</remarks>
    public PoolIdentity? Client { get; init; }

    /// <summary>Counts the bytes of all sessions.</summary>
    public Traffic Traffic { get; init; } = new();

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
