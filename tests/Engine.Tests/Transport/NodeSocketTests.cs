using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using ActorPool.Tests.Support;
using ActorPool.Transport;

namespace ActorPool.Tests.Transport;

/// <summary>The Unix domain socket of a node; Cluster.Tests has other users and changed files.</summary>
public sealed class NodeSocketTests
{
    [Fact]
    public void It_is_in_a_directory_for_its_user_only_which_goes_with_it()
    {
        var socket = NodeSocket.Open();
        var directory = Path.GetDirectoryName(socket.Path)!;

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
        Assert.Null(NodeSocket.FindRefusal(socket.Path));
        socket.Dispose();
        Assert.False(Directory.Exists(directory));
        Assert.Contains("does not exist", NodeSocket.FindRefusal(socket.Path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "not an absolute one")]
    [InlineData("actorpool-a/node.sock", "not an absolute one")]
    [InlineData("/tmp/actorpool-a\n/node.sock", "not an absolute one")]
    [InlineData("/tmp/actorpool-a/node.sock\0x", "not an absolute one")]
    [InlineData("\0actorpool-a/node.sock", "not an absolute one")]
    [InlineData("/", "not one that nodes give")]
    [InlineData("/node.sock", "not one that nodes give")]
    [InlineData("/run/user/0/bus", "not one that nodes give")]
    [InlineData("/run/docker/node.sock", "not one that nodes give")]
    [InlineData("/tmp/actorpool-a/agent.sock", "not one that nodes give")]
    [InlineData("/tmp/actorpool-a/../docker/node.sock", "not one that nodes give")]
    [InlineData("/tmp/actorpool-a/node.sock/", "not one that nodes give")]
    [InlineData("/no/such/actorpool-a/node.sock", "does not exist here")]
    public void A_path_that_is_not_a_nodes_is_refused(string path, string reason) =>
        Assert.Contains(reason, NodeSocket.FindRefusal(path), StringComparison.Ordinal);

    [Fact]
    public void A_path_that_is_too_long_for_the_system_is_refused()
    {
        var path = $"/tmp/{SocketDirectory.Prefix}{new string('ä', 50)}/node.sock";
        Assert.Contains("more than [107] bytes", NodeSocket.FindRefusal(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_takes_connections_from_its_socket_with_the_limits_of_its_port()
    {
        await using var plane = new Plane(new TransportLimits { MaxFrameBytes = 1000 });
        foreach (var over in new EndPoint[] { plane.Local, plane.Listener.EndPoint })
        {
            await using var client = await plane.ConnectAsync(over, new TransportLimits { MaxFrameBytes = 10 });
            await using var node = await plane.AcceptAsync();

            Assert.Equal((1000, 10), (client.PeerMaxFrameBytes, node.PeerMaxFrameBytes));
            Assert.NotNull(client.PeerTraits);
            Assert.Throws<ArgumentException>(() => node.TrySend(1, DataPlane.Body(new byte[11])));
            var received = new TaskCompletionSource<byte[]>();
            _ = node.RunAsync(async frame => received.TrySetResult(await DataPlane.ReadAll(frame)));
            Assert.True(client.TrySend(1, DataPlane.Body([1, 2, 3])));
            Assert.Equal([1, 2, 3], await received.Task.Within("a frame"));
            await client.CloseAsync().Within("the close");
            Assert.Null(await node.Completion.Within("the end"));
        }
    }

    [Fact]
    public async Task A_wrong_ticket_is_refused_at_the_socket_too()
    {
        await using var plane = new Plane(new TransportLimits());

        await Assert.ThrowsAsync<HandshakeException>(
            () => plane.ConnectAsync(plane.Local, new TransportLimits(), Ticket.Create(plane.Ticket.SessionId)));

        Assert.Contains("is not the one", (await plane.NextRefusalAsync()).Reason, StringComparison.Ordinal);
        await using var client = await plane.ConnectAsync(plane.Local, new TransportLimits());
    }

    [Fact]
    public async Task Silent_callers_of_the_socket_lose_their_places_after_the_timeout()
    {
        await using var plane = new Plane(new TransportLimits { HandshakeTimeout = TimeSpan.FromMilliseconds(100) });
        using var silent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await silent.ConnectAsync(plane.Local).Within("a bare connection");

        var (from, reason) = await plane.NextRefusalAsync();

        Assert.Equal((plane.Local.ToString(), "The caller did not finish the handshake in time."), (from, reason));
        Assert.Equal(0, await silent.ReceiveAsync(new byte[1]).Within("the end"));
        await Deadline.Until(() => plane.Listener.PendingHandshakes == 0, "the place to be free");
    }

    [Fact]
    public async Task A_stopped_listener_removes_its_socket_and_keeps_its_connections()
    {
        await using var plane = new Plane(new TransportLimits());
        await using var client = await plane.ConnectAsync(plane.Local, new TransportLimits());
        await using var node = await plane.AcceptAsync();

        await plane.Listener.DisposeAsync().AsTask().Within("the listener to stop");

        Assert.False(Directory.Exists(Path.GetDirectoryName(plane.Local.ToString())));
        var received = new TaskCompletionSource();
        _ = node.RunAsync(_ =>
        {
            received.TrySetResult();
            return default;
        });
        Assert.True(client.TrySend(1, DataPlane.Body([1])));
        await received.Task.Within("a frame");
    }

    /// <summary>A listener with a port and a socket.</summary>
    private sealed class Plane : IAsyncDisposable
    {
        private readonly Channel<DataConnection> _connected = Channel.CreateUnbounded<DataConnection>();
        private readonly Channel<(string? From, string Reason)> _refused = Channel.CreateUnbounded<(string?, string)>();

        public Plane(TransportLimits limits)
        {
            var socket = NodeSocket.Open();
            Local = new UnixDomainSocketEndPoint(socket.Path);
            Listener = DataListener.Start(
                new IPEndPoint(IPAddress.Loopback, 0), limits, PlainChannel.Instance, id => id == Ticket.SessionId ? Ticket : null,
                (_, connection) => _connected.Writer.TryWrite(connection), TimeProvider.System,
                (from, reason) => _refused.Writer.TryWrite((from?.ToString(), reason)), socket);
        }

        public Ticket Ticket { get; } = Ticket.Create(Guid.NewGuid());

        public EndPoint Local { get; }

        public DataListener Listener { get; }

        public Task<DataConnection> ConnectAsync(EndPoint over, TransportLimits limits, Ticket? ticket = null) =>
            DataConnection.ConnectAsync(
                over, ticket ?? Ticket, limits, over == Local ? SameUserChannel.Instance : PlainChannel.Instance, TimeProvider.System,
                CancellationToken.None).Within("connecting");

        public Task<DataConnection> AcceptAsync() => _connected.Reader.ReadAsync().Within("a connection at the node");

        public Task<(string? From, string Reason)> NextRefusalAsync() => _refused.Reader.ReadAsync().Within("a refusal");

        public async ValueTask DisposeAsync()
        {
            await Listener.DisposeAsync().AsTask().Within("the listener to stop");
            while (_connected.Reader.TryRead(out var connection))
                await connection.DisposeAsync();
        }
    }
}
