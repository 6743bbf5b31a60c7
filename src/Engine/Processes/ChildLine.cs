namespace ActorPool.Processes;

/// <summary>A line that a worker process has written, or a piece of a long one.</summary>
internal readonly record struct ChildLine(string Text, bool IsError);
