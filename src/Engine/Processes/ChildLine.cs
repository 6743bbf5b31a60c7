namespace ActorPool.Processes;

/// <summary>A line that a worker process has written, or a piece of a long one.</summary>
/// <param name="Text">The line, without its end.</param>
/// <param name="IsError">Whether it came from standard error.</param>
/// <param name="Item">The item that has written it, or that ran when it was read; null for none.</param>
internal readonly record struct ChildLine(string Text, bool IsError, RunningItem? Item);
