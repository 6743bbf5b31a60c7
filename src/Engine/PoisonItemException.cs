namespace ActorPool;

/// <summary>An item was given up because every worker that held it was lost.</summary>
/// <remarks>
/// When a worker is lost, the item that it ran is dealt again by itself, and those behind it go to others, so that they still get their results. The item is given up
/// after <c>actorpool.worker-losses</c> losses, as Dask's <c>KilledWorker</c> does. It is found inside a <see cref="WorkItemException"/>, which has the index.
/// </remarks>
public sealed class PoisonItemException : ActorPoolException
{
    /// <summary>Makes the error without a message of its own.</summary>
    public PoisonItemException() { }

    /// <summary>Makes the error with a message.</summary>
    /// <param name="message">How many workers were lost over which item.</param>
    public PoisonItemException(string? message) : base(message) { }

    /// <summary>Makes the error with a message and a cause.</summary>
    /// <param name="message">How many workers were lost over which item.</param>
    /// <param name="innerException">The last loss.</param>
    public PoisonItemException(string? message, Exception? innerException) : base(message, innerException) { }
}
