namespace ActorPool.Node;

/// <summary>Ends a command; the message tells the user what failed, the value, what to do.</summary>
internal sealed class NodeException : Exception
{
    public NodeException() { }

    public NodeException(string? message) : base(message) { }

    public NodeException(string? message, Exception? innerException) : base(message, innerException) { }

    /// <summary>What is wrong, one by one; empty where the message alone says it.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>The exit code of the process, one of <see cref="CommandLine"/>'s codes.</summary>
    public int ExitCode { get; init; } = CommandLine.Failure;
}
