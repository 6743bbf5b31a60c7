using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Threading.Channels;
using ActorPool.Serialization;
using ActorPool.Tests.Support;
using ActorPool.Transport;

namespace ActorPool.Tests.Transport;

/// <summary>A listener on a port of its own, with the connections and refusals that came of it.</summary>
internal sealed class DataPlane : IAsyncDisposable
{
    private readonly Channel<DataConnection> _connected = Channel.CreateUnbounded<DataConnection>();
    private readonly ConcurrentBag<IAsyncDisposable> _owned = [];
    private readonly Channel<string> _refused = Channel.CreateUnbounded<string>();

    public DataPlane(TransportLimits? limits = null, IChannelSecurity? security = null)
    {
        Limits = limits ?? new TransportLimits();
        Listener = DataListener.Start(new IPEndPoint(IPAddress.Loopback, 0), Limits, security ?? PlainChannel.Instance,
            id => id == Ticket.SessionId ? Ticket : null,
            (_, connection) =>
            {
                _owned.Add(connection);
                _connected.Writer.TryWrite(connection);
            },
            TimeProvider.System, (_, reason) => _refused.Writer.TryWrite(reason));
    }

    public TransportLimits Limits { get; }

    public Ticket Ticket { get; } = Ticket.New(Guid.NewGuid());

    public DataListener Listener { get; }

    public async Task<DataConnection> ConnectAsync(Ticket? ticket = null, TransportLimits? limits = null, IChannelSecurity? security = null)
    {
        var connection = await DataConnection.ConnectAsync(
            Listener.EndPoint, ticket ?? Ticket, limits ?? Limits, security ?? PlainChannel.Instance, TimeProvider.System, default).Within("connecting");
        _owned.Add(connection);
        return connection;
    }

    public Task<DataConnection> Accepted() => _connected.Reader.ReadAsync().Within("a connection at the node");

    /// <summary>A client and its node's side.</summary>
    public async Task<(DataConnection Client, DataConnection Node)> PairAsync(TransportLimits? clientLimits = null, IChannelSecurity? security = null) =>
        (await ConnectAsync(limits: clientLimits, security: security), await Accepted());

    /// <summary>The next reason for which the listener turned somebody away.</summary>
    public Task<string> Refused() => _refused.Reader.ReadAsync().Within("a refusal at the node");

    /// <summary>A caller who speaks for himself.</summary>
    public async Task<NetworkStream> CallAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Listener.EndPoint).Within("a bare connection");
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>A client whose handshake is done, and which then speaks for itself.</summary>
    public async Task<(NetworkStream Client, DataConnection Node)> BareClientAsync()
    {
        var stream = await CallAsync();
        await Handshake.AsClientAsync(stream, Ticket, Limits, default).Within("the handshake of a bare client");
        return (stream, await Accepted());
    }

    /// <summary>Waits until no socket of this listener's port is open in any process.</summary>
    public Task AllClosed() => Deadline.Until(
        () => !IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections().Any(c =>
            (c.LocalEndPoint.Port == Listener.EndPoint.Port || c.RemoteEndPoint.Port == Listener.EndPoint.Port)
            && c.State is TcpState.Established or TcpState.CloseWait),
        "all sockets to be closed");

    public async ValueTask DisposeAsync()
    {
        await Listener.DisposeAsync().Within("the listener to stop");
        foreach (var connection in _owned)
            await connection.DisposeAsync().Within("a connection to end");
    }

    public static PayloadWriter Body(ReadOnlySpan<byte> bytes)
    {
        var body = new PayloadWriter();
        bytes.CopyTo(body.GetSpan(bytes.Length));
        body.Advance(bytes.Length);
        return body;
    }

    public static PayloadWriter Reference(byte[] bytes)
    {
        var body = new PayloadWriter();
        body.Reference(bytes);
        return body;
    }

    public static async ValueTask<byte[]> ReadAll(Frame frame)
    {
        var bytes = new byte[frame.Body.Remaining];
        await frame.Body.ReadExactlyAsync(bytes, default);
        return bytes;
    }

    public static byte[] Noise(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
