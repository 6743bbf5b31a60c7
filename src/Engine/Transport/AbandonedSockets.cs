using System.Net.Sockets;
using ActorPool.Processes;

namespace ActorPool.Transport;

/// <summary>The sockets that nodes of this user have left behind because they were killed.</summary>
/// <remarks>
/// One is removed with its directory if both are what <see cref="NodeSocket"/> makes, and no process has the socket. A connection would
/// tell that only of a node that listens already, and disturb it. So the question is put by a socket of another type: the system answers
/// that the types differ while there is a process, however early in its start or however frozen it is, and never tells the process.
/// </remarks>
internal static class AbandonedSockets
{
    private const uint WriteOfOthers = 0b_010_010;
    private const uint Sticky = 0b_001_000_000_000;

    // The system makes the file a moment before it knows whose it is.
    private static readonly TimeSpan s_minAge = TimeSpan.FromMinutes(1);

    /// <summary>Removes them, as far as it can.</summary>
    public static void Remove() => Remove(Path.GetTempPath());

    /// <summary>Removes those in a directory for temporary files.</summary>
    public static void Remove(string temporary)
    {
        if (!NodeSocket.IsSupported)
            return;
        try
        {
            if (!IsOwn(temporary))
                return;
            foreach (var directory in Directory.EnumerateDirectories(temporary, $"{SocketDirectory.Prefix}*"))
                TryRemove(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Nothing depends on it.
        }
    }

    /// <summary>Whether this system knows all processes with sockets there.</summary>
    /// <remarks>Another machine may share a network drive. Nor may other users be able to replace directories.</remarks>
    private static bool IsOwn(string temporary) =>
        new DriveInfo(temporary).DriveType != DriveType.Network
        && UnixCalls.ReadStatus(Path.TrimEndingDirectorySeparator(Path.GetFullPath(temporary))) is { Kind: FileKind.Directory } status
        && ((status.Mode & WriteOfOthers) == 0 || (status.Mode & Sticky) != 0);

    private static void TryRemove(string directory)
    {
        try
        {
            var path = Path.Combine(directory, NodeSocket.Name);
            if (NodeSocket.FindRefusal(path) is not null
                || TimeProvider.System.GetUtcNow().UtcDateTime - Directory.GetLastWriteTimeUtc(directory) < s_minAge
                || HasProcess(path))
            {
                return;
            }
            File.Delete(path);
            Directory.Delete(directory); // stays if there is anything else in it
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process may have removed it meanwhile.
        }
    }

    private static bool HasProcess(string path)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode != SocketError.ConnectionRefused;
        }
    }
}
