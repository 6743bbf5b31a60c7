using ActorPool.Diagnostics;
using ActorPool.Jobs;
using Akka.Actor;
using static ActorPool.Jobs.GatheringProtocol;

namespace ActorPool.Coordination;

// Failed items that run again by order of an operator or of the program. The gatherer has the outcomes: it gives up the failures, and the
// items are requeued here. Between the two the job cannot succeed, since it has items without an outcome.
internal sealed partial class CoordinatorActor
{
    private void OnRetryFailed(JobProtocol.RetryFailed retry)
    {
        if (!_jobs.TryGetValue(retry.Id, out var job) || job.Phase != JobPhase.Running || job.Execution.HasEnded)
            Sender.Tell(RefuseEnded(job, retry.Id));
        else if (RetryRules.FindRefusal(job.Execution) is { } refusal)
            Sender.Tell(refusal);
        else
            job.Gatherer.Tell(new TakeFailures(job.Execution, new RetryAsker(Sender, retry.IsOperator)));
    }

    private void OnFailuresTaken(FailuresTaken answer)
    {
        var (execution, taken, asker) = (answer.Job, answer.Taken, answer.Asker);
        if (!_jobs.TryGetValue(execution.Id, out var job) || job.Phase != JobPhase.Running || taken is null)
        {
            asker.Actor.Tell(RefuseEnded(job, execution.Id));
            return;
        }
        job.Ledger.RunAgain(taken);
        OnLedgerChanged(job);
        if (asker.IsOperator && taken.Count > 0)
            _log.ItemsRetriedByOperator(taken.Count, execution.Name, _settings.Name);
        asker.Actor.Tell(RetryRules.Describe(execution, taken));
        Dispatch();
    }

    /// <param name="job">The job; null if it is known no longer.</param>
    /// <param name="id">Its number.</param>
    private object RefuseEnded(RunningJob? job, long id) =>
        (job?.Execution.Describe([]) ?? _pool.Archive.Find(id)?.Describe()) is { } ended
            ? RetryRules.RefuseEnded(ended)
            : JobProtocol.JobUnknown.Instance;
}
