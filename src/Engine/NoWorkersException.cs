namespace ActorPool;

/// <summary>There is no worker that could run the job, and none will come.</summary>
/// <remarks>
/// In one process the cause is a <see cref="WorkerPoolOptions.Initializer"/> or <see cref="WorkerPoolOptions.WorkerState"/> factory that
/// threw: it is <see cref="Exception.InnerException"/>. The pool is broken then: it does not try again in a loop, and every later call fails with the same error.
/// </remarks>
public sealed class NoWorkersException : ActorPoolException
{
    /// <summary>Makes the error without a message of its own.</summary>
    public NoWorkersException() { }

    /// <summary>Makes the error with a message.</summary>
    /// <param name="message">Why there is no worker.</param>
    public NoWorkersException(string? message) : base(message) { }

    /// <summary>Makes the error with a message and a cause.</summary>
    /// <param name="message">Why there is no worker.</param>
    /// <param name="innerException">What stopped the workers.</param>
    public NoWorkersException(string? message, Exception? innerException) : base(message, innerException) { }
}
