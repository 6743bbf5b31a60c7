namespace ActorPool.Gathering;

/// <summary>Turns the outcomes of one job's chunks into its caller's answer. Used by the gatherer actor alone, but for the two answers.</summary>
internal abstract class JobGathering
{
    /// <summary>Items with an outcome.</summary>
    public long Settled { get; set; }

    /// <summary>Takes in a chunk's outcome; false when it was there before.</summary>
    public abstract bool Accept(ChunkOutcome outcome);

    /// <summary>User code that has to run before the job can go on or end, on a thread of the workers; null when there is none now.</summary>
    /// <param name="complete">Whether all items are settled.</param>
    public virtual GatheringWork? TakeWork(bool complete) => null;

    /// <summary>Answers the caller with the results.</summary>
    public abstract void Succeed();

    /// <summary>Answers the caller with an error; may be called from any thread.</summary>
    public abstract void Fail(Exception reason);
}

/// <summary>A piece of user code between the outcomes and the answer.</summary>
/// <param name="Run">The code; what it throws fails the job.</param>
/// <param name="Released">Items that no longer count against the job's window once it has run.</param>
internal sealed record GatheringWork(Action Run, long Released);

/// <summary>A gathering that knows the type of the results.</summary>
internal abstract class JobGathering<TOut> : JobGathering
{
    /// <summary>Where a worker writes the results of these items.</summary>
    public virtual Memory<TOut> RoomFor(long start, int count) => new TOut[count];
}

/// <summary>A gathering that answers with one task.</summary>
/// <param name="continuations">Asynchronous unless they are ours and short: run in place, the caller's code would hold up the gatherer.</param>
internal abstract class TaskGathering<TOut, TResult>(TaskCreationOptions continuations = TaskCreationOptions.RunContinuationsAsynchronously) : JobGathering<TOut>
{
    private readonly TaskCompletionSource<TResult> _answer = new(continuations);

    public Task<TResult> Completion => _answer.Task;

    protected abstract TResult Finish();

    public sealed override void Succeed() => _answer.TrySetResult(Finish());

    public sealed override void Fail(Exception reason)
    {
        if (reason is OperationCanceledException cancelled)
            _answer.TrySetCanceled(cancelled.CancellationToken);
        else if (_answer.TrySetException(reason))
            _ = _answer.Task.Exception; // seen: a caller who lets go of the task is not to crash in the finalizer's event
    }
}
