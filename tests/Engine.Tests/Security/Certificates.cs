using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorPool.Security;

namespace ActorPool.Tests.Security;

/// <summary>Issues valid and invalid certificates.</summary>
/// <remarks>Directories are those that <c>certs issue</c> would write.</remarks>
internal sealed class Certificates : IDisposable
{
    private static readonly TimeSpan s_year = TimeSpan.FromDays(365);
    private static readonly string[] s_nodeUsages = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("certificates-");
    private readonly CertificateAuthority _authority = CertificateAuthority.Create("test authority", 10 * s_year, TimeProvider.System);

    /// <summary>Writes a directory for these hosts.</summary>
    public string For(params string[] hosts) => Write(hosts[0], _authority, _authority, hosts, s_year, TimeProvider.System);

    /// <summary>Writes a directory whose certificate is for some roles only.</summary>
    public string ForRoles(string host, params string[] roles)
    {
        var (certificate, key) = _authority.Issue([host], s_year, TimeProvider.System, roles);
        var directory = Path.Combine(_directory.FullName, string.Join('-', roles));
        IdentityFiles.Write(directory, _authority.CertificatePem, certificate, key);
        return directory;
    }

    /// <summary>Writes a directory by an authority of the same name with another key.</summary>
    public string IssueByOtherAuthority(params string[] hosts)
    {
        using var other = CertificateAuthority.Create("test authority", 10 * s_year, TimeProvider.System);
        return Write("other", other, other, hosts, s_year, TimeProvider.System);
    }

    /// <summary>Writes a directory whose certificate was valid until yesterday.</summary>
    public string IssueExpired(params string[] hosts)
    {
        var clock = new FixedClock(TimeProvider.System.GetUtcNow() - 2 * s_year);
        using var authority = CertificateAuthority.Create("old authority", 10 * s_year, clock);
        return Write("expired", authority, authority, hosts, 2 * s_year - TimeSpan.FromDays(1), clock);
    }

    /// <summary>Creates an expired certificate, signed by the authority that the others trust.</summary>
    public X509Certificate2 SignExpired(params string[] hosts)
    {
        var now = TimeProvider.System.GetUtcNow();
        return Sign(hosts[0], now.AddMinutes(-50), now.AddMinutes(-1), s_nodeUsages);
    }

    public X509Certificate2 SignNotYetValid(string host)
    {
        var now = TimeProvider.System.GetUtcNow();
        return Sign(host, now.AddDays(1), now.AddDays(2), s_nodeUsages);
    }

    /// <summary>Creates a certificate for signing e-mail.</summary>
    public X509Certificate2 SignForEmail(string host)
    {
        var now = TimeProvider.System.GetUtcNow();
        return Sign(host, now.AddMinutes(-1), now.AddDays(2), ["1.3.6.1.5.5.7.3.4"]);
    }

    /// <summary>The certificate of the authority.</summary>
    public X509Certificate2Collection Authorities => [X509Certificate2.CreateFromPem(_authority.CertificatePem)];

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Delete(recursive: true);
    }

    private X509Certificate2 Sign(string name, DateTimeOffset from, DateTimeOffset to, string[] usages)
    {
        using var authority = X509Certificate2.CreateFromPem(_authority.CertificatePem, _authority.KeyPem);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. usages.Select(usage => new Oid(usage))], critical: false));
        using var certificate = request.Create(authority, from, to, [1, 2, 3]);
        return certificate.CopyWithPrivateKey(key);
    }

    private string Write(
        string name, CertificateAuthority shown, CertificateAuthority signing, string[] hosts, TimeSpan validity, TimeProvider clock)
    {
        var (certificate, key) = signing.Issue(hosts, validity, clock);
        var directory = Path.Combine(_directory.FullName, name);
        IdentityFiles.Write(directory, shown.CertificatePem, certificate, key);
        return directory;
    }
}

/// <summary>Always shows the same time.</summary>
internal sealed class FixedClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
