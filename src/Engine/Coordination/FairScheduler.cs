using ActorPool.Jobs;

namespace ActorPool.Coordination;

/// <summary>Gives the next free worker to the job with the fewest chunks in flight.</summary>
/// <remarks>So a small job never waits for the end of a large one.</remarks>
internal sealed class FairScheduler
{
    private readonly List<RunningJob> _jobs = [];
    private readonly HashSet<RunningJob> _tried = [];
    private long _turns;

    public IReadOnlyList<RunningJob> Jobs => _jobs;

    public void Add(RunningJob job) => _jobs.Add(job);

    public void Remove(RunningJob job) => _jobs.Remove(job);

    /// <summary>Takes a chunk from the job with the fewest in flight that has one.</summary>
    /// <remarks>Among equals, the oldest job that has had no chunk comes first; then they take turns.</remarks>
    /// <param name="worker">The worker, or the node, that will run it.</param>
    /// <param name="tasksLeft">Items that it may still take; 1 or more.</param>
    /// <param name="activeWorkers">Workers that share the jobs; 1 or more.</param>
    /// <param name="allowQueueing">
    /// Whether the chunk will wait for others at its node. Jobs whose chunks are short may queue any number; others may queue one, while
    /// they have none in flight.
    /// </param>
    /// <param name="maxLosses">As in <see cref="JobLedger.TryTake"/>.</param>
    public (RunningJob Job, Lease Lease)? TryTake(
        int worker, int tasksLeft, int activeWorkers, bool allowQueueing = false, int maxLosses = int.MaxValue)
    {
        _tried.Clear();
        while (FindNeediest() is { } job)
        {
            // A job with nothing in flight may always queue one chunk. Otherwise a job of short chunks would take each place until it ends.
            if ((!allowQueueing || job.Ledger.MayQueue || job.Ledger.InFlight.Count == 0)
                && Take(job, worker, tasksLeft, activeWorkers, maxLosses) is { } taken)
            {
                job.LastTurn = ++_turns;
                return taken;
            }
            _tried.Add(job); // it has nothing for this worker now
        }
        return null;
    }

    private RunningJob? FindNeediest()
    {
        RunningJob? neediest = null;
        foreach (var job in _jobs)
        {
            if (job.Ledger.IsExhausted || _tried.Contains(job))
                continue;
            if (neediest is null
                || (job.Ledger.InFlight.Count, job.LastTurn).CompareTo((neediest.Ledger.InFlight.Count, neediest.LastTurn)) < 0)
                neediest = job;
        }
        return neediest;
    }

    private static (RunningJob, Lease)? Take(RunningJob job, int worker, int tasksLeft, int activeWorkers, int maxLosses)
    {
        if (job.Phase != JobPhase.Running)
            return null;
        var lease = job.Ledger.TryTake(worker, tasksLeft, activeWorkers, avoidFailedWorker: activeWorkers > 1, maxLosses);
        return lease is null ? null : (job, lease);
    }
}
