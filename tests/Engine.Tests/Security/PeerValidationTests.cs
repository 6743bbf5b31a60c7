using System.Security.Cryptography.X509Certificates;
using ActorPool.Security;

namespace ActorPool.Tests.Security;

public sealed class PeerValidationTests : IDisposable
{
    private readonly Certificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [InlineData(true, "10.0.0.5")]
    [InlineData(true, "node5.example.org")]
    [InlineData(true, null)]
    [InlineData(false, null)]
    public void A_certificate_of_our_authority_is_good_for_its_hosts(bool isServer, string? host)
    {
        var identity = NodeIdentity.Read(_certificates.For("10.0.0.5", "node5.example.org"), TimeProvider.System);

        Assert.Null(WhyRefused(identity.Certificate, isServer, host));
    }

    [Fact]
    public void Whatever_is_wrong_is_named_with_the_subject()
    {
        Refused(null, "showed no certificate");
        Refused(_certificates.ExpiredByOurs("late"), "[CN=late] has expired on");
        Refused(_certificates.NotYetValid("early"), "[CN=early] is valid from", "does a clock differ?");
        Refused(_certificates.ForAnotherUse("mail"), "[CN=mail] is not one for servers (extended key usage)");
        Refused(NodeIdentity.Read(_certificates.OfAnotherAuthority("10.0.0.5"), TimeProvider.System).Certificate, "[CN=10.0.0.5] is not to be trusted: it is by [CN=test authority], and not by one of the authorities that count here");
        Refused(NodeIdentity.Read(_certificates.For("10.0.0.5"), TimeProvider.System).Certificate, "[CN=10.0.0.5] is not for the host [10.0.0.9], but for 10.0.0.5");
    }

    [Fact]
    public void An_authority_is_no_member()
    {
        var authority = _certificates.Authorities[0];

        Assert.NotNull(WhyRefused(authority, isServer: false, host: null));
    }

    [Fact]
    public void A_strangers_name_does_no_harm_in_a_log()
    {
        Assert.Equal("a?b??c", PeerValidation.Shown("a\nb\u001b[c"));
        Assert.Equal(101, PeerValidation.Shown(new string('x', 10_000)).Length);
    }

    private void Refused(X509Certificate2? certificate, params string[] words)
    {
        var reason = WhyRefused(certificate, isServer: true, "10.0.0.9");
        Assert.NotNull(reason);
        Assert.All(words, word => Assert.Contains(word, reason, StringComparison.Ordinal));
    }

    private string? WhyRefused(X509Certificate2? certificate, bool isServer, string? host) => new PeerValidation(_certificates.Authorities, TimeProvider.System).WhyRefused(certificate, isServer, host);
}
