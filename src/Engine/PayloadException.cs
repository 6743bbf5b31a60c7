namespace ActorPool;

/// <summary>A value cannot travel to another process, or arrived as invalid bytes.</summary>
/// <remarks>
/// Thrown at the call if the types or a captured value show it, else by the job. The message names the type, the path to it
/// (<c>Order.Customer.Connection</c>), and what to do about it.
/// </remarks>
public sealed class PayloadException : ActorPoolException
{
    /// <summary>Creates an error without a message.</summary>
    public PayloadException() { }

    /// <summary>Creates an error with a message.</summary>
    /// <param name="message">What cannot travel, its type, the likely cause, the next step.</param>
    public PayloadException(string? message) : base(message) { }

    /// <summary>Creates an error with a message and a cause.</summary>
    /// <param name="message">What cannot travel, its type, the likely cause, the next step.</param>
    /// <param name="innerException">The cause, for example what a user's comparer threw.</param>
    public PayloadException(string? message, Exception? innerException) : base(message, innerException) { }

    /// <summary>The path to what cannot travel; <see langword="null"/> for the whole value.</summary>
    /// <value>For example <c>Order.Customer.Connection</c>.</value>
    public string? Member { get; init; }

    /// <summary>The setting whose limit was exceeded; <see langword="null"/> if no limit was.</summary>
    /// <value>For example <c>actorpool.payload.max-item-bytes</c>.</value>
    public string? Setting { get; init; }

    /// <summary>Whether the value has a refused type itself, and not a field in it.</summary>
    internal bool IsOfValue { get; init; }
}
