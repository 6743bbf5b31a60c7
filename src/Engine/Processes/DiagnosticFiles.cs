using System.Globalization;

namespace ActorPool.Processes;

/// <summary>The sockets and pipes that .NET makes for debuggers of a process.</summary>
/// <remarks>
/// A killed process leaves them behind. Only on Linux can their names be computed, with the id of the process and its start.
/// </remarks>
internal sealed class DiagnosticFiles
{
    private readonly string[] _paths;

    private DiagnosticFiles(string[] paths) => _paths = paths;

    /// <summary>Computes the names, while the process runs or has not been waited for.</summary>
    public static DiagnosticFiles For(int processId)
    {
        if (ProcessState.ReadStart(processId) is not { } start)
            return new DiagnosticFiles([]);
        var (folder, name) = (Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"{processId}-{start}"));
        return new DiagnosticFiles(
        [
            Path.Combine(folder, $"clr-debug-pipe-{name}-in"),
            Path.Combine(folder, $"clr-debug-pipe-{name}-out"),
            Path.Combine(folder, $"dotnet-diagnostic-{name}-socket"),
        ]);
    }

    public void Delete()
    {
        try
        {
            Array.ForEach(_paths, File.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They are the system's to clean, then: nobody misses them, and they hold nothing.
        }
    }
}
