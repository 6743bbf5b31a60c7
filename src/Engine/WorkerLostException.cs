namespace ActorPool;

/// <summary>A worker stopped while it held an item.</summary>
/// <remarks>The item is dispatched again, so callers see this only inside a <see cref="PoisonItemException"/>.</remarks>
public sealed class WorkerLostException : ActorPoolException
{
    /// <summary>Creates the error without a message.</summary>
    public WorkerLostException() { }

    /// <summary>Creates the error with a message.</summary>
    /// <param name="message">Which worker was lost, and how.</param>
    public WorkerLostException(string? message) : base(message) { }

    /// <summary>Creates the error with a message and a cause.</summary>
    /// <param name="message">Which worker was lost, and how.</param>
    /// <param name="innerException">The cause.</param>
    public WorkerLostException(string? message, Exception? innerException) : base(message, innerException) { }
}
