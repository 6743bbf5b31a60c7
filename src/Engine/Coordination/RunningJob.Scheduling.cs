namespace ActorPool.Coordination;

// Where the job stands in the scheduler, which alone writes this.
internal sealed partial class RunningJob
{
    /// <summary>Whether the scheduler has it: between its start and its end.</summary>
    public bool IsScheduled { get; set; }

    /// <summary>The line in which it stands; null while it has nothing that could be dispatched.</summary>
    public JobLine? Line { get; set; }

    /// <summary>The list in which it stands, of its line or of the jobs that wait.</summary>
    public JobList? List { get; set; }

    public RunningJob? Previous { get; set; }

    public RunningJob? Next { get; set; }

    public int Need { get; set; }

    public long Turn { get; set; }

    /// <summary>Whether it has had a chunk.</summary>
    public bool WasServed { get; set; }

    /// <summary>Whether it counts among the jobs with a chunk that is run again.</summary>
    public bool HasRequeued { get; set; }

    /// <summary>Whether it counts among those with one that waits for an empty node.</summary>
    public bool HasSuspect { get; set; }

    /// <summary>Whether it counts among those that have something to dispatch, and no chunk in flight.</summary>
    public bool IsWaiting { get; set; }
}
