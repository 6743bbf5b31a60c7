using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using ActorPool.Security;
using ActorPool.Tests.Support;
using ActorPool.Tests.Transport;
using ActorPool.Transport;

namespace ActorPool.Tests.Security;

/// <summary>Data connections under mutual TLS, over real sockets.</summary>
public sealed class TlsChannelTests : IDisposable
{
    private readonly Certificates _certificates = new();
    private readonly TlsChannel _node;

    public TlsChannelTests() => _node = CreateChannel(_certificates.For("127.0.0.1"));

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Frames_pass_between_members()
    {
        await using var plane = new DataPlane(security: _node);
        var (client, node) = await plane.PairAsync(security: CreateChannel(_certificates.For("127.0.0.1", "localhost")));
        var received = new TaskCompletionSource<byte[]>();
        _ = node.RunAsync(async frame => received.TrySetResult(await DataPlane.ReadAll(frame)));
        var sent = DataPlane.Noise(1, 3_000_000);

        await client.SendAsync(1, DataPlane.Reference(sent)).Within("sending");

        Assert.Equal(sent, await received.Task.Within("the frame"));
    }

    [Fact]
    public async Task A_close_delivers_what_was_sent_before_it()
    {
        await using var plane = new DataPlane(security: _node);
        var (client, node) = await plane.PairAsync(security: _node);
        var frames = 0;
        var running = node.RunAsync(_ =>
        {
            frames++;
            return default;
        });
        for (var i = 0; i < 100; i++)
            await client.SendAsync(1, DataPlane.Body(DataPlane.Noise(i, 10_000)));

        await client.CloseAsync().Within("the close");

        await running.Within("the reading");
        Assert.Equal(100, frames);
        Assert.Null(await node.Completion);
    }

    [Fact]
    public async Task A_connection_that_is_cut_ends_with_an_error()
    {
        await using var plane = new DataPlane(security: _node);
        var (client, node) = await plane.PairAsync(security: _node);
        var running = node.RunAsync(_ => default);

        await client.DisposeAsync();

        await running.Within("the reading");
        Assert.NotNull(await node.Completion);
    }

    [Fact]
    public async Task Strangers_are_refused_with_the_reason_on_the_side_that_refuses()
    {
        await AssertRefusedAsync(CreateChannel(_certificates.IssueByOtherAuthority("127.0.0.1")), "is not trusted");
        await AssertRefusedAsync(PlainChannel.Instance, "does not speak TLS");
        await AssertRefusedAsync(new Anonymous(), "showed no certificate");
    }

    [Fact]
    public async Task A_node_with_another_hosts_certificate_is_refused()
    {
        await using var plane = new DataPlane(security: CreateChannel(_certificates.For("10.9.9.9")));

        var error = await Assert.ThrowsAsync<HandshakeException>(() => plane.PairAsync(security: _node));

        Assert.Contains("not for the host [127.0.0.1], but for 10.9.9.9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unfinished_handshake_is_refused_after_the_timeout()
    {
        var refused = new TaskCompletionSource<string>();
        await using var listener = DataListener.Start(
            new IPEndPoint(IPAddress.Loopback, 0), new TransportLimits { HandshakeTimeout = TimeSpan.FromMilliseconds(300) }, _node,
            _ => null, (_, _) => { }, TimeProvider.System, (_, reason) => refused.TrySetResult(reason));
        using var socket = new TcpClient();
        await socket.ConnectAsync(listener.EndPoint);
        await socket.GetStream().WriteAsync(new byte[] { 0x16, 0x03, 0x01, 0x02, 0x00, 0x01 });

        Assert.Contains("did not finish the handshake in time", await refused.Task.Within("the refusal"), StringComparison.Ordinal);
    }

    private async Task AssertRefusedAsync(IChannelSecurity caller, string reason)
    {
        await using var plane = new DataPlane(security: _node);

        await Assert.ThrowsAsync<HandshakeException>(() => plane.PairAsync(security: caller));

        Assert.Contains(reason, await plane.NextRefusalAsync(), StringComparison.Ordinal);
    }

    private static TlsChannel CreateChannel(string directory)
    {
        var identity = NodeIdentity.Read(directory, TimeProvider.System);
        return new TlsChannel(() => identity);
    }

    /// <summary>Speaks TLS, trusts any certificate and shows none.</summary>
    private sealed class Anonymous : IChannelSecurity
    {
        public async ValueTask<Stream> SecureAsync(NetworkStream stream, bool isServer, string? host, CancellationToken cancellationToken)
        {
            var secured = new SslStream(stream, leaveInnerStreamOpen: false, (_, shown, _, _) => shown is not null);
            await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancellationToken);
            return secured;
        }
    }
}
