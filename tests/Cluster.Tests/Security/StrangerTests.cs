using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ActorPool.Cluster;
using ActorPool.ClusterTests.Support;
using ActorPool.Security;
using ActorPool.Tests.Security;
using ActorPool.Tests.Support;
using ActorPool.Transport;
using Akka.Actor;

namespace ActorPool.ClusterTests.Security;

/// <summary>Who has no certificate that counts gets nowhere, on either plane, and who has one goes on.</summary>
public sealed class StrangerTests : IAsyncLifetime
{
    private readonly Certificates _certificates = new();
    private string _ours = "";
    private ClusterNode _node = null!;
    private HonestWork _work = null!;

    public async Task InitializeAsync()
    {
        _ours = _certificates.For("127.0.0.1");
        _node = await ClusterNode.StartSeedAsync(workers: 2, "--certs", _ours);
        _work = await HonestWork.StartAsync(_node.Address, $"actorpool.cluster.tls.certificates = \"{_ours}\"");
    }

    public async Task DisposeAsync()
    {
        using (_certificates)
        using (_node)
            await _work.DisposeAsync();
    }

    [Theory]
    [InlineData("no TLS")]
    [InlineData("another authority's certificate")]
    [InlineData("an expired certificate")]
    [InlineData("a certificate for another use")]
    [InlineData("the development certificate")]
    public async Task A_stranger_can_neither_join_nor_enlist_nor_connect(string who)
    {
        var certificate = CertificateOf(who);
        await using (var stranger = Rogue.Start(certificate))
        {
            Akka.Cluster.Cluster.Get(stranger.System).JoinSeedNodes([stranger.AddressOf(_node.Address)]);
            stranger.Tell(stranger.Select(_node.Address, $"/user/{ControlProtocol.AgentName}"), new ControlProtocol.Enlist(Guid.NewGuid(), Guid.NewGuid(), "stranger", ControlProtocol.Version, "0.1.0"));
            stranger.Tell(stranger.AgentOf(_node.Address), ControlProtocol.AskMembers.Instance);
            stranger.Tell(stranger.AgentOf(_node.Address), Kill.Instance);
            await stranger.FailAsync(times: 1);
            // Akka tries again when it is given something to say.
            stranger.Tell(stranger.AgentOf(_node.Address), ControlProtocol.AskMembers.Instance);
            await stranger.FailAsync(times: 1);
            Assert.False(await stranger.HasAnswerAsync());
        }
        await Assert.ThrowsAnyAsync<HandshakeException>(() => ConnectAsync(certificate));

        await IsUnharmedAsync();
    }

    [Theory]
    [InlineData("control:", "did not provide a certificate")]
    [InlineData("data:", "no certificate")]
    public async Task Who_speaks_TLS_and_shows_nothing_is_sent_away(string plane, string reason)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(await AddressOf(plane)));
        await using var stream = new SslStream(client.GetStream());
        // TLS 1.3 lets the caller go on before the node has looked: what it reads is the end.
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await stream.AuthenticateAsClientAsync(Trusting(certificate: null)).Within("the handshake");
            if (await stream.ReadAsync(new byte[1]).Within("the refusal") == 0)
                throw new IOException("The node hung up.");
        });

        await _node.Process.AwaitAsync(reason);
        await IsUnharmedAsync();
    }

    private async Task IsUnharmedAsync()
    {
        await _work.GoesOnAsync();
        Assert.Equal(2, _work.Pool.Workers);
        await using var insider = Rogue.Start(Load(_ours));
        Assert.Equal([_node.Address], await insider.MembersOfAsync(_node.Address).Within("the agent's answer"));
        Assert.InRange(_node.Process.Error.Split('\n').Length, 1, 16);
    }

    /// <summary>A data connection with a ticket of one's own making.</summary>
    private async Task ConnectAsync(X509Certificate2? certificate)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(await AddressOf("data:")));
        Stream stream = client.GetStream();
        try
        {
            if (certificate is not null)
            {
                var secured = new SslStream(stream);
                stream = secured;
                await secured.AuthenticateAsClientAsync(Trusting(certificate)).Within("the TLS handshake");
            }
            using var limit = new CancellationTokenSource(Deadline.Limit);
            await Handshake.AsClientAsync(stream, Ticket.New(Guid.NewGuid()), new TransportLimits(), limit.Token);
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

    private async Task<string> AddressOf(string plane) => (await _node.Process.AwaitAsync(plane)).Split(plane)[1].Trim();

    private X509Certificate2? CertificateOf(string who) => who switch
    {
        "no TLS" => null,
        "another authority's certificate" => Load(_certificates.OfAnotherAuthority("127.0.0.1")),
        "an expired certificate" => _certificates.ExpiredByOurs("127.0.0.1"),
        "a certificate for another use" => _certificates.ForAnotherUse("127.0.0.1"),
        "the development certificate" => NodeIdentity.Development(IdentityFiles.DevelopmentDirectory, TimeProvider.System).Certificate,
        _ => throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Who is [{who}]?"), nameof(who)),
    };

    private static X509Certificate2 Load(string directory) => X509Certificate2.CreateFromPemFile(Path.Combine(directory, IdentityFiles.Certificate), Path.Combine(directory, IdentityFiles.Key));

    private static SslClientAuthenticationOptions Trusting(X509Certificate2? certificate) => new()
    {
        TargetHost = "127.0.0.1",
        ClientCertificates = certificate is null ? null : [certificate],
        LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
#pragma warning disable CA5359 // it is the stranger who believes anybody
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
    };
}
