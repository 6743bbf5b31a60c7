using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ActorPool.ClusterTests.Support;
using ActorPool.Remoting;
using ActorPool.Security;
using ActorPool.Tests.Security;
using ActorPool.Tests.Support;
using ActorPool.Transport;
using Akka.Actor;

namespace ActorPool.ClusterTests.Security;

/// <summary>Callers without an accepted certificate are refused on both planes; the others continue.</summary>
public sealed class StrangerTests(StrangerCluster cluster) : IClassFixture<StrangerCluster>
{
    private int _linesBefore = cluster.Node.LogLines.Count;

    private ClusterNode Node => cluster.Node;

    [Theory]
    [InlineData("no TLS")]
    [InlineData("another authority's certificate")]
    [InlineData("an expired certificate")]
    [InlineData("a certificate for another use")]
    [InlineData("the development certificate")]
    public async Task A_stranger_can_neither_join_nor_enlist_nor_connect(string who)
    {
        var certificate = GetCertificate(who);
        await using (var stranger = Rogue.Start(certificate))
        {
            Akka.Cluster.Cluster.Get(stranger.System).JoinSeedNodes([stranger.GetAkkaAddress(Node.Address)]);
            var enlist = new ControlProtocol.Enlist(Guid.NewGuid(), Guid.NewGuid(), "stranger", ControlProtocol.Version, "0.1.0");
            stranger.Tell(stranger.Select(Node.Address, $"/user/{ControlProtocol.AgentName}"), enlist);
            stranger.Tell(stranger.GetAgent(Node.Address), ControlProtocol.GetMembers.Instance);
            stranger.Tell(stranger.GetAgent(Node.Address), Kill.Instance);
            await stranger.AwaitFailuresAsync(times: 1);
            // Akka connects again when it has a message to send.
            stranger.Tell(stranger.GetAgent(Node.Address), ControlProtocol.GetMembers.Instance);
            await stranger.AwaitFailuresAsync(times: 1);
            Assert.False(await stranger.HasAnswerAsync());
        }
        await Assert.ThrowsAnyAsync<HandshakeException>(() => ConnectAsync(certificate));

        await CheckUnharmedAsync();
    }

    [Theory]
    [InlineData("control:", "did not provide a certificate")]
    [InlineData("data:", "no certificate")]
    public async Task A_caller_with_TLS_and_no_certificate_is_refused(string plane, string reason)
    {
        await cluster.RestartAsync(); // its log has no such line yet
        _linesBefore = Node.LogLines.Count;
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(await ReadAddressAsync(plane)));
        await using var stream = new SslStream(client.GetStream());
        // With TLS 1.3 the handshake can end before the node has checked the certificate; then reading finds the end of the stream.
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await stream.AuthenticateAsClientAsync(CreateTrustingOptions(certificate: null)).Within("the handshake");
            if (await stream.ReadAsync(new byte[1]).Within("the refusal") == 0)
                throw new IOException("The node hung up.");
        });

        await Node.Process.AwaitAsync(reason);
        await CheckUnharmedAsync();
    }

    private async Task CheckUnharmedAsync()
    {
        await cluster.Work.AwaitProgressAsync();
        Assert.Equal(2, cluster.Work.Pool.Workers);
        await using var insider = Rogue.Start(Load(cluster.CertificateDirectory));
        Assert.Equal([Node.Address], await insider.GetMembersAsync(Node.Address).Within("the agent's answer"));
        Assert.InRange(Node.LogLines.Count - _linesBefore, 0, 4);
    }

    /// <summary>Tries to open a data connection with an invented ticket.</summary>
    private async Task ConnectAsync(X509Certificate2? certificate)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(await ReadAddressAsync("data:")));
        Stream stream = client.GetStream();
        try
        {
            if (certificate is not null)
            {
                var secured = new SslStream(stream);
                stream = secured;
                await secured.AuthenticateAsClientAsync(CreateTrustingOptions(certificate)).Within("the TLS handshake");
            }
            using var limit = new CancellationTokenSource(Deadline.Limit);
            await Handshake.RunAsClientAsync(stream, Ticket.Create(Guid.NewGuid()), new TransportLimits(), limit.Token);
        }
        catch (IOException e)
        {
            throw new HandshakeException("The node hung up.", e);
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    private async Task<string> ReadAddressAsync(string plane) =>
        (await Node.Process.AwaitAsync(plane)).Split(plane)[1].Trim();

    private X509Certificate2? GetCertificate(string who) => who switch
    {
        "no TLS" => null,
        "another authority's certificate" => Load(cluster.Certificates.IssueByOtherAuthority("127.0.0.1")),
        "an expired certificate" => cluster.Certificates.SignExpired("127.0.0.1"),
        "a certificate for another use" => cluster.Certificates.SignForEmail("127.0.0.1"),
        "the development certificate" => NodeIdentity.ReadDevelopment(IdentityFiles.DevelopmentDirectory, TimeProvider.System).Certificate,
        _ => throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Who is [{who}]?"), nameof(who)),
    };

    private static X509Certificate2 Load(string directory) => X509Certificate2.CreateFromPemFile(
        Path.Combine(directory, IdentityFiles.Certificate), Path.Combine(directory, IdentityFiles.Key));

    private static SslClientAuthenticationOptions CreateTrustingOptions(X509Certificate2? certificate) => new()
    {
        TargetHost = "127.0.0.1",
        ClientCertificates = certificate is null ? null : [certificate],
        LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
#pragma warning disable CA5359 // the stranger accepts any certificate
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
    };
}
