using System.Diagnostics;
using ActorPool.Chunking;
using ActorPool.Diagnostics;
using ActorPool.Wire;
using Akka.Actor;

namespace ActorPool.Jobs;

/// <summary>One chunk at one worker for one attempt; decides who may write its results.</summary>
/// <remarks>
/// <code>
/// Dispatched ──claim──► Claimed ──report──► Reported          steps of the worker
///   │                     │   ▲
///   │                     ▼   │ one item's outcome is written
///   │                  Publishing      Claimed ──lose──► Lost   its worker was stopped
///   └──────revoke──────► Revoked ◄──revoke── Claimed, Lost      steps of the coordinator
/// </code>
/// Worker and coordinator run on different threads, so each step is one compare-and-swap, and exactly one of <see cref="TryReport"/> and
/// <see cref="TryRevoke"/> succeeds. A guarded lease (item timeouts, asynchronous functions) publishes item by item: after a revocation,
/// the items counted in <see cref="Completed"/> have outcomes, and the rest can be dispatched again; late answers never reach the results.
/// An unguarded lease is revoked before it was claimed, when its job has ended and no one reads its results, or when its node was lost or
/// hands it back: a node's results are read only after <see cref="TryReport"/>. It is also the message by which a chunk goes out and comes
/// back: see <see cref="WorkProtocol"/>.
/// </remarks>
internal sealed class Lease(JobExecution job, Chunk chunk, int attempt, int losses) : IPoolMessage
{
    private const int Dispatched = 0;
    private const int Claimed = 1;
    private const int Publishing = 2;
    private const int Reported = 3;
    private const int Revoked = 4;
    private const int Lost = 5;

    private int _state;
    private long _itemStarted;
    private LazyCancellation _itemStop;
    private Extras? _extras;

    public JobExecution Job { get; } = job;

    public Chunk Chunk { get; } = chunk;

    /// <summary>1, or more after an item threw or timed out.</summary>
    public int Attempt { get; } = attempt;

    /// <summary>Charges that its items had before; see LossPolicy.</summary>
    public int Losses { get; } = losses;

    /// <summary>Whether its node has reported that a worker started it.</summary>
    /// <remarks>Nodes report this only for a chunk that is given up after one more loss.</remarks>
    public bool HasStarted => Volatile.Read(ref _extras) is { HasStarted: true };

    /// <summary>The worker that claimed it; meaningful once it is claimed.</summary>
    public int WorkerId { get; private set; } = -1;

    /// <summary>Items with an outcome, of a guarded lease.</summary>
    public int Completed { get; private set; }

    /// <summary>Final failures among the items, by position; read after report or revocation.</summary>
    public List<WorkItemException>? Failures => _extras?.Failures;

    /// <summary>Offsets of items that threw or timed out and are to be run again.</summary>
    public List<int>? Retries => _extras?.Retries;

    /// <summary>Items of the chunk that <see cref="Completed"/> stands for.</summary>
    /// <remarks>If the chunk is one item: all of the chunk, or none.</remarks>
    public int SettledItems => Job.ChunkIsItem ? (Completed > 0 ? Chunk.Count : 0) : Completed;

    /// <summary>What it counts for <see cref="WorkerPoolOptions.MaxTasksPerWorker"/>.</summary>
    public int Tasks => Job.ChunkIsItem ? 1 : Chunk.Count;

    /// <summary>Whether loops in progress should stop: the lease is revoked or lost.</summary>
    public bool ShouldStop => Volatile.Read(ref _state) >= Revoked;

    /// <summary>Whether the worker has reported its outcome.</summary>
    public bool IsReported => Volatile.Read(ref _state) == Reported;

    /// <summary>Whether its worker was stopped; false once the coordinator has revoked it.</summary>
    public bool IsLost => Volatile.Read(ref _state) == Lost;

    /// <summary>Whether a worker has it, or had it until its report.</summary>
    public bool IsClaimed => Volatile.Read(ref _state) is not (Dispatched or Revoked);

    /// <summary>The token of the running item.</summary>
    /// <remarks>It is the job's where items cannot be stopped one by one.</remarks>
    public CancellationToken Token => Job.IsGuarded ? _itemStop.GetToken(Job) : Job.Token;

    /// <summary>When the running item started, as a timestamp of the pool's clock; 0 between items.</summary>
    /// <remarks>When the chunk started, if outcomes are not published item by item.</remarks>
    public long ItemStarted => Volatile.Read(ref _itemStarted);

    /// <summary>How long the function ran over the chunk; written before the lease is sent back.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>Bytes on the network for it: inputs or results, whichever is more.</summary>
    /// <value>0 in this process.</value>
    public long Bytes
    {
        get => _extras?.Bytes ?? 0;
        set => MadeExtras.Bytes = value;
    }

    /// <summary>When it was sent to a node or a worker process.</summary>
    /// <value>A timestamp of the pool's clock; 0 in this process.</value>
    public long Sent
    {
        get => _extras?.Sent ?? 0;
        set => MadeExtras.Sent = value;
    }

    /// <summary>How long this process wrote its inputs and read its results.</summary>
    public TimeSpan Serializing
    {
        get => _extras?.Serializing ?? TimeSpan.Zero;
        set => MadeExtras.Serializing = value;
    }

    /// <summary>How long it waited at its node; zero if that is not told.</summary>
    public DataProtocol.QueueTimes Queue
    {
        get => _extras?.Queue ?? default;
        set => MadeExtras.Queue = value;
    }

    /// <summary>Whether items of it have failed for good, here or at its node.</summary>
    public bool HasFailures
    {
        get => _extras is { } extras && (extras.HasFailures || extras.Failures is { Count: > 0 });
        set => MadeExtras.HasFailures = value;
    }

    /// <summary>The span of the chunk on its worker; null if it has none.</summary>
    public Activity? Span
    {
        get => Volatile.Read(ref _extras)?.Span;
        set => MadeExtras.Span = value;
    }

    /// <summary>Unfinished jobs that the lease's function has started in its own pool.</summary>
    /// <remarks>Counted by the coordinator.</remarks>
    public int NestedJobs { get; set; }

    /// <summary>Its neighbours among those of its job that are in flight.</summary>
    /// <remarks>Set by the coordinator.</remarks>
    public Lease? Previous { get; set; }

    /// <inheritdoc cref="Previous"/>
    public Lease? Next { get; set; }

    /// <summary>Abandons the worker if its function does not return.</summary>
    /// <remarks>Set by the coordinator when an item timed out.</remarks>
    public ICancelable? Reaper
    {
        get => Volatile.Read(ref _extras)?.Reaper;
        set => MadeExtras.Reaper = value;
    }

    /// <summary>What the caller's predicate is asked about the running item; null: nothing.</summary>
    public RetryQuestion? Question
    {
        get => Volatile.Read(ref _extras)?.Question;
        set => MadeExtras.Question = value;
    }

    /// <summary>The name of the node or worker process that has it.</summary>
    /// <value>Null for a worker of this process.</value>
    public string? RemoteName => _extras?.WorkerName;

    /// <summary>The name of the worker, or of the node, that has it.</summary>
    public string WorkerName => _extras?.WorkerName ?? Diagnostics.WorkerName.Format(WorkerId);

    /// <param name="workerId">The worker, or the node.</param>
    /// <param name="name">Its name; null: the name that is made from its number.</param>
    public bool TryClaim(int workerId, string? name = null)
    {
        WorkerId = workerId;
        if (name is not null)
            MadeExtras.WorkerName = name;
        return Interlocked.CompareExchange(ref _state, Claimed, Dispatched) == Dispatched;
    }

    public bool TryReport() => Interlocked.CompareExchange(ref _state, Reported, Claimed) == Claimed;

    /// <summary>Records whether its node or process works on it, or it waits there.</summary>
    public void MarkStarted(bool hasStarted = true) => MadeExtras.HasStarted = hasStarted;

    /// <summary>Makes a reported lease claimed again: its results did not arrive completely.</summary>
    /// <remarks>It stays claimed until it is lost.</remarks>
    public void UndoReport() => Interlocked.CompareExchange(ref _state, Claimed, Reported);

    /// <summary>Records that the worker is being stopped: its function's outcome no longer counts.</summary>
    /// <remarks>The coordinator will learn that the worker is lost.</remarks>
    public void MarkLost() => TryMoveTo(Lost);

    public bool TryRevoke() => TryMoveTo(Revoked);

    private bool TryMoveTo(int end)
    {
        var spin = new SpinWait();
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (state is Reported or Revoked)
                return false;
            // Publishing lasts for one store into the results; the worker runs no user code during it.
            if (state != Publishing && Interlocked.CompareExchange(ref _state, end, state) == state)
                return true;
            spin.SpinOnce();
        }
    }

    /// <summary>Records that an item starts now.</summary>
    public void BeginItem(long now) => Volatile.Write(ref _itemStarted, now);

    /// <summary>Takes the right to write the running item's outcome.</summary>
    /// <returns>False when the lease was revoked: drop the outcome.</returns>
    public bool TryPublish() => Interlocked.CompareExchange(ref _state, Publishing, Claimed) == Claimed;

    /// <summary>Records that the item's outcome is written.</summary>
    public void EndPublish()
    {
        Completed++;
        Volatile.Write(ref _itemStarted, 0); // the check for late items must not take the next item for this one
        Volatile.Write(ref _state, Claimed);
    }

    /// <summary>Gives up the token of the item that has run.</summary>
    public void EndItem() => _itemStop.Reset();

    /// <summary>Cancels the running item's token.</summary>
    public void CancelItem() => _itemStop.Cancel(Job.Pool);

    public void AddFailure(WorkItemException failure) => (MadeExtras.Failures ??= []).Add(failure);

    public void AddRetry(int offset) => (MadeExtras.Retries ??= []).Add(offset);

    // Worker and coordinator may make it at the same moment.
    private Extras MadeExtras => Volatile.Read(ref _extras) ?? Interlocked.CompareExchange(ref _extras, new Extras(), null) ?? _extras;

    /// <summary>What most leases never have.</summary>
    private sealed class Extras
    {
        public List<WorkItemException>? Failures { get; set; }

        public List<int>? Retries { get; set; }

        public ICancelable? Reaper { get; set; }

        public string? WorkerName { get; set; }

        public Activity? Span { get; set; }

        public long Bytes { get; set; }

        public long Sent { get; set; }

        public TimeSpan Serializing { get; set; }

        public DataProtocol.QueueTimes Queue { get; set; }

        public bool HasFailures { get; set; }

        public RetryQuestion? Question
        {
            get => Volatile.Read(ref field);
            set => Volatile.Write(ref field, value);
        }

        public bool HasStarted
        {
            get => Volatile.Read(ref field);
            set => Volatile.Write(ref field, value);
        }
    }
}
