using System.Net;
using System.Net.Sockets;
using ActorPool.Diagnostics;
using ActorPool.Tests.Support;
using ActorPool.Transport;

namespace ActorPool.Tests.Transport;

public sealed class HandshakeTests
{
    [Fact]
    public async Task A_wrong_ticket_is_refused_and_both_sides_get_the_reason()
    {
        await using var plane = new DataPlane();
        var forged = Ticket.Create(plane.Ticket.SessionId);
        var error = await Assert.ThrowsAsync<HandshakeException>(() => plane.ConnectAsync(forged));
        Assert.Contains("is not the one that the node gave out", error.Message, StringComparison.Ordinal);
        Assert.Contains("is not the one that the node gave out", await plane.NextRefusalAsync(), StringComparison.Ordinal);
        await plane.WaitUntilClosedAsync();
    }

    [Fact]
    public async Task An_unknown_session_is_refused_and_both_sides_get_the_reason()
    {
        await using var plane = new DataPlane();
        var unknown = Ticket.Create(Guid.NewGuid());
        var error = await Assert.ThrowsAsync<HandshakeException>(() => plane.ConnectAsync(unknown));
        Assert.Contains($"knows no session [{unknown.SessionId}]", error.Message, StringComparison.Ordinal);
        Assert.Contains("knows no session", await plane.NextRefusalAsync(), StringComparison.Ordinal);
    }

    public static TheoryData<int, byte, string> Misfits => new()
    {
        { 8, 10, "version [10 to 12]" },
        { 8, 1, "version [1 to 3]" },
        { 11, 2, "byte order [2]" },
        { 12, 4, "pointers have [4] bytes" },
        { 14, 8, ".NET [8]" },
        { 23, 0x80, "impossible limit" },
        { 72, 3, "described its cultures or its time zone" },
        { 73, 65, "described its cultures or its time zone" },
        { 88, 0xFF, "described its cultures or its time zone" },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public async Task A_node_refuses_a_client_that_does_not_fit(int position, byte value, string expected)
    {
        await using var plane = new DataPlane();
        await using var client = await plane.CallAsync();
        var hello = CreateHello(plane);
        hello[position] = value;
        await client.WriteAsync(hello);
        var answer = new byte[Hello.Size];
        await client.ReadExactlyAsync(answer).AsTask().Within("the refusal");
        Assert.NotEqual(HandshakeStatus.None, Hello.Read(answer).Status);
        Assert.Equal(0, await client.ReadAsync(answer).AsTask().Within("the end"));
        client.Close();
        Assert.Contains(expected, await plane.NextRefusalAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Misfits))]
    [InlineData(10, 1, "version")]
    [InlineData(10, 99, "unknown code [99]")]
    [InlineData(0, 0, "does not speak")]
    public async Task A_client_refuses_a_node_that_does_not_fit(int position, byte value, string expected)
    {
        await using var plane = new DataPlane();
        var answer = CreateHello(plane);
        answer[position] = value;
        var error = await Assert.ThrowsAsync<HandshakeException>(
            () => CallAsync(plane.Ticket, async (node, _) => await node.WriteAsync(answer)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_refuses_a_node_that_does_not_know_the_ticket()
    {
        await using var plane = new DataPlane();
        var error = await Assert.ThrowsAsync<HandshakeException>(() => CallAsync(plane.Ticket, async (node, hello) =>
        {
            await node.WriteAsync(CreateHello(plane));
            var proof = new byte[Ticket.Size];
            await node.ReadExactlyAsync(proof);
            await node.WriteAsync(new byte[] { 0 });
            await node.WriteAsync(proof); // the client's own proof, sent back
        }));
        Assert.Contains("does not know the ticket", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_learns_how_the_nodes_process_is_set_up_and_a_refused_one_does_not()
    {
        await using var plane = new DataPlane();
        var (client, node) = await plane.PairAsync();
        Assert.Equal(ProcessTraits.Current, client.PeerTraits);
        Assert.Null(node.PeerTraits);

        await using var stranger = await plane.CallAsync();
        var hello = new byte[Hello.Size];
        Hello.Create(plane.Limits, Guid.NewGuid()).Write(hello);
        await stranger.WriteAsync(hello);
        var answer = new byte[Hello.Size];
        await stranger.ReadExactlyAsync(answer).AsTask().Within("the refusal");
        Assert.Equal(HandshakeStatus.Session, Hello.Read(answer).Status);
        Assert.All(answer[72..], part => Assert.Equal(0, part));
    }

    [Fact]
    public async Task A_node_that_hangs_up_gives_no_reason()
    {
        var error = await Assert.ThrowsAsync<HandshakeException>(
            () => CallAsync(Ticket.Create(Guid.NewGuid()), (_, _) => Task.CompletedTask));
        Assert.Contains("closed the connection during the handshake", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_stays_silent_is_given_up_after_the_timeout()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen();
        var limits = new TransportLimits { HandshakeTimeout = TimeSpan.FromMilliseconds(50) };
        var error = await Assert.ThrowsAsync<HandshakeException>(() => DataConnection.ConnectAsync(
            listener.LocalEndPoint!, Ticket.Create(Guid.NewGuid()), limits,
            PlainChannel.Instance, TimeProvider.System, default).Within("connecting"));
        Assert.Contains("within [0.05] s", error.Message, StringComparison.Ordinal);
        using var cancel = new CancellationTokenSource();
        var connecting = DataConnection.ConnectAsync(
            listener.LocalEndPoint!, Ticket.Create(Guid.NewGuid()), new TransportLimits(),
            PlainChannel.Instance, TimeProvider.System, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.Within("the cancelled connect"));
    }

    [Fact]
    public async Task Recorded_bytes_of_an_earlier_handshake_prove_nothing()
    {
        var tap = new Tap();
        await using var plane = new DataPlane();
        var client = await DataConnection.ConnectAsync(
            plane.Listener.EndPoint, plane.Ticket, plane.Limits, tap, TimeProvider.System, default).Within("connecting");
        await plane.AcceptAsync();
        await client.DisposeAsync();
        Assert.Equal(Hello.Size + Ticket.Size, tap.Sent.Count);
        Assert.Equal(-1, tap.Sent.ToArray().AsSpan().IndexOf(plane.Ticket.Secret.Span));

        await using var thief = await plane.CallAsync();
        await thief.WriteAsync(tap.Sent.ToArray());
        var answer = new byte[Hello.Size + 1];
        await thief.ReadExactlyAsync(answer).AsTask().Within("the refusal");
        Assert.Equal((byte)HandshakeStatus.Ticket, answer[^1]);
        thief.Close();
        Assert.Contains("is not the one that the node gave out", await plane.NextRefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_proof_depends_on_role_and_transcript_and_a_ticket_does_not_show_its_secret()
    {
        var ticket = Ticket.Create(Guid.NewGuid());
        var proof = ticket.Prove("a"u8, "bc"u8);
        Assert.True(ticket.Confirms(proof, "a"u8, "bc"u8));
        Assert.False(ticket.Confirms(proof, "ab"u8, "c"u8));
        Assert.False(ticket.Confirms(proof.AsSpan(1), "a"u8, "bc"u8));
        Assert.DoesNotContain(Convert.ToHexString(ticket.Secret.Span), ticket.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Throws<ArgumentException>(() => new Ticket(new byte[31], Guid.Empty));
    }

    private static byte[] CreateHello(DataPlane plane)
    {
        var bytes = new byte[Hello.Size];
        Hello.Create(plane.Limits, plane.Ticket.SessionId).Write(bytes);
        return bytes;
    }

    /// <summary>Connects to a node that answers the hello with the given function.</summary>
    private static async Task CallAsync(Ticket ticket, Func<NetworkStream, byte[], Task> answer)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen();
        var node = Task.Run(async () =>
        {
            await using var stream = new NetworkStream(await listener.AcceptAsync(), ownsSocket: true);
            var hello = new byte[Hello.Size];
            await stream.ReadExactlyAsync(hello);
            await answer(stream, hello);
        });
        try
        {
            await DataConnection.ConnectAsync(
                listener.LocalEndPoint!, ticket, new TransportLimits(),
                PlainChannel.Instance, TimeProvider.System, default).Within("connecting");
        }
        finally
        {
            await node.Within("the other side");
        }
    }

    /// <summary>Records what one side sends.</summary>
    private sealed class Tap : IChannelSecurity
    {
        public List<byte> Sent { get; } = [];

        public ValueTask<Stream> SecureAsync(NetworkStream stream, bool isServer, string? host, CancellationToken cancellationToken) =>
            new(new TappedStream(stream, Sent));
    }

    private sealed class TappedStream(Stream inner, List<byte> sent) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            sent.AddRange(buffer.Span);
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);
        public override void Flush() => inner.Flush();
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
