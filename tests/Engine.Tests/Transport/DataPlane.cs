using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Threading.Channels;
using ActorPool.Serialization;
using ActorPool.Tests.Support;
using ActorPool.Transport;

namespace ActorPool.Tests.Transport;

/// <summary>A listener on its own port, with its connections and refusals.</summary>
internal sealed class DataPlane : IAsyncDisposable
{
    private readonly Channel<DataConnection> _connected = Channel.CreateUnbounded<DataConnection>();
    private readonly ConcurrentBag<IAsyncDisposable> _owned = [];
    private readonly Channel<string> _refused = Channel.CreateUnbounded<string>();

    private readonly TimeProvider _clock;

    /// <param name="limits">Limits of both sides.</param>
    /// <param name="security">Security of both sides.</param>
    /// <param name="clock">Clock of both sides; null: the system's.</param>
    public DataPlane(TransportLimits? limits = null, IChannelSecurity? security = null, TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        Limits = limits ?? new TransportLimits();
        Listener = DataListener.Start(new IPEndPoint(IPAddress.Loopback, 0), Limits, security ?? PlainChannel.Instance,
            id => id == Ticket.SessionId ? Ticket : null,
            (_, connection) =>
            {
                _owned.Add(connection);
                _connected.Writer.TryWrite(connection);
            },
            _clock, (_, reason) => _refused.Writer.TryWrite(reason));
    }

    public TransportLimits Limits { get; }

    public Ticket Ticket { get; } = Ticket.Create(Guid.NewGuid());

    public DataListener Listener { get; }

    public async Task<DataConnection> ConnectAsync(Ticket? ticket = null, TransportLimits? limits = null, IChannelSecurity? security = null)
    {
        var connection = await DataConnection.ConnectAsync(
            Listener.EndPoint, ticket ?? Ticket, limits ?? Limits, security ?? PlainChannel.Instance, _clock, default).Within("connecting");
        _owned.Add(connection);
        return connection;
    }

    public Task<DataConnection> AcceptAsync() => _connected.Reader.ReadAsync().Within("a connection at the node");

    /// <summary>Connects a client and returns both sides.</summary>
    public async Task<(DataConnection Client, DataConnection Node)> PairAsync(
        TransportLimits? clientLimits = null, IChannelSecurity? security = null) =>
        (await ConnectAsync(limits: clientLimits, security: security), await AcceptAsync());

    /// <summary>Waits for the next reason why the listener refused a caller.</summary>
    public Task<string> NextRefusalAsync() => _refused.Reader.ReadAsync().Within("a refusal at the node");

    /// <summary>Opens a bare connection, without a handshake.</summary>
    public async Task<NetworkStream> CallAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Listener.EndPoint).Within("a bare connection");
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Opens a bare connection and does the handshake on it.</summary>
    public async Task<(NetworkStream Client, DataConnection Node)> BareClientAsync()
    {
        var stream = await CallAsync();
        await Handshake.RunAsClientAsync(stream, Ticket, Limits, default).Within("the handshake of a bare client");
        return (stream, await AcceptAsync());
    }

    /// <summary>Waits until no socket of this listener's port is open in any process.</summary>
    public Task WaitUntilClosedAsync() => Deadline.Until(
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
        body.AddReference(bytes);
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
