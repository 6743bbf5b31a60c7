using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Workers;
using Akka.Actor;

namespace ActorPool.Coordination;

// Leases that come back without an outcome: lost with their worker or node, handed back, too slow, or never returned.
// Leases decide what is requeued, since an Akka router without routees loses messages silently (#2340; docs/akka.md, Routers).
internal sealed partial class CoordinatorActor
{
    private readonly LossPolicy _losses;

    private void OnLeaseLost(Lease lease, int worker)
    {
        _routed.Remove(lease);
        OnLeaseBack(lease, LossCause.WorkerLost, WorkerName.Format(worker), "");
    }

    /// <summary>Requeues or gives up a chunk that came back without its outcome, as <see cref="LossPolicy"/> decides.</summary>
    /// <param name="lease">Its lease; its worker or node has released it.</param>
    /// <param name="cause">How it came back.</param>
    /// <param name="holder">Who held it: a worker's name, or a node's address.</param>
    /// <param name="reason">Why it came back, in words.</param>
    /// <param name="output">What a process wrote before it ended, as a sentence; empty for nothing.</param>
    private void OnLeaseBack(Lease lease, LossCause cause, string holder, string reason, string output = "")
    {
        var lost = LostChunk.From(lease, cause); // before it is revoked, which hides whether it was claimed
        if (TakeBack(lease) is not { } job)
            return;
        var verdict = _losses.Judge(cause, lost);
        if (LossPolicy.IsHandedBack(cause))
            RecordHandedBack(lease, cause, holder);
        if (verdict.Repeated > 0)
            job.Gatherer.Tell(new GatheringProtocol.Repeated(job.Execution, verdict.Repeated));
        if (cause is LossCause.NodeLost or LossCause.ProcessLost)
            job.Losses.Add(lease.Chunk.Start, lease.Chunk.Count, $"{holder}: {reason}");
        switch (verdict.Charge)
        {
            case LossCharge.Chunk:
                job.Ledger.RequeueInParts(lease, verdict.Losses, verdict.Parts);
                break;
            case LossCharge.GiveUp:
                GiveUpItem(job, lease, CreatePoisonException(job, lease, cause, verdict.Losses, holder, reason, output));
                break;
            default:
                SettleAndRequeue(job, lease, countLoss: verdict.Charge == LossCharge.Running);
                break;
        }
        OnLedgerChanged(job);
    }

    /// <summary>Revokes a lease that came back without its outcome.</summary>
    /// <returns>Its job; null if nothing is to be requeued.</returns>
    private RunningJob? TakeBack(Lease lease)
    {
        CloseLease(lease);
        var isLost = lease.TryRevoke();
        if (!_jobs.TryGetValue(lease.Job.Id, out var job))
            return null;
        lease.CancelItem();
        if (job.EndReason is not null)
        {
            job.Ledger.Forget(lease);
            ForgetWhenDone(job);
            return null;
        }
        return isLost ? job : null; // it has its outcome, or its running item timed out and is being judged
    }

    private void RecordHandedBack(Lease lease, LossCause cause, string node)
    {
        var items = lease.Chunk.Count - lease.SettledItems;
        _pool.Counters.ItemsHandedBack(items);
        _log.NodeHandedBack(
            lease.Job.Name, lease.Chunk.Start + lease.SettledItems, items, node, _settings.Name, hasStarted: cause != LossCause.HandedBack);
    }

    private static PoisonItemException CreatePoisonException(
        RunningJob job, Lease lease, LossCause cause, int losses, string holder, string reason, string output)
    {
        var index = lease.Chunk.Start + lease.Completed;
        var (holders, question, lastLoss) = cause switch
        {
            LossCause.WorkerLost =>
                ("workers", "Does it stop the worker that runs it?", $"{holder} was stopped while it ran item {index}."),
            LossCause.ProcessLost =>
                ("worker processes",
                "Does the reading of its input, as by a converter, or the writing of its result end the process?",
                $"{holder} ended while it had item {index}: {reason}{output}"),
            _ => ("nodes", "Does it stop the process that runs it?", $"The node {holder} was lost while it had item {index}: {reason}"),
        };
        var ends = job.ProcessEnds.GetValueOrDefault(index, []).Concat(job.Losses.Of(index));
        return new PoisonItemException(
            $"Item {index} lost {losses} {holders} in a row and was given up (actorpool.worker-losses). {question}"
            + $"{string.Concat(ends.Select(end => $" {end}"))}{output}",
            new WorkerLostException(lastLoss));
    }

    private void OnCheckItems(RunningJob job)
    {
        if (job.Phase != JobPhase.Running)
            return;
        var limit = job.Execution.Options.ItemTimeout;
        var next = GetItemLimit(job.Execution);
        foreach (var lease in job.Ledger.InFlight.ToArray())
        {
            var question = lease.Question;
            var started = question?.Asked ?? (limit is null ? 0 : lease.ItemStarted);
            if (started == 0 || !lease.IsClaimed)
                continue;
            var remaining = (question is null ? limit!.Value : _settings.RetryWhenTimeout) - _settings.TimeProvider.GetElapsedTime(started);
            if (remaining > TimeSpan.Zero)
                next = remaining < next ? remaining : next;
            else if (question is not null)
                OnUnanswered(job, lease, question);
            else
                OnItemTimedOut(job, lease, started, limit!.Value);
        }
        job.ItemCheck = Context.System.Scheduler.ScheduleTellOnceCancelable(next, Self, new CheckItems(job), Self);
        Dispatch();
    }

    private TimeSpan GetItemLimit(JobExecution execution) =>
        execution.Options is { ItemTimeout: { } limit } options && (options.RetryWhen is null || limit < _settings.RetryWhenTimeout)
            ? limit
            : _settings.RetryWhenTimeout;

    /// <summary>Gives up an item about which the caller's predicate does not decide.</summary>
    private void OnUnanswered(RunningJob job, Lease lease, RetryQuestion question)
    {
        if (!TryStopItem(job, lease))
            return;
        if (ReferenceEquals(lease.Question, question))
        {
            var item = lease.Chunk.Start + lease.Completed;
            GiveUpItem(job, lease, RetryQuestion.CreateError(item, _settings.RetryWhenTimeout, question.Error));
        }
        else
            SettleAndRequeue(job, lease, countLoss: false); // it decided at the last moment
        OnLedgerChanged(job);
    }

    /// <summary>Revokes a lease whose item takes too long; its worker may be abandoned.</summary>
    private bool TryStopItem(RunningJob job, Lease lease)
    {
        if (!lease.TryRevoke())
            return false;
        lease.CancelItem();
        lease.Reaper = Context.System.Scheduler.ScheduleTellOnceCancelable(_settings.AbandonAfter, Self, new Reap(job, lease), Self);
        return true;
    }

    private void OnItemTimedOut(RunningJob job, Lease lease, long started, TimeSpan limit)
    {
        if (!TryStopItem(job, lease))
            return;
        if (lease.ItemStarted != started || lease.Question is not null)
        {
            SettleAndRequeue(job, lease, countLoss: false); // the item ended at the last moment; the items behind it are not to blame
            OnLedgerChanged(job);
            return;
        }
        var error = new TimeoutException($"Item {lease.Chunk.Start + lease.Completed} ran longer than JobOptions.ItemTimeout [{limit}].");
        var (execution, attempt) = (job.Execution, lease.Attempt);
        if (execution.Options.RetryWhen is null)
        {
            OnItemJudged(new ItemJudged(job, lease, error, ShouldRetry: attempt <= execution.Options.Retries));
            return;
        }
        JudgeAsync(execution, attempt, error, lease.Chunk.Start + lease.Completed)
            .PipeTo(Self, success: judged => new ItemJudged(job, lease, judged.Error, judged.ShouldRetry));
    }

    /// <summary>Asks the caller's predicate, which may block or throw, on a worker's thread.</summary>
    /// <remarks>A predicate that does not return keeps that thread.</remarks>
    private Task<(bool ShouldRetry, Exception Error)> JudgeAsync(JobExecution execution, int attempt, Exception error, long item)
    {
        var judging = Task.Factory.StartNew(
            () => execution.ShouldRetry(attempt, error),
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach,
            UserTaskScheduler.For(Context.System));
        return WaitAsync(_settings.RetryWhenTimeout, _settings.TimeProvider);

        async Task<(bool ShouldRetry, Exception Error)> WaitAsync(TimeSpan limit, TimeProvider clock)
        {
            // What the predicate throws is a part of its answer.
            await ((Task)judging).WaitAsync(limit, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return judging.IsCompleted
                ? await judging.ConfigureAwait(false)
                : (false, RetryQuestion.CreateError(item, limit, error));
        }
    }

    private void OnItemJudged(ItemJudged judged)
    {
        var (job, lease) = (judged.Job, judged.Lease);
        if (job.EndReason is not null)
            return;
        if (judged.ShouldRetry)
        {
            var settled = job.Execution.ChunkIsItem ? lease.Chunk.Count : lease.Completed + 1;
            lease.AddRetry(lease.Completed);
            Settle(job, lease, settled);
            job.Ledger.Requeue(lease, settled, countLoss: false);
        }
        else
        {
            GiveUpItem(job, lease, judged.Error);
        }
        OnLedgerChanged(job);
        Dispatch();
    }

    /// <summary>Fails the running item of a revoked lease, and requeues the items behind it.</summary>
    private static void GiveUpItem(RunningJob job, Lease lease, Exception error)
    {
        var settled = job.Execution.ChunkIsItem ? lease.Chunk.Count : lease.Completed + 1;
        var cause = error switch // what RetryWhen threw is inside an AggregateException
        {
            TimeoutException => ItemFailureCause.TimedOut,
            PoisonItemException => ItemFailureCause.WorkersLost,
            _ => ItemFailureCause.Thrown,
        };
        lease.AddFailure(JobExecution.CreateFailure(lease, lease.Completed, error, cause));
        Settle(job, lease, settled);
        job.Ledger.Requeue(lease, settled, countLoss: false);
    }

    private static void SettleAndRequeue(RunningJob job, Lease lease, bool countLoss)
    {
        Settle(job, lease, lease.SettledItems);
        job.Ledger.Requeue(lease, lease.SettledItems, countLoss);
    }

    /// <summary>Tells the gatherer which items of a revoked lease have an outcome or are retried.</summary>
    private static void Settle(RunningJob job, Lease lease, int count)
    {
        if (count > 0)
            job.Gatherer.Tell(new ChunkOutcome(job.Execution, lease.Chunk.Slice(0, count), lease.Attempt, lease.Failures, lease.Retries));
    }

    private void OnReap(Reap reap)
    {
        var leases = reap.Lease is { } one ? [one] : reap.Job.Ledger.InFlight.ToArray();
        foreach (var lease in leases)
        {
            if (lease.WorkerId >= 0 && (_roster.Holds(lease.WorkerId, lease) || _routed.Contains(lease)))
                Abandon(lease);
            // A single lease has left the ledger already, or RetryWhen still judges its item.
            if (reap.Lease is null)
                reap.Job.Ledger.Forget(lease);
        }
        ForgetWhenDone(reap.Job);
        Dispatch();
    }

    /// <summary>Abandons a worker whose function does not return, and has it replaced.</summary>
    /// <remarks>The worker keeps its thread.</remarks>
    private void Abandon(Lease lease)
    {
        _routed.Remove(lease);
        CloseLease(lease);
        if (!_roster.TryRemove(lease.WorkerId, out _) || !_workers.Remove(lease.WorkerId))
            return;
        _pool.Counters.WorkerAbandoned();
        var count = _pool.Counters.Snapshot().Abandoned;
        _log.WorkerAbandoned(lease.WorkerId, lease.Chunk.Start + lease.Completed, lease.Job.Name, _settings.AbandonAfter, count);
        _supervisor.Tell(new SupervisionProtocol.AbandonWorker(lease.WorkerId));
        AdjustWorkerCount();
    }
}
