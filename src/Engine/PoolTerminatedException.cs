namespace ActorPool;

/// <summary>The pool was terminated or disposed, or its actor system ended, while the job ran.</summary>
/// <remarks>Python's Pool leaves such a caller waiting forever; here each running job ends with this error.</remarks>
public sealed class PoolTerminatedException : ActorPoolException
{
    /// <summary>Creates the error with its usual message.</summary>
    public PoolTerminatedException()
        : this("The pool, or its actor system, was terminated while the job ran. Await CloseAsync() first to let running jobs end.") { }

    /// <summary>Creates the error with a message.</summary>
    /// <param name="message">What ended the pool.</param>
    public PoolTerminatedException(string? message) : base(message) { }

    /// <summary>Creates the error with a message and a cause.</summary>
    /// <param name="message">What ended the pool.</param>
    /// <param name="innerException">The cause.</param>
    public PoolTerminatedException(string? message, Exception? innerException) : base(message, innerException) { }
}
