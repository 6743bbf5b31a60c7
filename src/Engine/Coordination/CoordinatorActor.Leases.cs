using Akka.Actor;
using Akka.Routing;
using ActorPool.Gathering;
using ActorPool.Telemetry;
using ActorPool.Workers;

namespace ActorPool.Coordination;

// Leases that do not come back as they went out: lost with their worker, too slow, or never returned.
internal sealed partial class CoordinatorActor
{
    private void OnLeaseLost(Lease lease, int worker)
    {
        _routed.Remove(lease);
        CloseLease(lease);
        var wasRunning = lease.IsClaimed;
        if (!lease.TryRevoke() || !_jobs.TryGetValue(lease.Job.Id, out var job))
            return;
        lease.CancelItem();
        if (job.EndReason is not null)
        {
            job.Ledger.Forget(lease);
            ForgetWhenDone(job);
        }
        else if (lease.SettledItems == lease.Chunk.Count)
        {
            SettleAndPutBack(job, lease, blamed: false); // stopped between its last item and its report: nobody is to blame
        }
        else if (wasRunning && lease.Losses + 1 >= _settings.WorkerLosses)
        {
            var index = lease.Chunk.Start + lease.Completed;
            var last = new WorkerLostException($"{WorkerIdentity.NameOf(worker)} was stopped while it ran item {index}.");
            GiveUpItem(job, lease, new PoisonItemException($"Item {index} lost {lease.Losses + 1} workers in a row and was given up (actorpool.worker-losses). Does it stop the worker that runs it?", last));
        }
        else
        {
            SettleAndPutBack(job, lease, blamed: wasRunning);
        }
    }

    private void OnCheckItems(RunningJob job)
    {
        if (job.EndReason is not null || job.IsFinishing)
            return;
        var limit = job.Plan.Options.ItemTimeout!.Value;
        var next = limit;
        foreach (var lease in job.Ledger.Out.ToArray())
        {
            var started = lease.ItemStarted;
            if (started == 0 || !lease.IsClaimed)
                continue;
            var left = limit - _settings.TimeProvider.GetElapsedTime(started);
            if (left > TimeSpan.Zero)
                next = left < next ? left : next;
            else
                OnItemTimedOut(job, lease, started, limit);
        }
        job.ItemCheck = Context.System.Scheduler.ScheduleTellOnceCancelable(next, Self, new CheckItems(job), Self);
        Deal();
    }

    private void OnItemTimedOut(RunningJob job, Lease lease, long started, TimeSpan limit)
    {
        if (!lease.TryRevoke())
            return;
        lease.CancelItem();
        lease.Reaper = Context.System.Scheduler.ScheduleTellOnceCancelable(_settings.AbandonAfter, Self, new Reap(job, lease), Self);
        if (lease.ItemStarted != started)
        {
            SettleAndPutBack(job, lease, blamed: false); // it ended at the last moment; those behind it have done nothing wrong
            return;
        }
        var error = new TimeoutException($"Item {lease.Chunk.Start + lease.Completed} ran longer than JobOptions.ItemTimeout [{limit}].");
        var (plan, attempt) = (job.Plan, lease.Attempt);
        if (plan.Options.RetryWhen is null)
        {
            OnItemJudged(new ItemJudged(job, lease, error, Again: attempt <= plan.Options.Retries));
            return;
        }
        // The predicate is user code: it may block or throw, and does so on a worker's thread.
        Task.Factory.StartNew(() => plan.Judge(attempt, error), CancellationToken.None, TaskCreationOptions.DenyChildAttach, UserTaskScheduler.For(Context.System))
            .PipeTo(Self, success: judged => new ItemJudged(job, lease, judged.Error, judged.Again));
    }

    private void OnItemJudged(ItemJudged judged)
    {
        var (job, lease) = (judged.Job, judged.Lease);
        if (job.EndReason is not null)
            return;
        if (judged.Again)
        {
            var behind = job.Plan.ChunkIsItem ? lease.Chunk.Count : lease.Completed + 1;
            lease.AddAgain(lease.Completed);
            Settle(job, lease, behind);
            job.Ledger.PutBack(lease, behind, blamed: false);
        }
        else
        {
            GiveUpItem(job, lease, judged.Error);
        }
        Deal();
    }

    /// <summary>The running item of a revoked lease has failed; the items before it are done, those behind it go back.</summary>
    private static void GiveUpItem(RunningJob job, Lease lease, Exception error)
    {
        var behind = job.Plan.ChunkIsItem ? lease.Chunk.Count : lease.Completed + 1;
        lease.AddFailure(JobPlan.FailureOf(lease, lease.Completed, error));
        Settle(job, lease, behind);
        job.Ledger.PutBack(lease, behind, blamed: false);
    }

    private static void SettleAndPutBack(RunningJob job, Lease lease, bool blamed)
    {
        Settle(job, lease, lease.SettledItems);
        job.Ledger.PutBack(lease, lease.SettledItems, blamed);
    }

    /// <summary>Tells the gatherer of those items of a revoked lease that have an outcome, or will run again.</summary>
    private static void Settle(RunningJob job, Lease lease, int count)
    {
        if (count > 0)
            job.Gatherer.Tell(new ChunkOutcome(job.Plan, lease.Chunk.Slice(0, count), lease.Attempt, lease.Failures, lease.Again));
    }

    private void OnReap(Reap reap)
    {
        var leases = reap.Lease is { } one ? [one] : reap.Job.Ledger.Out.ToArray();
        foreach (var lease in leases)
        {
            if (lease.WorkerId >= 0 && (_roster.Holds(lease.WorkerId, lease) || _routed.Contains(lease)))
                Abandon(lease);
            // A single one is off the books, or a predicate still judges its item.
            if (reap.Lease is null)
                reap.Job.Ledger.Forget(lease);
        }
        ForgetWhenDone(reap.Job);
        Deal();
    }

    /// <summary>Gives up a worker whose function does not come back: it keeps its thread, and another worker takes its place.</summary>
    private void Abandon(Lease lease)
    {
        _routed.Remove(lease);
        CloseLease(lease);
        if (!_roster.TryRemove(lease.WorkerId, out _) || !_workers.Remove(lease.WorkerId, out var worker))
            return;
        _pool.Counters.WorkerAbandoned();
        var count = _pool.Counters.Snapshot().Abandoned;
        _log.WorkerAbandoned(lease.WorkerId, lease.Chunk.Start + lease.Completed, lease.Job.Name, _settings.AbandonAfter, count);
        Context.Unwatch(worker);
        HireAndDismiss();
        _router.Tell(new RemoveRoutee(new ActorRefRoutee(worker)));
        _routerHasStuckChild = true;
        AskRouter();
    }
}
