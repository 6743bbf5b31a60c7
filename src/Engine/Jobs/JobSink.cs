namespace ActorPool.Jobs;

/// <summary>Turns the outcomes of one job's chunks into its caller's answer.</summary>
/// <remarks>
/// The job's gatherer uses it; the coordinator takes the results' memory from it when it cuts a chunk. <see cref="Succeed"/> and
/// <see cref="Fail"/> may be called from any thread.
/// </remarks>
internal abstract class JobSink
{
    /// <summary>Items with an outcome.</summary>
    public long Settled { get; set; }

    /// <summary>Adds a chunk's outcome; false when the sink has found that it was added before.</summary>
    public abstract bool Accept(ChunkOutcome outcome);

    /// <summary>Takes user code that must run on a worker's thread before the job can continue.</summary>
    /// <param name="complete">Whether all items are settled.</param>
    /// <returns>Null if there is none.</returns>
    public virtual SinkWork? TakeWork(bool complete) => null;

    /// <summary>Whether it keeps failures until the job's end, so that their items can run again.</summary>
    public virtual bool KeepsFailures => false;

    /// <summary>Gives up the failures whose items can run again: these have no outcome any longer.</summary>
    /// <exception cref="NotSupportedException">It does not keep failures.</exception>
    public virtual TakenFailures TakeFailures() => throw new NotSupportedException("This sink keeps no failures.");

    /// <summary>Answers the caller with the results.</summary>
    public abstract void Succeed();

    /// <summary>Answers the caller with an error.</summary>
    public abstract void Fail(Exception reason);
}

/// <summary>A sink that knows the type of the results.</summary>
internal abstract class JobSink<TOut> : JobSink
{
    /// <summary>Gets the memory to which a worker writes the results of these items.</summary>
    public virtual Memory<TOut> GetRoom(long start, int count) => new TOut[count];
}

/// <summary>A piece of user code between the outcomes and the answer.</summary>
/// <param name="Run">The code; what it throws fails the job.</param>
/// <param name="Released">Items that no longer count against the job's window once it has run.</param>
internal sealed record SinkWork(Action Run, long Released);
