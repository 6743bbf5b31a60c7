using System.Globalization;

namespace ActorPool.Processes;

/// <summary>What Linux tells of a process in <c>/proc/ID/stat</c>.</summary>
internal static class ProcessState
{
    private const int StateField = 0; // of those after the name
    private const int StartField = 19;

    /// <summary>Reads the letter of its state, t if a debugger holds it; null if unknown.</summary>
    public static char? Read(int processId) => ReadFields(processId)?[StateField][0];

    /// <summary>Reads when it started, in ticks; null if unknown.</summary>
    public static string? ReadStart(int processId) => ReadFields(processId)?[StartField];

    private static string[]? ReadFields(int processId)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            // The name of the process, in parentheses, may have spaces.
            return stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // It has ended already.
        }
    }
}
