namespace ActorPool.Node;

/// <summary>A command cannot go on; the message is for the user: what failed, the value, what to do.</summary>
internal sealed class NodeException : Exception
{
    public NodeException() { }

    public NodeException(string? message) : base(message) { }

    public NodeException(string? message, Exception? innerException) : base(message, innerException) { }

    /// <summary>What the process returns, one of <see cref="CommandLine"/>'s codes.</summary>
    public int ExitCode { get; init; } = CommandLine.Failure;
}
