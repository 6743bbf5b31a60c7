namespace ActorPool;

/// <summary>No worker can run the job.</summary>
/// <remarks>
/// A <see cref="WorkerPoolOptions.Initializer"/> or <see cref="WorkerPoolOptions.WorkerState"/> factory threw; its exception is
/// <see cref="Exception.InnerException"/>. The pool has failed then: it does not try again, and every later call fails with the same error.
/// Or, in a pool over nodes, no node could be used, or all were gone for longer than <c>actorpool.cluster.no-workers-timeout</c>.
/// </remarks>
public sealed class NoWorkersException : ActorPoolException
{
    /// <summary>Creates the error without a message.</summary>
    public NoWorkersException() { }

    /// <summary>Creates the error with a message.</summary>
    /// <param name="message">Why there is no worker.</param>
    public NoWorkersException(string? message) : base(message) { }

    /// <summary>Creates the error with a message and a cause.</summary>
    /// <param name="message">Why there is no worker.</param>
    /// <param name="innerException">What stopped the workers.</param>
    public NoWorkersException(string? message, Exception? innerException) : base(message, innerException) { }
}
