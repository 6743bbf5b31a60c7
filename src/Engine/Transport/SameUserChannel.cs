using System.Globalization;
using System.Net.Sockets;
using ActorPool.Processes;

namespace ActorPool.Transport;

/// <summary>Leaves a Unix domain socket as it is, if both processes are of one user.</summary>
/// <remarks>The system tells who that is: of a caller when it called, of a listener when it began to listen. Only on Linux.</remarks>
internal sealed class SameUserChannel : IChannelSecurity
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int PeerCredentials = 17; // SO_PEERCRED
    private const int CredentialsSize = 12; // struct ucred: process, user, group

    public static SameUserChannel Instance { get; } = new();

    public ValueTask<Stream> SecureAsync(NetworkStream stream, bool isServer, string? host, CancellationToken cancellationToken)
    {
        var (peer, own) = (ReadPeer(stream.Socket), UnixCalls.GetUser());
        return peer == own
            ? new ValueTask<Stream>(stream)
            : throw new HandshakeException(
                $"The {(isServer ? "caller" : "node")}'s process is of the user "
                + $"[{peer?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}], this one of [{own}]: "
                + "such a socket is only for processes of one user.");
    }

    /// <returns>Null where the system does not tell.</returns>
    private static uint? ReadPeer(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        Span<byte> credentials = stackalloc byte[CredentialsSize];
        return socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials) == CredentialsSize
            ? BitConverter.ToUInt32(credentials[4..])
            : null;
    }
}
