namespace ActorPool.Processes;

/// <summary>The first lines of what .NET writes to standard error when it ends a process.</summary>
internal static class CrashReport
{
    public const string StackOverflow = "Stack overflow.";
    public const string FailFast = "Process terminated.";
    public const string UnhandledException = "Unhandled exception.";
    public const string OutOfMemory = "Out of memory.";
    public const string FatalError = "Fatal error.";

    private static readonly string[] s_heads = [StackOverflow, FailFast, UnhandledException, OutOfMemory, FatalError];

    public static bool IsHead(string line) => FindHead(line) is not null;

    /// <summary>Returns which report a line starts; null if it starts none.</summary>
    public static string? FindHead(string line) => Array.Find(s_heads, head => line.StartsWith(head, StringComparison.Ordinal));
}
