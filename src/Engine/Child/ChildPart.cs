using ActorPool.Chunking;
using ActorPool.Coordination;
using ActorPool.Jobs;

namespace ActorPool.Child;

/// <summary>Does for one chunk of the parent what coordinator and gatherer do.</summary>
/// <remarks>
/// <code>
/// TryTake ──► the function runs ──► Settle ──► Answer        steps of the worker's thread, for each lease
///    └─ null: it has ended ◄── End                           by any thread: cancelled, or the pool has ended
/// </code>
/// The items of a lease that threw, or timed out, are leases of their own on their next attempt. Its inputs are
/// in memory, and its sink needs no work of the caller's (TakeWork).
/// </remarks>
/// <param name="execution">The job.</param>
/// <param name="number">The number of the chunk at the parent.</param>
internal sealed class ChildPart(JobExecution execution, long number)
{
    private readonly JobLedger _ledger = new(
        execution, new ChunkSizer(execution.Options.ChunkSize, execution.Pool.Settings.ChunkTarget, int.MaxValue),
        execution.Pool.Settings.StreamMaxWindow);

    private readonly long _start = execution.Input.Taken;
    private readonly Lock _gate = new();
    private Lease? _running;
    private WorkItemException? _failure;
    private bool _isStopped;

    public long Number => number;

    public bool HasEnded => Volatile.Read(ref _isStopped) || execution.HasEnded;

    /// <summary>Takes the next lease; null when there is none, or the job has ended.</summary>
    public Lease? TryTake()
    {
        lock (_gate)
        {
            if (HasEnded)
                return null;
            return _running = _ledger.TryTake(worker: -1, int.MaxValue, workers: 1, avoidFailedWorker: false);
        }
    }

    /// <summary>Gets the position of a lease's first item in the parent's chunk.</summary>
    public int GetOffset(Lease lease) => (int)(lease.Chunk.Start - _start);

    /// <summary>Records the outcome of a lease whose function has returned.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="hasTimedOut">Whether the item that ran last was stopped because of its time.</param>
    /// <param name="note">Tells the parent that the caller's predicate is asked; null without a parent.</param>
    public void Settle(Lease lease, bool hasTimedOut, WorkNote? note)
    {
        lock (_gate)
            _running = null;
        if (lease.TryReport())
        {
            Gather(ChunkOutcome.From(lease));
            _ledger.TrySettle(lease);
        }
        else if (HasEnded)
            _ledger.Forget(lease);
        else if (hasTimedOut)
            SettleTimedOut(lease, note);
        else
            Settle(lease, lease.SettledItems);
    }

    /// <summary>Answers the caller if the job has failed, or all its items have their outcome.</summary>
    public void Answer()
    {
        if (_failure is { } failure)
            End(failure);
        else if (execution.Sink.Settled == execution.Meter.Total)
            execution.Succeed();
    }

    /// <summary>Ends the job, unless it has ended: stops the running item, and answers.</summary>
    public void End(Exception reason)
    {
        Lease? running;
        lock (_gate)
        {
            Volatile.Write(ref _isStopped, true);
            running = _running;
        }
        // Revoke before cancelling: what the cancellation does to an item is not its outcome.
        running?.TryRevoke();
        running?.CancelItem();
        execution.Fail(reason);
    }

    private void SettleTimedOut(Lease lease, WorkNote? note)
    {
        var index = lease.Chunk.Start + lease.Completed;
        var late = new TimeoutException($"Item {index} ran longer than JobOptions.ItemTimeout [{execution.Options.ItemTimeout}].");
        var (shouldRetry, error) = execution.ShouldRetry(lease, late, note);
        // What RetryWhen threw is inside an AggregateException.
        var cause = error is TimeoutException ? ItemFailureCause.TimedOut : ItemFailureCause.Thrown;
        var failure = shouldRetry ? null : JobExecution.CreateFailure(lease, lease.Completed, error, cause);
        if (failure is null)
            lease.AddRetry(lease.Completed);
        else
            lease.AddFailure(failure);
        execution.Keeper?.KeepFailure(lease, lease.Completed, failure);
        Settle(lease, execution.ChunkIsItem ? lease.Chunk.Count : lease.Completed + 1);
    }

    /// <summary>Gathers the first items of a revoked lease, and requeues the others.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="count">Items that have an outcome or are retried.</param>
    private void Settle(Lease lease, int count)
    {
        if (count > 0)
            Gather(new ChunkOutcome(execution, lease.Chunk.Slice(0, count), lease.Attempt, lease.Failures, lease.Retries)
            {
                Elapsed = lease.Elapsed,
            });
        _ledger.Requeue(lease, count, countLoss: false);
    }

    private void Gather(ChunkOutcome outcome)
    {
        if (HasEnded || !execution.Sink.Accept(outcome))
            return;
        execution.Record(outcome);
        if (outcome.Failures is [var failure, ..] && execution.FailsFast)
            _failure = failure;
    }
}
