using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorPool.Security;

namespace ActorPool.Tests.Security;

/// <summary>Certificates of all kinds, good and bad, each as the directory that <c>certs issue</c> would write.</summary>
internal sealed class Certificates : IDisposable
{
    private static readonly TimeSpan s_year = TimeSpan.FromDays(365);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("certificates-");
    private readonly CertificateAuthority _authority = CertificateAuthority.Create("test authority", 10 * s_year, TimeProvider.System);

    /// <summary>A directory for these hosts.</summary>
    public string For(params string[] hosts) => Write(hosts[0], _authority, _authority, hosts, s_year, TimeProvider.System);

    /// <summary>Of an authority of the same name, with another key.</summary>
    public string OfAnotherAuthority(params string[] hosts)
    {
        using var other = CertificateAuthority.Create("test authority", 10 * s_year, TimeProvider.System);
        return Write("other", other, other, hosts, s_year, TimeProvider.System);
    }

    /// <summary>Good until yesterday.</summary>
    public string Expired(params string[] hosts)
    {
        var clock = new FixedClock(TimeProvider.System.GetUtcNow() - 2 * s_year);
        using var authority = CertificateAuthority.Create("old authority", 10 * s_year, clock);
        return Write("expired", authority, authority, hosts, 2 * s_year - TimeSpan.FromDays(1), clock);
    }

    /// <summary>As <see cref="Expired"/>, by the authority that others trust.</summary>
    public X509Certificate2 ExpiredByOurs(params string[] hosts) => Signed(hosts[0], TimeProvider.System.GetUtcNow().AddMinutes(-50), TimeProvider.System.GetUtcNow().AddMinutes(-1), ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);

    public X509Certificate2 NotYetValid(string host) => Signed(host, TimeProvider.System.GetUtcNow().AddDays(1), TimeProvider.System.GetUtcNow().AddDays(2), ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);

    /// <summary>For signing e-mail.</summary>
    public X509Certificate2 ForAnotherUse(string host) => Signed(host, TimeProvider.System.GetUtcNow().AddMinutes(-1), TimeProvider.System.GetUtcNow().AddDays(2), ["1.3.6.1.5.5.7.3.4"]);

    /// <summary>The authority's certificate and key, in a directory.</summary>
    public X509Certificate2Collection Authorities => [X509Certificate2.CreateFromPem(_authority.CertificatePem)];

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Delete(recursive: true);
    }

    private X509Certificate2 Signed(string name, DateTimeOffset from, DateTimeOffset to, string[] usages)
    {
        using var authority = X509Certificate2.CreateFromPem(_authority.CertificatePem, _authority.KeyPem);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. usages.Select(usage => new Oid(usage))], critical: false));
        using var certificate = request.Create(authority, from, to, [1, 2, 3]);
        return certificate.CopyWithPrivateKey(key);
    }

    private string Write(string name, CertificateAuthority shown, CertificateAuthority signing, string[] hosts, TimeSpan validity, TimeProvider clock)
    {
        var (certificate, key) = signing.Issue(hosts, validity, clock);
        var directory = Path.Combine(_directory.FullName, name);
        IdentityFiles.Write(directory, shown.CertificatePem, certificate, key);
        return directory;
    }
}

/// <summary>Always the same time.</summary>
internal sealed class FixedClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
