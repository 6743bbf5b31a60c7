namespace ActorPool;

/// <summary>A function cannot run in another process, or a node refuses it.</summary>
/// <remarks>
/// Functions travel to a cluster by reference: assembly, module version, method, and the values of the captured variables that they read.
/// This is thrown at the call, before anything is sent, when the method has no such reference (it was generated at run time) or when a
/// captured value belongs to its process: an open stream, a client, a task, a cancellation token. With
/// <c>actorpool.cluster.lost-writes = refuse</c> it is also thrown when the function changes a captured variable or a static field, or
/// reads a static field that the program sets. A job fails with it when a node's settings do not admit the function.
/// </remarks>
public sealed class FunctionNotShippableException : ActorPoolException
{
    /// <summary>Creates the error without a message.</summary>
    public FunctionNotShippableException() { }

    /// <summary>Creates the error with a message.</summary>
    /// <param name="message">Which function, what prevents it, and what to do.</param>
    public FunctionNotShippableException(string? message) : base(message) { }

    /// <summary>Creates the error with a message and a cause.</summary>
    /// <param name="message">Which function, what prevents it, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public FunctionNotShippableException(string? message, Exception? innerException) : base(message, innerException) { }

    internal FunctionNotShippableException(
        string message, string function, string? captured = null, Type? capturedType = null, Exception? innerException = null)
        : base(message, innerException) => (Function, Captured, CapturedType) = (function, captured, capturedType?.ToString());

    /// <summary>The function in its author's words; <see langword="null"/> where it is unknown.</summary>
    /// <value>For example <c>a lambda in Program.Main</c>.</value>
    public string? Function { get; }

    /// <summary>The captured variable that cannot travel; <see langword="null"/> where it is not a captured variable.</summary>
    /// <value>
    /// <c>this</c> stands for the object in whose method the lambda is. Where the function is refused for what it changes or reads, the
    /// variable or static field.
    /// </value>
    public string? Captured { get; }

    /// <summary>The full name of the type that cannot travel.</summary>
    public string? CapturedType { get; }
}
