using ActorPool.Configuration;
using ActorPool.Processes;

namespace ActorPool.Security;

/// <summary>Decides whether other users of the machine could use or replace certificates.</summary>
/// <remarks>
/// A secret that Kubernetes mounts is a directory that all may write, with the sticky bit, and with links of root's: others cannot replace
/// those. Its key belongs to root, and the process's group may read it.
/// </remarks>
internal static class IdentityAccess
{
    private const uint OthersWrite = 0b_000_010_010;
    private const uint OthersAny = 0b_000_111_111;
    private const uint GroupRead = 0b_000_100_000;
    private const uint Sticky = 0b_001_000_000_000;
    private const int MaxLinks = 40;

    /// <summary>Says why a directory of certificates cannot be used.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="names">Its files, which exist.</param>
    /// <returns>Sentences with what to do; null if it can be used.</returns>
    public static string? FindRefusal(string directory, IdentityNames names)
    {
        var key = Path.Combine(directory, names.Key);
        if (UnixCalls.ReadStatus(directory) is null)
            return FindRefusalByMode(directory, names, key);
        if (FindRealPath(key, out var reason) is not { } realKey)
            return reason;
        if (!IsPrivate(UnixCalls.ReadStatus(realKey)!.Value))
        {
            return $"[{realKey}] can be used by other users of this machine. Do: chmod 600 {realKey}; "
                + "or give it to root and to a group of this process, with the mode 0440 (in Kubernetes: defaultMode and fsGroup).";
        }
        return FindRealPath(Path.Combine(directory, names.Authority), out reason) is null
            || FindRealPath(Path.Combine(directory, names.Certificate), out reason) is null
            ? reason
            : null;
    }

    /// <summary>Whether only root, this process's user and this process's group can read a file.</summary>
    private static bool IsPrivate(FileStatus file)
    {
        var others = file.Mode & OthersAny;
        // A user's own group may have other users; that of a file of root's was chosen for this process.
        return others == 0 || (others == GroupRead && file.User == 0 && UnixCalls.IsOwnGroup(file.Group));
    }

    /// <summary>Follows all links of a file's path, and checks that others cannot change them.</summary>
    /// <returns>Null if they can, with the reason. Only the directory of the file and what its links name is checked.</returns>
    private static string? FindRealPath(string path, out string reason)
    {
        var current = "/";
        var rest = new Stack<(string Name, bool IsChecked)>([(Path.GetFileName(path), true)]);
        Push(rest, Path.GetDirectoryName(Path.GetFullPath(path))!, isChecked: false);
        for (var links = 0; rest.TryPop(out var part);)
        {
            if (part.Name is "..")
                current = Path.GetDirectoryName(current) ?? "/";
            if (part.Name is "." or "..")
                continue;
            var entry = Path.Combine(current, part.Name);
            if (UnixCalls.ReadStatus(current) is not { } directory || UnixCalls.ReadStatus(entry) is not { } found)
                return Refuse($"[{entry}] cannot be read.", out reason);
            if (part.IsChecked && !IsKept(directory, found))
                return RefuseWritable(current, out reason);
            if (found.Kind == FileKind.Link)
            {
                if (++links > MaxLinks)
                    return Refuse($"[{entry}] is a link that leads to itself.", out reason);
                var target = new FileInfo(entry).LinkTarget!;
                current = target.StartsWith('/') ? "/" : current;
                Push(rest, target, part.IsChecked);
                continue;
            }
            if (rest.Count == 0 && (found.Mode & OthersWrite) != 0)
                return RefuseWritable(entry, out reason);
            current = entry;
        }
        reason = "";
        return current;
    }

    private static void Push(Stack<(string Name, bool IsChecked)> rest, string path, bool isChecked)
    {
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
            rest.Push((name, isChecked));
    }

    /// <summary>Whether other users cannot replace an entry of a directory.</summary>
    private static bool IsKept(FileStatus directory, FileStatus entry) =>
        (directory.Mode & OthersWrite) == 0
        || ((directory.Mode & Sticky) != 0 && IsTrusted(directory.User) && IsTrusted(entry.User));

    private static bool IsTrusted(uint user) => user == 0 || user == UnixCalls.GetUser();

    private static string? RefuseWritable(string path, out string reason) =>
        Refuse(
            $"[{path}] can be changed by other users of this machine, who could make themselves members. Do: chmod go-w {path}",
            out reason);

    private static string? Refuse(string why, out string reason)
    {
        reason = why;
        return null;
    }

    /// <summary>The same by permissions alone, for systems where owners cannot be read.</summary>
    private static string? FindRefusalByMode(string directory, IdentityNames names, string key)
    {
        if (UserFiles.IsOpenToOthers(key))
            return $"[{key}] can be used by other users of this machine. Do: chmod 600 {key}";
        string[] paths = [directory, Path.Combine(directory, names.Authority), Path.Combine(directory, names.Certificate)];
        return paths.FirstOrDefault(UserFiles.IsWritableByOthers) is { } writable
            ? $"[{writable}] can be changed by other users of this machine, who could make themselves members. Do: chmod go-w {writable}"
            : null;
    }
}
