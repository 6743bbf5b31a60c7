using System.Diagnostics;
using ActorPool.Diagnostics;

namespace ActorPool.Jobs;

/// <summary>Holds what a function's loop needs while it runs one chunk.</summary>
/// <remarks>It knows the current item, whether to continue, and where failures go.</remarks>
internal readonly struct ChunkRun(WorkContext context)
{
    public Lease Lease => context.Lease;

    public WorkContext Context => context;

    /// <summary>Whether outcomes are published item by item; see <see cref="Lease"/>.</summary>
    public bool IsGuarded => Lease.Job.IsGuarded;

    /// <summary>Whether each item has a span.</summary>
    /// <remarks>The span of its chunk is recorded, and a chunk is more than one item.</remarks>
    public bool TracesItems => Lease.Span is { Recorded: true } && !Lease.Job.ChunkIsItem;

    /// <summary>Starts the span of the item at <see cref="WorkContext.Offset"/>.</summary>
    /// <returns>Null if no one wants it.</returns>
    public Activity? StartSpan() => ChunkTrace.StartItem(context);

    /// <summary>Ends the span of an item.</summary>
    public static void EndSpan(Activity? span, Exception? error = null)
    {
        if (span is null)
            return;
        if (error is not null)
            span.SetError(error);
        span.Stop();
    }

    /// <summary>Starts an item of a guarded lease; false when the lease was revoked or lost.</summary>
    public bool Begin(int offset)
    {
        if (Lease.ShouldStop)
            return false;
        context.Offset = offset;
        var now = context.Pool.Settings.TimeProvider.GetTimestamp();
        Lease.BeginItem(now);
        if (context.Note is { } note)
            note.ItemStarted = now;
        return true;
    }

    /// <summary>The offset of the item after which the loop first calls <see cref="Keep"/>.</summary>
    public int FirstToKeep => Lease.Job.Keeper is null ? int.MaxValue : 0;

    /// <summary>Says how many items are finished, so that they outlive a worker process.</summary>
    /// <returns>The offset of the item after which to call again.</returns>
    public int Keep(int done) => Lease.Job.Keeper!.Keep(Lease, done);

    /// <summary>Records that an item threw.</summary>
    /// <returns>Whether the loop should go on with the next item.</returns>
    public bool Fail(int offset, Exception error)
    {
        if (IsGuarded && Lease.ShouldStop)
            return false; // its outcome is no longer asked for, and neither is the caller's predicate
        (var shouldRetry, error) = Lease.Job.ShouldRetry(Lease, Explain(error), context.Note);
        if (IsGuarded && !Lease.TryPublish())
            return false;
        var failure = shouldRetry ? null : JobExecution.CreateFailure(Lease, offset, error);
        if (failure is null)
            Lease.AddRetry(offset);
        else
            Lease.AddFailure(failure);
        Lease.Job.Keeper?.KeepFailure(Lease, offset, failure);
        if (IsGuarded)
            Lease.EndPublish();
        return shouldRetry || !Lease.Job.FailsFast;
    }

    // .NET says nothing of the limit, and its user would look for a fault of the machine.
    private Exception Explain(Exception error)
    {
        if (error is not OutOfMemoryException || context.Pool.Settings.MaxMemoryPerWorker is not { } limit)
            return error;
        var message = $"{SafeText.GetMessage(error)} Its worker process may use [{limit}] bytes (WorkerPoolOptions.MaxMemoryPerWorker).";
#pragma warning disable CA2201 // it is the runtime's exception, with what the runtime does not know
        return new OutOfMemoryException(message, error);
#pragma warning restore CA2201
    }
}
