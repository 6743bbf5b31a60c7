namespace ActorPool;

/// <summary>A function cannot run in another process, or a node does not take it.</summary>
/// <remarks>
/// Functions travel to a cluster by reference: assembly, module version, method, and the values of the captured variables that they read. This is thrown at the
/// call, before anything is sent, when the method has no such reference (it was generated at run time) or when a captured value belongs to its process:
/// an open stream, a client, a task, a cancellation token. A node refuses with it what its settings do not let in.
/// </remarks>
public sealed class FunctionNotShippableException : ActorPoolException
{
    /// <summary>Makes the error without a message of its own.</summary>
    public FunctionNotShippableException() { }

    /// <summary>Makes the error with a message.</summary>
    /// <param name="message">Which function, what keeps it, and what to do.</param>
    public FunctionNotShippableException(string? message) : base(message) { }

    /// <summary>Makes the error with a message and a cause.</summary>
    /// <param name="message">Which function, what keeps it, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public FunctionNotShippableException(string? message, Exception? innerException) : base(message, innerException) { }

    internal FunctionNotShippableException(string message, string function, string? captured = null, Type? capturedType = null, Exception? innerException = null)
        : base(message, innerException) => (Function, Captured, CapturedType) = (function, captured, capturedType?.ToString());

    /// <summary>The function in its author's words, such as <c>a lambda in Program.Main</c>, where it is known.</summary>
    public string? Function { get; }

    /// <summary>The captured variable that cannot travel, where there is one; <c>this</c> for the object in whose method the lambda stands.</summary>
    public string? Captured { get; }

    /// <summary>The full name of the type of what cannot travel.</summary>
    public string? CapturedType { get; }
}
