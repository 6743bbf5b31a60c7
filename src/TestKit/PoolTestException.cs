namespace ActorPool.TestKit;

/// <summary>An expectation about a pool was not met; the message shows what was outstanding.</summary>
/// <remarks>Every test framework reports it as the failure of its test.</remarks>
public sealed class PoolTestException : Exception
{
    /// <summary>Creates the error without a message of its own.</summary>
    public PoolTestException() { }

    /// <summary>Creates the error with a message.</summary>
    /// <param name="message">What was expected, and what was outstanding.</param>
    public PoolTestException(string? message) : base(message) { }

    /// <summary>Creates the error with a message and a cause.</summary>
    /// <param name="message">What was expected, and what was outstanding.</param>
    /// <param name="innerException">The cause.</param>
    public PoolTestException(string? message, Exception? innerException) : base(message, innerException) { }
}
