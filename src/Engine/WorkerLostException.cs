namespace ActorPool;

/// <summary>A worker stopped while it held an item.</summary>
/// <remarks>The item is dealt again, so callers see this only inside a <see cref="PoisonItemException"/>.</remarks>
public sealed class WorkerLostException : ActorPoolException
{
    /// <summary>Makes the error without a message of its own.</summary>
    public WorkerLostException() { }

    /// <summary>Makes the error with a message.</summary>
    /// <param name="message">Which worker was lost, and how.</param>
    public WorkerLostException(string? message) : base(message) { }

    /// <summary>Makes the error with a message and a cause.</summary>
    /// <param name="message">Which worker was lost, and how.</param>
    /// <param name="innerException">The cause.</param>
    public WorkerLostException(string? message, Exception? innerException) : base(message, innerException) { }
}
