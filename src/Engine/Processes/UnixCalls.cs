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
        _ = RemoveFile([0]);
        _ = RemoveDirectory([0]);
    }

    /// <summary>Removes a file, and does nothing if it cannot.</summary>
    /// <param name="path">The path in UTF-8, with a zero at its end.</param>
    public static void TryRemoveFile(byte[] path) => _ = RemoveFile(path);

    /// <summary>Removes a directory if it is empty; a link is no directory.</summary>
    /// <param name="path">The path in UTF-8, with a zero at its end.</param>
    public static void TryRemoveDirectory(byte[] path) => _ = RemoveDirectory(path);

    public static void KillProcess(int id) => _ = Kill(id, SigKill);

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

    /// <summary>Gets the user with whose rights this process runs.</summary>
    public static uint GetUser() => OperatingSystem.IsWindows() ? 0 : GetEffectiveUser();

    /// <summary>Reads what a file is, whose, and who may use it. Only on Linux.</summary>
    /// <returns>Null if it cannot be read. Of a symbolic link it is the link itself.</returns>
    public static unsafe FileStatus? ReadStatus(string path)
    {
        const int CurrentDirectory = -100; // AT_FDCWD
        const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
        const uint TypeModeOwners = 0x1 | 0x2 | 0x8 | 0x10; // STATX_TYPE, STATX_MODE, STATX_UID, STATX_GID
        if (!OperatingSystem.IsLinux())
            return null;
        Statx status;
        try
        {
            if (ReadStatx(CurrentDirectory, path, NoFollow, TypeModeOwners, &status) != 0
                || (status.Mask & TypeModeOwners) != TypeModeOwners)
            {
                return null;
            }
        }
        catch (EntryPointNotFoundException)
        {
            return null; // musl before 1.2.5
        }
        return new FileStatus((FileKind)(status.Mode & 0xF000), status.Mode & 0xFFFu, status.User, status.Group);
    }

    /// <summary>Whether this process has the rights of a group.</summary>
    public static unsafe bool IsOwnGroup(uint group)
    {
        const int MaxGroups = 65_536; // NGROUPS_MAX
        if (OperatingSystem.IsWindows())
            return false;
        if (group == GetEffectiveGroup())
            return true;
        var count = GetGroups(0, null);
        if (count is <= 0 or > MaxGroups)
            return false;
        var groups = new uint[count];
        fixed (uint* first = groups)
            count = GetGroups(count, first);
        return count > 0 && groups.AsSpan(0, count).Contains(group);
    }

    /// <summary>The beginning of the system's struct statx, which is the same on all processors.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statx
    {
        [FieldOffset(0)]
        public uint Mask;

        [FieldOffset(20)]
        public uint User;

        [FieldOffset(24)]
        public uint Group;

        [FieldOffset(28)]
        public ushort Mode;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "getegid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetEffectiveGroup();

    [LibraryImport("libc", EntryPoint = "getgroups")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int GetGroups(int count, uint* groups);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int ReadStatx(int directory, string path, int flags, uint mask, Statx* status);

    [LibraryImport("libc", EntryPoint = "unlink")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int RemoveFile(byte[] path);

    [LibraryImport("libc", EntryPoint = "rmdir")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int RemoveDirectory(byte[] path);

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

/// <summary>What a file is: the bits of its mode that say so.</summary>
internal enum FileKind
{
    Directory = 0x4000,
    Link = 0xA000,
    Socket = 0xC000,
}

/// <param name="Kind">What it is; may be none of the named ones.</param>
/// <param name="Mode">Its permissions.</param>
/// <param name="User">Its owner.</param>
/// <param name="Group">Its group.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileStatus(FileKind Kind, uint Mode, uint User, uint Group);
