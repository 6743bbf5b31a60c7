using ActorPool.Jobs;
using Akka.Actor;

namespace ActorPool.Gathering;

/// <summary>What a gatherer knows of a job that fails, reports progress or runs user code.</summary>
/// <remarks>All others need no more than their counts.</remarks>
internal sealed class GatheredJob(JobExecution job)
{
    public JobExecution Job { get; } = job;

    /// <summary>The failure with the lowest index so far, if failures end the job.</summary>
    public WorkItemException? Failure { get; set; }

    /// <summary>What the source threw after its last input.</summary>
    public Exception? SourceError { get; set; }

    /// <summary>With what the caller is answered; null: with the results.</summary>
    public Exception? Reason { get; set; }

    /// <summary>When the last report of progress was made, as a timestamp; 0: never.</summary>
    public long Reported { get; set; }

    /// <summary>Items that the user code which runs now will release.</summary>
    public long Released { get; set; }

    /// <summary>Whether user code of the sink runs.</summary>
    public bool IsWorking { get; set; }

    public GatheringPhase Phase { get; set; }

    /// <summary>Items that were done at the last report.</summary>
    public long ReportedItems { get; set; }

    /// <summary>Makes the next report when the interval is over; null for none.</summary>
    public ICancelable? NextReport { get; set; }

    /// <summary>Ends the wait for a failed job's last report; null for none.</summary>
    public ICancelable? ReportLimit { get; set; }

    public Reporting Reporting { get; set; }
}

internal enum GatheringPhase
{
    /// <summary>Items are missing.</summary>
    Gathering,

    /// <summary>All is gathered, or the job has failed; a report of progress is still running.</summary>
    Concluding,

    /// <summary>The progress handler gets its last report before the answer.</summary>
    LastReport,
}

/// <summary>Whether the caller's progress handler runs.</summary>
internal enum Reporting
{
    No,
    Once,

    /// <summary>It runs, and something has happened that needs another report.</summary>
    AndOnceMore,
}
