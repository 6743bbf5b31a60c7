namespace ActorPool;

/// <summary>A value cannot travel to another process, or the bytes that arrived are not those of one.</summary>
/// <remarks>
/// Thrown at the call where the types alone say so, else as the failure of the item. The message names the type, the way to it
/// (<c>Order.Customer.Connection</c>), and what to do about it.
/// </remarks>
public sealed class PayloadException : ActorPoolException
{
    /// <summary>Makes an error without a message of its own.</summary>
    public PayloadException() { }

    /// <summary>Makes an error that says what cannot travel and what to do.</summary>
    /// <param name="message">What cannot travel, its type, the likely cause, the next step.</param>
    public PayloadException(string? message) : base(message) { }

    /// <summary>Makes an error with the one that caused it.</summary>
    /// <param name="message">What cannot travel, its type, the likely cause, the next step.</param>
    /// <param name="innerException">The cause, for example what a user's comparer threw.</param>
    public PayloadException(string? message, Exception? innerException) : base(message, innerException) { }

    /// <summary>The way to what cannot travel, for example <c>Order.Customer.Connection</c>; <see langword="null"/> where the whole value is meant.</summary>
    public string? Member { get; init; }

    /// <summary>The setting whose limit was passed, for example <c>actorpool.payload.max-item-bytes</c>; <see langword="null"/> where no limit was.</summary>
    public string? Setting { get; init; }
}
