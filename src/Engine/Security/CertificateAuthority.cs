using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorPool.Security;

/// <summary>A private authority that issues the certificates of a cluster's nodes and pools.</summary>
/// <remarks>
/// Every holder of such a certificate belongs to the cluster. ECDSA on P-256 with SHA-256; certificates as in RFC 5280. There is no
/// revocation: to exclude a holder, make a new authority and issue all certificates again.
/// </remarks>
internal sealed class CertificateAuthority : IDisposable
{
    /// <summary>Extended key usage of servers (RFC 5280, 4.2.1.12).</summary>
    public const string ServerUsage = "1.3.6.1.5.5.7.3.1";

    /// <summary>Extended key usage of clients.</summary>
    public const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    /// <summary>How far before now a certificate's validity starts, because the clocks of machines differ.</summary>
    private static readonly TimeSpan s_tolerance = TimeSpan.FromHours(1);

    private readonly X509Certificate2 _certificate;

    private CertificateAuthority(X509Certificate2 certificate) => _certificate = certificate;

    /// <summary>Its certificate without the key; all members trust it.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>Its private key, with which anyone can issue certificates.</summary>
    public string KeyPem => GetKey(_certificate).ExportPkcs8PrivateKeyPem();

    public DateTimeOffset NotAfter => new(_certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero);

    /// <summary>Makes an authority with a new key.</summary>
    public static CertificateAuthority Create(string name, TimeSpan validity, TimeProvider clock)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName($"CN={name}"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = clock.GetUtcNow();
        return new CertificateAuthority(request.CreateSelfSigned(now - s_tolerance, now + validity));
    }

    /// <summary>Reads an existing authority.</summary>
    /// <exception cref="CryptographicException">A text is not PEM, or the key does not belong to the certificate.</exception>
    public static CertificateAuthority Read(string certificatePem, string keyPem) =>
        new(X509Certificate2.CreateFromPem(certificatePem, keyPem));

    /// <summary>Issues a certificate with a new key for one machine.</summary>
    /// <param name="hosts">The names and addresses by which others reach it; one or more. The first one becomes the subject.</param>
    /// <param name="validity">How long it is valid; it never outlasts the authority.</param>
    /// <param name="clock">Gives the present time.</param>
    /// <param name="roles">Names of the roles of its holder; none for all.</param>
    /// <returns>Certificate and key as PEM.</returns>
    public (string CertificatePem, string KeyPem) Issue(
        IReadOnlyList<string> hosts, TimeSpan validity, TimeProvider clock, IReadOnlyList<string>? roles = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(CertificateRoles.CreateSubject(hosts[0], roles ?? []), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerUsage), new Oid(ClientUsage)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            _certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(host);
        }
        request.CertificateExtensions.Add(names.Build());

        var now = clock.GetUtcNow();
        var (from, to) = (now - s_tolerance, now + validity);
        var notBefore = new DateTimeOffset(_certificate.NotBefore.ToUniversalTime(), TimeSpan.Zero);
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f; // a serial number is positive
        using var certificate = request.Create(_certificate, from < notBefore ? notBefore : from, to > NotAfter ? NotAfter : to, serial);
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => _certificate.Dispose();

    private static ECDsa GetKey(X509Certificate2 certificate) =>
        certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("The authority's key is not an ECDSA key.");
}
