using System.Net.Sockets;

namespace ActorPool.Transport;

/// <summary>Makes the stream that a connection speaks over from its socket, before a byte of the handshake: the place of TLS.</summary>
internal interface IChannelSecurity
{
    /// <summary>Secures a fresh connection. Owns the stream: disposing the result disposes it.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="isServer">Whether this side was called.</param>
    /// <param name="host">The host that this side has called; null if it was called.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="HandshakeException">The peer does not fit; the message says why.</exception>
    ValueTask<Stream> SecureAsync(NetworkStream stream, bool isServer, string? host, CancellationToken cancellationToken);
}

/// <summary>Leaves the connection as it is: authenticated by the ticket's proof, readable by whoever can read the wire. For loopback.</summary>
internal sealed class PlainChannel : IChannelSecurity
{
    public static PlainChannel Instance { get; } = new();

    public ValueTask<Stream> SecureAsync(NetworkStream stream, bool isServer, string? host, CancellationToken cancellationToken) => new(stream);
}
