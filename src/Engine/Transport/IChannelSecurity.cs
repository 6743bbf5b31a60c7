using System.Net.Sockets;

namespace ActorPool.Transport;

/// <summary>Makes the stream that a connection speaks over from its socket, before a byte of the handshake: the place of TLS.</summary>
internal interface IChannelSecurity
{
    /// <summary>Secures a fresh connection; a peer that does not fit is an exception that says why. Owns the stream: disposing the result disposes it.</summary>
    ValueTask<Stream> SecureAsync(NetworkStream stream, bool isServer, CancellationToken cancellationToken);
}

/// <summary>Leaves the connection as it is: authenticated by the ticket's proof, readable by whoever can read the wire. For loopback.</summary>
internal sealed class PlainChannel : IChannelSecurity
{
    public static PlainChannel Instance { get; } = new();

    public ValueTask<Stream> SecureAsync(NetworkStream stream, bool isServer, CancellationToken cancellationToken) => new(stream);
}
