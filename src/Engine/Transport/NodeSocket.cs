using System.Net.Sockets;
using System.Text;
using ActorPool.Processes;

namespace ActorPool.Transport;

/// <summary>A node's Unix domain socket, for pools of its user on its machine.</summary>
/// <remarks>
/// It replaces TLS there: only this user can enter its directory, and each side asks the system for the other's user. Both prove the ticket
/// as over a network. Only on Linux, where these checks are tested.
/// </remarks>
internal sealed class NodeSocket : IDisposable
{
    /// <summary>The name of each such socket, in its directory.</summary>
    public const string Name = "node.sock";

    private const int Backlog = 256; // as many as at the node's port

    private readonly SocketDirectory _directory;

    private NodeSocket(SocketDirectory directory, string path, Socket listener) =>
        (_directory, Path, Listener) = (directory, path, listener);

    /// <summary>Whether the system tells whose process is at the other end.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    public string Path { get; }

    public Socket Listener { get; }

    /// <summary>Listens at a new path.</summary>
    /// <exception cref="IOException">There can be no such socket; the message says why.</exception>
    public static NodeSocket Open()
    {
        if (!IsSupported)
            throw new IOException("The users of such sockets are checked on Linux only.");
        AbandonedSockets.Remove();
        var directory = SocketDirectory.Create();
        Socket? listener = null;
        try
        {
            var path = System.IO.Path.Combine(directory.Path, Name);
            listener = LocalSocket.Listen(path, Backlog);
            // A file system without Unix permissions, for example.
            if (FindRefusal(path) is { } refusal)
                throw new IOException($"No pool would use the node's socket. {refusal}");
            return new NodeSocket(directory, path, listener);
        }
        catch
        {
            listener?.Dispose();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Checks a path that a node has sent, before anything connects to it.</summary>
    /// <returns>Why it must not be used; null if it may.</returns>
    /// <remarks>
    /// A node on another machine may have sent it, or one that wants this process to call another service. So no other name will do.
    /// </remarks>
    public static string? FindRefusal(string path)
    {
        if (!IsSupported)
            return "The users of such sockets are checked on Linux only.";
        if (Encoding.UTF8.GetByteCount(path) > LocalSocket.MaxPathBytes)
            return $"Its path has more than [{LocalSocket.MaxPathBytes}] bytes.";
        if (!System.IO.Path.IsPathFullyQualified(path) || path.Any(char.IsControl))
            return "Its path is not an absolute one.";
        var directory = System.IO.Path.GetDirectoryName(path)!;
        if (!System.IO.Path.GetFileName(path).Equals(Name, StringComparison.Ordinal)
            || !System.IO.Path.GetFileName(directory).StartsWith(SocketDirectory.Prefix, StringComparison.Ordinal))
        {
            return $"The path [{path}] is not one that nodes give their sockets.";
        }
        return FindRefusal(directory, FileKind.Directory, "directory") ?? FindRefusal(path, FileKind.Socket, "socket");
    }

    public void Dispose()
    {
        Listener.Dispose();
        _directory.Dispose();
    }

    private static string? FindRefusal(string path, FileKind kind, string noun)
    {
        const uint OthersMask = 0b_111_111;
        if (UnixCalls.ReadStatus(path) is not { } file)
            return $"[{path}] does not exist here, or cannot be looked at.";
        if (file.Kind != kind)
            return $"[{path}] is not a {noun}.";
        if (file.User != UnixCalls.GetUser())
            return $"[{path}] belongs to the user [{file.User}], and this process to [{UnixCalls.GetUser()}].";
        return kind == FileKind.Directory && (file.Mode & OthersMask) != 0
            ? $"[{path}] has the mode [{Convert.ToString(file.Mode, 8)}], so other users have access to it."
            : null;
    }
}
