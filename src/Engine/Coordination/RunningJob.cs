using Akka.Actor;
using ActorPool.Routing;

namespace ActorPool.Coordination;

/// <summary>A job that has not ended: its books, and the actors and timers that serve it.</summary>
internal sealed class RunningJob(JobLedger ledger, IActorRef gatherer)
{
    public JobPlan Plan => Ledger.Plan;

    public JobLedger Ledger { get; } = ledger;

    public IActorRef Gatherer { get; } = gatherer;

    /// <summary>Reads the source; null for inputs in memory.</summary>
    public IActorRef? Reader { get; set; }

    /// <summary>Whether the reader was asked to say when the next input arrives.</summary>
    public bool AwaitsInput { get; set; }

    /// <summary>Ends the job at its deadline.</summary>
    public ICancelable? Deadline { get; set; }

    /// <summary>Looks for items that have run too long.</summary>
    public ICancelable? ItemCheck { get; set; }

    /// <summary>Gives up on workers that do not come back after the job's end.</summary>
    public ICancelable? Reaper { get; set; }

    /// <summary>Whether it makes progress.</summary>
    public StallWatch Watch { get; } = new();

    /// <summary>When it got its last chunk, in chunks dealt by the pool; 0 for never.</summary>
    public long LastTurn { get; set; }

    /// <summary>Why the job ends; null while it goes on.</summary>
    public Exception? EndReason { get; set; }

    /// <summary>Whether the gatherer was told to answer.</summary>
    public bool IsFinishing { get; set; }

    /// <summary>Whether the caller has its answer.</summary>
    public bool IsFinished { get; set; }

    public void StopTimers()
    {
        Deadline?.Cancel();
        ItemCheck?.Cancel();
    }
}

/// <summary>Chooses the job that gets the next free worker: the one that has the fewest, so that a small job never waits for the end of a large one.</summary>
internal sealed class JobRotation
{
    private readonly List<RunningJob> _jobs = [];
    private readonly HashSet<RunningJob> _tried = [];
    private long _turns;

    public IReadOnlyList<RunningJob> Jobs => _jobs;

    public void Add(RunningJob job) => _jobs.Add(job);

    public void Remove(RunningJob job) => _jobs.Remove(job);

    /// <summary>Takes a chunk for a worker from the job with the fewest chunks out that has one; among equals, first the oldest that has had none, then in turns.</summary>
    /// <param name="worker">The worker, or the node, that will run it.</param>
    /// <param name="tasksLeft">Items that it may still take; 1 or more.</param>
    /// <param name="sharing">Workers that share the jobs; 1 or more.</param>
    /// <param name="mayWait">Whether the chunk will wait for others at its worker: jobs whose chunks are short have any number for that, others one.</param>
    /// <param name="mostLosses">As in <see cref="JobLedger.TryTake"/>.</param>
    public (RunningJob Job, Lease Lease)? TryTake(int worker, int tasksLeft, int sharing, bool mayWait = false, int mostLosses = int.MaxValue)
    {
        _tried.Clear();
        while (Neediest() is { } job)
        {
            // A job that has nothing out may always have one chunk that waits: else a job of short chunks would take each place that becomes free, until its end.
            if ((!mayWait || job.Ledger.MayWait || job.Ledger.Out.Count == 0) && Take(job, worker, tasksLeft, sharing, mostLosses) is { } taken)
            {
                job.LastTurn = ++_turns;
                return taken;
            }
            _tried.Add(job); // its inputs have not arrived, or its window is full
        }
        return null;
    }

    private RunningJob? Neediest()
    {
        RunningJob? neediest = null;
        foreach (var job in _jobs)
        {
            if (job.Ledger.IsDry || _tried.Contains(job))
                continue;
            if (neediest is null || (job.Ledger.Out.Count, job.LastTurn).CompareTo((neediest.Ledger.Out.Count, neediest.LastTurn)) < 0)
                neediest = job;
        }
        return neediest;
    }

    private static (RunningJob, Lease)? Take(RunningJob job, int worker, int tasksLeft, int sharing, int mostLosses)
    {
        if (job.EndReason is not null)
            return null;
        var lease = job.Ledger.TryTake(worker, tasksLeft, sharing, choosy: sharing > 1, mostLosses);
        return lease is null ? null : (job, lease);
    }
}
