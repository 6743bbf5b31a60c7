using ActorPool.Jobs;
using Akka.Actor;

namespace ActorPool.Coordination;

/// <summary>A job of the coordinator, with the actors and timers that serve it.</summary>
internal sealed partial class RunningJob(JobLedger ledger, Gatherer gatherer)
{
    private Extras? _extras;

    public JobExecution Execution => Ledger.Job;

    public JobLedger Ledger { get; } = ledger;

    /// <summary>The gatherer that serves it, with others.</summary>
    public Gatherer ServedBy => gatherer;

    public IActorRef Gatherer => gatherer.Actor;

    /// <summary>Reads the source; null for inputs in memory.</summary>
    public IActorRef? Reader
    {
        get => _extras?.Reader;
        set => MadeExtras.Reader = value;
    }

    /// <summary>Whether the reader was asked to notify the coordinator of the next input.</summary>
    public bool AwaitsInput { get; set; }

    /// <summary>Ends the job at its deadline.</summary>
    public ICancelable? Deadline
    {
        get => _extras?.Deadline;
        set => MadeExtras.Deadline = value;
    }

    /// <summary>Checks for items that have run too long.</summary>
    public ICancelable? ItemCheck
    {
        get => _extras?.ItemCheck;
        set => MadeExtras.ItemCheck = value;
    }

    /// <summary>Abandons workers whose functions do not return after the job's end.</summary>
    public ICancelable? Reaper
    {
        get => _extras?.Reaper;
        set => MadeExtras.Reaper = value;
    }

    /// <summary>Measures how long the job has made no progress.</summary>
    public StallWatch Watch => MadeExtras.Watch;

    public JobPhase Phase { get; private set; }

    /// <summary>Why the job ends; null while it runs, and when it succeeded.</summary>
    public Exception? EndReason { get; private set; }

    /// <summary>Moves from Running to Ending; false if it is not Running.</summary>
    public bool TryEnd(Exception reason)
    {
        if (Phase != JobPhase.Running)
            return false;
        (Phase, EndReason) = (JobPhase.Ending, reason);
        return true;
    }

    /// <summary>Moves from Ending to Answering.</summary>
    public void MarkAnswering() => Phase = JobPhase.Answering;

    /// <summary>Moves to Ended; false if it was there before.</summary>
    public bool TryFinish()
    {
        if (Phase == JobPhase.Ended)
            return false;
        Phase = JobPhase.Ended;
        return true;
    }

    /// <summary>Asks for a notice of the next input, if the window has room for it.</summary>
    /// <param name="workers">Workers that share the job.</param>
    /// <returns>True when an input or the source's end has arrived meanwhile: there is no notice.</returns>
    public bool AwaitInput(int workers)
    {
        if (AwaitsInput || Execution.Input.Reader is not { HasEnded: false } reader
            || Execution.Input.Taken >= Ledger.GetInputLimit(workers))
            return false;
        AwaitsInput = reader.Await();
        return !AwaitsInput;
    }

    /// <summary>Lets the reader continue as far as the window allows.</summary>
    /// <param name="workers">Workers that share the job.</param>
    public void ReadOn(int workers)
    {
        if (Reader is { } actor && Execution.Input.Reader!.Allow(Ledger.GetInputLimit(workers)))
            actor.Tell(InputReaderActor.ReadOn.Instance);
    }

    public void StopTimers()
    {
        Deadline?.Cancel();
        ItemCheck?.Cancel();
    }

    /// <summary>How the worker processes ended that ran an item, by the item's index.</summary>
    /// <value>Only of items that ended some and were not given up.</value>
    public Dictionary<long, List<string>> ProcessEnds => MadeExtras.ProcessEnds;

    /// <summary>How processes and nodes ended that had its items without running one that is known.</summary>
    public LossHistory Losses => MadeExtras.Losses;

    private Extras MadeExtras => _extras ??= new Extras();

    /// <summary>What most jobs never have.</summary>
    /// <remarks>They are small, and end before the watchdog looks at them.</remarks>
    private sealed class Extras
    {
        public IActorRef? Reader { get; set; }

        public ICancelable? Deadline { get; set; }

        public ICancelable? ItemCheck { get; set; }

        public ICancelable? Reaper { get; set; }

        public StallWatch Watch { get; } = new();

        public Dictionary<long, List<string>> ProcessEnds => field ??= [];

        public LossHistory Losses => field ??= new LossHistory();
    }
}

/// <summary>Where a job is between its start and its end.</summary>
/// <remarks>
/// <code>
/// Running ──failure, cancellation, deadline──► Ending ──no worker writes to the caller's memory──► Answering ──► Ended
///    └───────────────────────────────success, which the gatherer answers by itself──────────────────────────────►┘
/// </code>
/// Leases may be in flight in each phase. The coordinator forgets the job when it is Ended and all leases are back.
/// </remarks>
internal enum JobPhase
{
    /// <summary>Its chunks are dispatched.</summary>
    Running,

    /// <summary>It has failed; leases in flight may still write to the caller's memory.</summary>
    Ending,

    /// <summary>The gatherer was told to answer.</summary>
    Answering,

    /// <summary>The caller has its answer.</summary>
    Ended,
}
