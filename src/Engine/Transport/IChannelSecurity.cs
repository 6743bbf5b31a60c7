using System.Net.Sockets;

namespace ActorPool.Transport;

/// <summary>Secures a connection's stream before the handshake; this is where TLS goes.</summary>
internal interface IChannelSecurity
{
    /// <summary>Secures a new connection.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="isServer">Whether this side was called.</param>
    /// <param name="host">The host that this side has called; null if it was called.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The secured stream. It owns <paramref name="stream"/>: disposing it disposes that.</returns>
    /// <exception cref="HandshakeException">The connection cannot be secured; the message says why.</exception>
    ValueTask<Stream> SecureAsync(NetworkStream stream, bool isServer, string? host, CancellationToken cancellationToken);

    /// <summary>Gets what the caller of a secured connection may do.</summary>
    /// <value>Everything, where only processes of this user or this machine can call.</value>
    PeerRoles GetRoles(Stream secured) => PeerRoles.All;
}

/// <summary>Leaves the connection as it is, for loopback.</summary>
/// <remarks>The ticket's proof authenticates the connection, but anyone who can read the wire can read what is sent.</remarks>
internal sealed class PlainChannel : IChannelSecurity
{
    public static PlainChannel Instance { get; } = new();

    public ValueTask<Stream> SecureAsync(NetworkStream stream, bool isServer, string? host, CancellationToken cancellationToken) =>
        new(stream);
}
