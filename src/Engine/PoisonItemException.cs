namespace ActorPool;

/// <summary>An item was given up because every worker that held it was lost.</summary>
/// <remarks>
/// When a worker is lost, the item that it ran is dispatched again in a chunk with no other item, and those after it go to other workers,
/// so that they still get their results. When a node is lost, its chunks are dispatched again in smaller parts. The item is given up after
/// <c>actorpool.worker-losses</c> losses, as with Dask's <c>KilledWorker</c>. This exception is inside a <see cref="WorkItemException"/>,
/// which has the index.
/// </remarks>
public sealed class PoisonItemException : ActorPoolException
{
    /// <summary>Creates the error without a message.</summary>
    public PoisonItemException() { }

    /// <summary>Creates the error with a message.</summary>
    /// <param name="message">How many workers were lost, and over which item.</param>
    public PoisonItemException(string? message) : base(message) { }

    /// <summary>Creates the error with a message and a cause.</summary>
    /// <param name="message">How many workers were lost, and over which item.</param>
    /// <param name="innerException">The last loss.</param>
    public PoisonItemException(string? message, Exception? innerException) : base(message, innerException) { }
}
