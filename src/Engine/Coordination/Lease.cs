using ActorPool.Chunking;

namespace ActorPool.Coordination;

/// <summary>One chunk given to one worker for one attempt: who may write its results, and for how long.</summary>
/// <remarks>
/// <code>
/// Dealt ──claim──► Claimed ──report──► Reported      worker's way
///   │               │   ▲
///   │               ▼   │ one item's outcome is written
///   │            Publishing          Claimed ──lose──► Lost      its worker was stopped
///   └──revoke──► Revoked ◄──revoke── Claimed, Lost   coordinator's way
/// </code>
/// Worker and coordinator are different threads, so each step is one compare-and-swap, and exactly one of <see cref="TryReport"/> and <see cref="TryRevoke"/> succeeds.
/// A guarded lease (item timeouts, asynchronous functions) publishes item by item: after a revocation, the items counted in <see cref="Completed"/> have
/// outcomes, and the rest can be dealt again without a late answer ever reaching the results. An unguarded one is revoked only before it was claimed, or when its job
/// has ended and nobody reads its results.
/// </remarks>
internal sealed class Lease(JobPlan job, Chunk chunk, int attempt, int losses)
{
    private const int Dealt = 0;
    private const int Claimed = 1;
    private const int Publishing = 2;
    private const int Reported = 3;
    private const int Revoked = 4;
    private const int Lost = 5;

    private int _state;
    private long _itemStarted;
    private CancellationTokenSource? _itemStop;
    private string? _workerName;
    private volatile bool _hasBegun;

    public JobPlan Job { get; } = job;

    public Chunk Chunk { get; } = chunk;

    /// <summary>1, or more after exceptions of the function.</summary>
    public int Attempt { get; } = attempt;

    /// <summary>Workers that were lost over this chunk before.</summary>
    public int Losses { get; } = losses;

    /// <summary>Whether its node has said that a worker began with it; only asked of one whose loss would be its last.</summary>
    public bool HasBegun => _hasBegun;

    /// <summary>The worker that claimed it; meaningful once it is claimed.</summary>
    public int WorkerId { get; private set; } = -1;

    /// <summary>Items with an outcome, of a guarded lease.</summary>
    public int Completed { get; private set; }

    /// <summary>Final failures among the items, by position; read after report or revocation.</summary>
    public List<WorkItemException>? Failures { get; private set; }

    /// <summary>Offsets of items that threw and are to be run again.</summary>
    public List<int>? Again { get; private set; }

    /// <summary>Items with an outcome, of a guarded lease; all of a chunk that is one item, or none.</summary>
    public int SettledItems => Job.ChunkIsItem ? (Completed > 0 ? Chunk.Count : 0) : Completed;

    /// <summary>Whether loops in progress should stop: what they compute is not wanted any more.</summary>
    public bool IsRevoked => Volatile.Read(ref _state) >= Revoked;

    /// <summary>Whether the worker has reported its outcome.</summary>
    public bool IsReported => Volatile.Read(ref _state) == Reported;

    /// <summary>Whether a worker has it, or had it until its report.</summary>
    public bool IsClaimed => Volatile.Read(ref _state) is not (Dealt or Revoked);

    /// <summary>When the item that runs now started, as a timestamp of the pool's clock; 0 between items.</summary>
    public long ItemStarted => Volatile.Read(ref _itemStarted);

    /// <summary>Jobs that the function of this lease has started in its own pool and that have not ended; kept by the coordinator.</summary>
    public int NestedJobs { get; set; }

    /// <summary>Gives up on the worker if it does not come back; set by the coordinator when an item timed out.</summary>
    public Akka.Actor.ICancelable? Reaper { get; set; }

    /// <summary>Who has it, in words.</summary>
    public string WorkerName => _workerName ?? Workers.WorkerIdentity.NameOf(WorkerId);

    /// <param name="workerId">The worker, or the node.</param>
    /// <param name="name">Its name, if its number does not make one.</param>
    public bool TryClaim(int workerId, string? name = null)
    {
        (WorkerId, _workerName) = (workerId, name);
        return Interlocked.CompareExchange(ref _state, Claimed, Dealt) == Dealt;
    }

    public bool TryReport() => Interlocked.CompareExchange(ref _state, Reported, Claimed) == Claimed;

    public void NoteBegun() => _hasBegun = true;

    /// <summary>The results of a reported lease did not arrive whole: it counts as claimed again, until it is lost.</summary>
    public void TakeBackReport() => Interlocked.CompareExchange(ref _state, Claimed, Reported);

    /// <summary>The worker is being stopped: from now on its function's outcome counts for nothing, and the coordinator will hear of it.</summary>
    public void Lose() => TryLeaveTo(Lost);

    public bool TryRevoke() => TryLeaveTo(Revoked);

    private bool TryLeaveTo(int end)
    {
        var spin = new SpinWait();
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (state is Reported or Revoked)
                return false;
            // Publishing lasts for one store into the results: the worker runs no user code meanwhile.
            if (state != Publishing && Interlocked.CompareExchange(ref _state, end, state) == state)
                return true;
            spin.SpinOnce();
        }
    }

    /// <summary>Notes that an item starts now, with a token of its own.</summary>
    public CancellationToken BeginItem(long now)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(Job.Token);
        Volatile.Write(ref _itemStop, stop);
        Volatile.Write(ref _itemStarted, now);
        return stop.Token;
    }

    /// <summary>Takes the right to write the running item's outcome; false when the lease was revoked, and the outcome is to be dropped.</summary>
    public bool TryPublish() => Interlocked.CompareExchange(ref _state, Publishing, Claimed) == Claimed;

    /// <summary>The item's outcome is written.</summary>
    public void Published()
    {
        Completed++;
        Volatile.Write(ref _itemStarted, 0); // whoever looks for a late item must not take the next one for it
        Volatile.Write(ref _state, Claimed);
    }

    /// <summary>Ends the running item's token.</summary>
    public void EndItem() => Interlocked.Exchange(ref _itemStop, null)?.Dispose();

    /// <summary>Cancels the running item's token; callbacks run on the .NET thread pool, never in the actor that calls this.</summary>
    public void CancelItem()
    {
        if (Volatile.Read(ref _itemStop) is { } stop)
            _ = CancelQuietly(stop);
    }

    public void AddFailure(WorkItemException failure) => (Failures ??= []).Add(failure);

    public void AddAgain(int offset) => (Again ??= []).Add(offset);

    private static async Task CancelQuietly(CancellationTokenSource stop)
    {
        try
        {
            await stop.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The item came back at this moment: there is nothing left to cancel.
        }
        catch (AggregateException)
        {
            // A callback that the function registered threw. The item has its outcome already: a timeout, or the end of its job.
        }
    }
}
