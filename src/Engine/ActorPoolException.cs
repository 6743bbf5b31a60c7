namespace ActorPool;

/// <summary>The base of every error that the pool itself raises.</summary>
/// <remarks>
/// Wrong arguments are <see cref="ArgumentException"/>s, thrown at the call. Cancellation is an <see cref="OperationCanceledException"/>,
/// a job that ran out of time a <see cref="TimeoutException"/>: what callers of .NET expect. All else that can end a job derives from here.
/// </remarks>
public class ActorPoolException : Exception
{
    /// <summary>Makes an error without a message of its own.</summary>
    public ActorPoolException() { }

    /// <summary>Makes an error that says what failed and what to do.</summary>
    /// <param name="message">What failed, the value, the likely cause, the next step.</param>
    public ActorPoolException(string? message) : base(message) { }

    /// <summary>Makes an error with the one that caused it.</summary>
    /// <param name="message">What failed, the value, the likely cause, the next step.</param>
    /// <param name="innerException">The cause.</param>
    public ActorPoolException(string? message, Exception? innerException) : base(message, innerException) { }
}
