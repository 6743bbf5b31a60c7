using ActorPool.Diagnostics;
using ActorPool.Jobs;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorPool;

/// <summary>What a function can know of the item that it runs for.</summary>
/// <remarks>
/// (<see cref="JobId"/>, <see cref="ItemIndex"/>, <see cref="Attempt"/>) is an idempotency key among the jobs of one pool. The context is
/// that of the worker's current item: read it while the function runs, do not keep it. It follows <c>await</c> and <c>Task.Run</c> inside
/// the function.
/// </remarks>
public sealed class WorkContext
{
    private static readonly AsyncLocal<WorkContext?> s_current = new();

    private readonly Lease _lease;
    private readonly WorkerIdentity _worker;
    private FunctionLogger? _logger;
    private int _offset;

    internal WorkContext(Lease lease, WorkerIdentity worker)
    {
        _lease = lease;
        _worker = worker;
    }

    /// <summary>The context of the item that runs here.</summary>
    /// <value><see langword="null"/> outside of a pool's function. Costs about 10 ns to read.</value>
    public static WorkContext? Current => s_current.Value;

    /// <summary>A number for the job, unique in the pool that it was submitted to.</summary>
    public long JobId => _lease.Job.PublicId;

    /// <summary>The job's name: <see cref="JobOptions.Name"/> or a generated one.</summary>
    public string JobName => _lease.Job.Name;

    /// <summary>The 0-based position of the item among the job's inputs.</summary>
    /// <value>
    /// 0 or more. In the function of <c>MapChunksAsync</c>, and in a fold with <see cref="JobOptions.ItemTimeout"/>, the position of the
    /// chunk's first input.
    /// </value>
    public long ItemIndex => _lease.Chunk.Start + Offset;

    /// <summary>Which attempt at this item this is.</summary>
    /// <value>1, or more after an exception (<see cref="JobOptions.Retries"/>).</value>
    public int Attempt => _lease.Attempt;

    /// <summary>Is cancelled when the function should stop.</summary>
    /// <value>
    /// Cancelled when the job was cancelled, has failed or timed out, when the item ran out of its time, or when the worker was stopped.
    /// </value>
    public CancellationToken CancellationToken => _lease.Token;

    /// <summary>The number of the worker that runs the item.</summary>
    /// <value>
    /// 0 or more, higher for replacements; without nodes, the first workers have 0 up to workers − 1. Never used twice in a pool or, for
    /// one pool, on one node.
    /// </value>
    public int WorkerId => _worker.Id;

    /// <summary>What <see cref="WorkerPoolOptions.WorkerState"/> made for this worker; <see langword="null"/> without it.</summary>
    public object? State => _worker.State;

    /// <summary>Logs to the caller's log, from a node or a worker process too.</summary>
    /// <value>
    /// Lines go to <see cref="WorkerPoolOptions.FunctionLogger"/>, by default the log of the pool's actor system, with the job, item,
    /// worker and node. Never <see langword="null"/>.
    /// </value>
    /// <remarks>
    /// <para>
    /// It never waits. A pool takes 1,000 lines at once and 100 a second in the long run, and logs how many it has dropped. Levels that the
    /// caller's logger does not take are dropped where they arise; at a node, those that it did not take when the pool connected.
    /// </para>
    /// <para>
    /// From another process come level, event id, text, and an exception as text, of at most 16,384 characters; templates, their values and
    /// scopes do not. What is logged after the function has returned names the item that runs then.
    /// </para>
    /// </remarks>
    public ILogger Logger => _logger ??= new FunctionLogger(this);

    /// <summary>Position of the current item in its chunk; written by the chunk's loop.</summary>
    internal ref int Offset
    {
        get
        {
            if (_worker.Note is { } note)
                return ref note.Offset;
            return ref _offset;
        }
    }

    internal Lease Lease => _lease;

    internal IActorRef? WorkerActor => _worker.Actor;

    internal PoolState Pool => _worker.Pool;

    /// <summary>What the parent of a worker process reads; null in other processes.</summary>
    internal WorkNote? Note => _worker.Note;

    /// <summary>Takes what the function writes to the console of a node.</summary>
    /// <remarks>Only if the pool has asked for it.</remarks>
    internal WrittenLines Written => _worker.Written ??= new WrittenLines();

    internal LineOrigin CreateOrigin() => new(JobName, ItemIndex, Diagnostics.WorkerName.Format(_worker.Id));

    internal static void Enter(WorkContext? context) => s_current.Value = context;
}
