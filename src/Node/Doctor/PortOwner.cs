using System.Globalization;

namespace ActorPool.Node.Doctor;

/// <summary>Finds which process listens on a port of this machine.</summary>
/// <remarks>As far as this user may know.</remarks>
internal static class PortOwner
{
    private const string Listening = "0A"; // the state in proc(5), net/tcp

    /// <summary>Describes the process for people.</summary>
    /// <returns>Null if the system does not tell: not Linux, or a process of another network namespace.</returns>
    public static string? Find(int port)
    {
        foreach (var table in new[] { "/proc/net/tcp", "/proc/net/tcp6" })
        {
            if (File.Exists(table) && FindSocket(File.ReadLines(table).Skip(1), port) is var (inode, user))
                return FindProcess(inode) ?? $"a process of the user with the number {user}";
        }
        return null;
    }

    /// <summary>Finds the listening socket of a port in the lines of such a table.</summary>
    public static (string Inode, string User)? FindSocket(IEnumerable<string> lines, int port)
    {
        var local = port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var line in lines)
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[3] is Listening && fields[1].EndsWith($":{local}", StringComparison.Ordinal))
                return (fields[9], fields[7]);
        }
        return null;
    }

    private static string? FindProcess(string inode)
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                if (Directory.EnumerateFiles(Path.Combine(directory, "fd")).Any(file => IsSocket(file, inode)))
                    return $"{File.ReadAllText(Path.Combine(directory, "comm")).Trim()}, process {Path.GetFileName(directory)}";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue; // it has ended, or is another user's
            }
        }
        return null;
    }

    private static bool IsSocket(string file, string inode) =>
        string.Equals(new FileInfo(file).LinkTarget, $"socket:[{inode}]", StringComparison.Ordinal);
}
