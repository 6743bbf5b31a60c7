namespace ActorPool.Processes;

/// <summary>How a worker process is started and ended.</summary>
internal sealed record ChildOptions
{
    public required ChildStart Start { get; init; }

    /// <summary>Processors that the child's .NET counts with, for its thread pool among others.</summary>
    /// <value>At least 1; default: as the parent.</value>
    public int? Processors { get; init; }

    /// <summary>Finds the item that runs in the child, for lines that do not tell theirs.</summary>
    /// <value>Called while the child's output is read, by any thread, and never after <see cref="ChildProcess.Exited"/>.</value>
    public Func<RunningItem?> FindItem { get; init; } = static () => null;

    /// <summary>Whether a child that writes faster than its lines are read waits, and loses none.</summary>
    public bool KeepsLines { get; init; }

    /// <summary>How long a disposed child may take to end before it is killed.</summary>
    public TimeSpan EndTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
