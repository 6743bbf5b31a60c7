using System.Runtime.InteropServices;

namespace ActorPool.Processes;

/// <summary>The calls of a Unix system that .NET has no method for.</summary>
/// <remarks>On Windows they do nothing.</remarks>
internal static partial class UnixCalls
{
    private const int SigKill = 9;

    /// <summary>Makes this process the leader of a session and of a process group.</summary>
    /// <remarks>Signals of the parent's terminal, as of Ctrl+C, then reach only the parent, which ends its children.</remarks>
    public static void LeadSession()
    {
        if (OperatingSystem.IsWindows())
            return;
        _ = SetSid();
        // Resolves the function now: at the end there may be no memory left to do it.
        _ = Kill(Environment.ProcessId, 0);
    }

    /// <summary>Kills what is left of the process group of a worker that has ended.</summary>
    /// <remarks>
    /// The system gives the worker's id to no other process while the group has processes. So if a process has the id, nothing is left.
    /// </remarks>
    public static void KillRestOfGroup(int leader)
    {
        if (!OperatingSystem.IsWindows() && Kill(leader, 0) != 0)
            _ = Kill(-leader, SigKill);
    }

    /// <summary>Kills this process, and its group if it leads one, at once.</summary>
    /// <remarks>Neither threads that do not stop nor handlers of the process's end can delay it.</remarks>
    public static void KillOwnGroup()
    {
        var id = Environment.ProcessId;
        _ = Kill(GetGroup() == id ? 0 : id, SigKill);
    }

    /// <summary>Gives standard input another file.</summary>
    public static void ReplaceStandardInput(SafeHandle file) => _ = Duplicate(file, 0);

    /// <summary>Sets a variable for native code, which does not see those that .NET has set.</summary>
    public static void SetVariable(string name, string? value)
    {
        if (OperatingSystem.IsWindows())
            return;
        _ = value is null ? UnsetEnv(name) : SetEnv(name, value, overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setsid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetSid();

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetGroup();

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "dup2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Duplicate(SafeHandle file, int descriptor);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetEnv(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int UnsetEnv(string name);
}
