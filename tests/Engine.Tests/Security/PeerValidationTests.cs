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

        Assert.Null(FindRefusal(identity.Certificate, isServer, host));
    }

    [Fact]
    public void A_refusal_names_the_fault_and_the_subject()
    {
        AssertRefused(null, "showed no certificate");
        AssertRefused(_certificates.SignExpired("late"), "[CN=late] expired on");
        AssertRefused(_certificates.SignNotYetValid("early"), "[CN=early] is valid only from", "compare the clocks");
        AssertRefused(_certificates.SignForEmail("mail"), "[CN=mail] is not one for servers (extended key usage)");
        AssertRefused(
            NodeIdentity.Read(_certificates.IssueByOtherAuthority("10.0.0.5"), TimeProvider.System).Certificate,
            "[CN=10.0.0.5] is not trusted: its issuer is [CN=test authority], and that is not one of the authorities trusted here");
        AssertRefused(
            NodeIdentity.Read(_certificates.For("10.0.0.5"), TimeProvider.System).Certificate,
            "[CN=10.0.0.5] is not for the host [10.0.0.9], but for 10.0.0.5");
    }

    [Fact]
    public void The_certificate_of_an_authority_is_refused()
    {
        var authority = _certificates.Authorities[0];

        Assert.NotNull(FindRefusal(authority, isServer: false, host: null));
    }

    [Fact]
    public void The_name_of_a_stranger_does_no_harm_in_a_log()
    {
        Assert.Equal("a?b??c", PeerValidation.FormatName("a\nb\u001b[c"));
        Assert.Equal(101, PeerValidation.FormatName(new string('x', 10_000)).Length);
    }

    private void AssertRefused(X509Certificate2? certificate, params string[] expected)
    {
        var reason = FindRefusal(certificate, isServer: true, "10.0.0.9");
        Assert.NotNull(reason);
        Assert.All(expected, part => Assert.Contains(part, reason, StringComparison.Ordinal));
    }

    private string? FindRefusal(X509Certificate2? certificate, bool isServer, string? host) =>
        new PeerValidation(_certificates.Authorities, TimeProvider.System).FindRefusal(certificate, isServer, host);
}
