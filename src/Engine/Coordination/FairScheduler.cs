using ActorPool.Jobs;

namespace ActorPool.Coordination;

/// <summary>Gives the next free worker to the job with the fewest chunks in flight.</summary>
/// <remarks>
/// <para>So a small job never waits for the end of a large one. Its cost does not depend on the number of jobs.</para>
/// <para>
/// A job stands in a line while it may have a chunk, as far as is known. One that has nothing for an offer leaves the line, or moves to
/// that of the jobs with the same <see cref="JobRefusal"/>, until <see cref="Update"/> says that something of it has changed. So each
/// change is paid for once, not at each offer.
/// </para>
/// </remarks>
/// <param name="suspectLosses">Charges with which a chunk waits for an empty node; 0: none does.</param>
internal sealed class FairScheduler(int suspectLosses = 0)
{
    private const int Unserved = -1;

    private readonly Dictionary<JobRefusal, JobLine> _lines = new() { [JobRefusal.None] = new JobLine(JobRefusal.None) };
    private readonly JobList _waiting = new(); // for inputs, or for room in the window
    private long _turns;
    private int _activeWorkers;
    private int _withRequeued;
    private int _withSuspects;
    private int _withoutChunk;

    /// <summary>Chunks taken so far, of all jobs.</summary>
    public long Taken { get; private set; }

    /// <summary>Whether a chunk of any job waits to be run again.</summary>
    public bool HasRequeued => _withRequeued > 0;

    /// <summary>Whether a chunk of any job waits for an empty node.</summary>
    public bool HasSuspect => _withSuspects > 0;

    /// <summary>Jobs that have something to dispatch, and no chunk in flight.</summary>
    public int Waiting => _withoutChunk;

    public void Add(RunningJob job)
    {
        job.IsScheduled = true;
        Update(job);
    }

    public void Remove(RunningJob job)
    {
        if (!job.IsScheduled)
            return;
        Leave(job);
        Count(job, hasRequeued: false, hasSuspect: false, isWaiting: false);
        job.IsScheduled = false;
    }

    /// <summary>Looks again at a job whose ledger or input has changed.</summary>
    public void Update(RunningJob job)
    {
        if (!job.IsScheduled)
            return;
        Count(
            job, job.Ledger.HasRequeued, suspectLosses > 0 && job.Ledger.HasSuspect(suspectLosses),
            isWaiting: job.Ledger.InFlight.Count == 0 && !job.Ledger.IsExhausted);
        if (job.Phase != JobPhase.Running || job.Ledger.IsExhausted)
            Leave(job);
        else if (job.Line?.Refusal != JobRefusal.None || job.Need != GetNeed(job))
            Move(job, JobRefusal.None);
    }

    /// <summary>Takes a chunk from the job with the fewest in flight that has one.</summary>
    /// <remarks>Jobs that have had no chunk come first, the oldest of them before the others; equals take turns.</remarks>
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
        LookAgainWithMoreWorkers(activeWorkers);
        var avoidFailedWorker = activeWorkers > 1;
        while (FindNeediest(worker, avoidFailedWorker, allowQueueing, maxLosses) is { } job)
        {
            var refusal = job.Line!.Refusal;
            if (job.Phase != JobPhase.Running)
            {
                Leave(job);
                continue;
            }
            // A job with nothing in flight may always queue one chunk. Otherwise a job of short chunks would take each place until it ends.
            if (allowQueueing && !job.Ledger.MayQueue && job.Ledger.InFlight.Count > 0)
            {
                Move(job, refusal with { NeedsFreeWorker = true });
                continue;
            }
            if (job.Ledger.TryTake(worker, tasksLeft, activeWorkers, avoidFailedWorker, maxLosses) is { } lease)
            {
                job.WasServed = true;
                Taken++;
                Update(job);
                return (job, lease);
            }
            if (job.Ledger.HasRequeued)
            {
                var refused = job.Ledger.FewestLosses > maxLosses ? JobRefusal.AnyWorker : worker;
                Move(job, refusal with { Worker = refused, MaxLosses = maxLosses });
            }
            else if (!job.AwaitInput(activeWorkers))
            {
                Wait(job);
            }
        }
        return null;
    }

    private RunningJob? FindNeediest(int worker, bool avoidFailedWorker, bool allowQueueing, int maxLosses)
    {
        RunningJob? neediest = null;
        foreach (var line in _lines.Values)
        {
            if (line.First is { } first
                && line.Refusal.Allows(worker, avoidFailedWorker, maxLosses)
                && !(allowQueueing && line.Refusal.NeedsFreeWorker && first.Ledger.InFlight.Count > 0)
                && (neediest is null || (first.Need, first.Turn).CompareTo((neediest.Need, neediest.Turn)) < 0))
                neediest = first;
        }
        return neediest;
    }

    // The window of a job may grow with the workers that share it.
    private void LookAgainWithMoreWorkers(int activeWorkers)
    {
        var hasMore = activeWorkers > _activeWorkers;
        _activeWorkers = activeWorkers;
        while (hasMore && _waiting.First is { } job)
            Move(job, JobRefusal.None);
    }

    private void Move(RunningJob job, JobRefusal refusal)
    {
        Leave(job);
        if (!_lines.TryGetValue(refusal, out var line))
            _lines.Add(refusal, line = new JobLine(refusal));
        line.Add(job, GetNeed(job), ++_turns);
    }

    private void Wait(RunningJob job)
    {
        Leave(job);
        _waiting.Add(job);
    }

    private void Leave(RunningJob job)
    {
        if (job.Line is not { } line)
        {
            job.List?.Remove(job); // it waits
            return;
        }
        line.Remove(job);
        if (line.First is null && line.Refusal != JobRefusal.None)
            _lines.Remove(line.Refusal);
    }

    private static int GetNeed(RunningJob job) => job.WasServed ? job.Ledger.InFlight.Count : Unserved;

    private void Count(RunningJob job, bool hasRequeued, bool hasSuspect, bool isWaiting)
    {
        _withRequeued += (hasRequeued ? 1 : 0) - (job.HasRequeued ? 1 : 0);
        _withSuspects += (hasSuspect ? 1 : 0) - (job.HasSuspect ? 1 : 0);
        _withoutChunk += (isWaiting ? 1 : 0) - (job.IsWaiting ? 1 : 0);
        (job.HasRequeued, job.HasSuspect, job.IsWaiting) = (hasRequeued, hasSuspect, isWaiting);
    }
}
