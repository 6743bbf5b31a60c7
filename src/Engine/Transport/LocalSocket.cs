using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorPool.Transport;

/// <summary>Data connections between processes of one user on one machine, over a Unix domain socket.</summary>
/// <remarks>
/// The socket is in a directory that only this user can enter, and both sides prove the ticket as over a network; nothing is encrypted.
/// Here a pool's side listens for its worker process, since it is there first; <see cref="NodeSocket"/> is a node's. Windows has such
/// sockets, too; there they are not tested.
/// </remarks>
internal static class LocalSocket
{
    /// <summary>Length of the longest path, in bytes of UTF-8.</summary>
    /// <remarks>The system's <c>sun_path</c> has 108, with a zero at its end.</remarks>
    public const int MaxPathBytes = 107;

    private const int BufferBytes = 4 << 20; // the system gives less if its own limit is lower

    /// <summary>Listens at a path.</summary>
    /// <param name="path">A file that does not exist.</param>
    /// <param name="backlog">Connections that the system keeps until this process accepts them.</param>
    /// <exception cref="IOException">The path is longer than the system allows, or nothing can listen there.</exception>
    public static Socket Listen(string path, int backlog = 1)
    {
        if (Encoding.UTF8.GetByteCount(path) > MaxPathBytes)
        {
            throw new IOException(
                $"The socket [{path}] would have a path of more than [{MaxPathBytes}] bytes, which the system does not allow: "
                + "set the variable TMPDIR to a shorter directory.");
        }
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            socket.Listen(backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"Nothing can listen at [{path}]: {e.Message}", e);
        }
    }

    /// <summary>Accepts the session's process; for the pool's side.</summary>
    /// <exception cref="HandshakeException">What has connected is not the process with the ticket.</exception>
    public static async Task<DataConnection> AcceptAsync(
        Socket listener, Ticket ticket, TransportLimits limits, TimeProvider clock, CancellationToken cancellationToken)
    {
        var socket = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
        return await OpenAsync(
            socket,
            limits,
            clock,
            async (stream, token) => (await Handshake.RunAsClientAsync(stream, ticket, limits, token).ConfigureAwait(false)).MaxFrameBytes,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connects to the pool; for the session's side.</summary>
    /// <exception cref="HandshakeException">What listens there is not the pool with the ticket.</exception>
    /// <exception cref="SocketException">Nothing listens there.</exception>
    public static Task<DataConnection> ConnectAsync(
        string path, Ticket ticket, TransportLimits limits, TimeProvider clock, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            Connect(socket, new UnixDomainSocketEndPoint(path));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        return OpenAsync(
            socket,
            limits,
            clock,
            async (stream, token) => (await Handshake.RunAsNodeAsync(
                stream, session => session == ticket.SessionId ? ticket : null, limits, token).ConfigureAwait(false)).PeerMaxFrameBytes,
            cancellationToken);
    }

    /// <summary>Connects at once or never: what listens there may accept nothing.</summary>
    /// <remarks>
    /// Not asynchronously: the socket would be watched by the thread for all sockets from then on, which each frame then wakes, too.
    /// </remarks>
    /// <exception cref="SocketException">Nothing listens there, or it has too many callers.</exception>
    public static void Connect(Socket socket, EndPoint endPoint)
    {
        socket.Blocking = false;
        socket.Connect(endPoint);
        socket.Blocking = true;
    }

    /// <summary>Applies the settings of every such socket of the data plane.</summary>
    /// <remarks>It does not grow its buffer, as a socket of a network does; the default holds a tenth of a chunk.</remarks>
    public static void Tune(Socket socket) => socket.SendBufferSize = BufferBytes;

    private static async Task<DataConnection> OpenAsync(
        Socket socket, TransportLimits limits, TimeProvider clock, Func<Stream, CancellationToken, Task<long>> handshake,
        CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limits.HandshakeTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        Tune(socket);
        var stream = new ThreadStream(socket);
        try
        {
            var peerMaxFrameBytes = await stream.BeginAsync(() => handshake(stream, either.Token), either.Token).ConfigureAwait(false);
            return new DataConnection(socket, stream, socket.RemoteEndPoint, limits, peerMaxFrameBytes, clock);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
