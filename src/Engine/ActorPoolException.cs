namespace ActorPool;

/// <summary>The base of every error that the pool raises.</summary>
/// <remarks>
/// Wrong arguments are <see cref="ArgumentException"/>s, thrown at the call. Cancellation is an <see cref="OperationCanceledException"/>,
/// and a job that ran out of time a <see cref="TimeoutException"/>, as callers of .NET expect. A nested call for which
/// <c>actorpool.nested-workers</c> leaves no worker fails with an <see cref="InvalidOperationException"/>. Every other error of the pool
/// that can end a job derives from this class.
/// </remarks>
public class ActorPoolException : Exception
{
    /// <summary>Creates an error without a message.</summary>
    public ActorPoolException() { }

    /// <summary>Creates an error with a message.</summary>
    /// <param name="message">What failed, the value, the likely cause, the next step.</param>
    public ActorPoolException(string? message) : base(message) { }

    /// <summary>Creates an error with a message and a cause.</summary>
    /// <param name="message">What failed, the value, the likely cause, the next step.</param>
    /// <param name="innerException">The cause.</param>
    public ActorPoolException(string? message, Exception? innerException) : base(message, innerException) { }
}
