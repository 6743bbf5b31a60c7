using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorPool.Security;

/// <summary>Decides whether a peer's certificate makes it a member of the cluster.</summary>
/// <remarks>
/// Only the given authorities are trusted, never those of the system, and nothing is fetched from the network. A host name is checked if
/// this side made the connection: with its key, a member must not be able to pose as another machine.
/// </remarks>
/// <param name="authorities">Those that are trusted.</param>
/// <param name="clock">Gives the present time.</param>
/// <param name="chain">Authorities that these have certified, and that are trusted through them; null for none.</param>
internal sealed class PeerValidation(X509Certificate2Collection authorities, TimeProvider clock, X509Certificate2Collection? chain = null)
{
    private const int MaxNameLength = 100;

    /// <summary>Says why a certificate is refused.</summary>
    /// <param name="certificate">The peer's certificate; null if it showed none.</param>
    /// <param name="isServer">Whether the peer was called; false if it is the caller.</param>
    /// <param name="host">The host that was called; null if it does not matter.</param>
    /// <returns>A clause that names the subject, without a full stop; null if the certificate is accepted.</returns>
    public string? FindRefusal(X509Certificate2? certificate, bool isServer, string? host)
    {
        if (certificate is null)
            return "it showed no certificate";
        var subject = FormatName(certificate.Subject);
        var now = clock.GetUtcNow().UtcDateTime;
        if (certificate.NotAfter.ToUniversalTime() < now)
            return $"the certificate of [{subject}] expired on {FormatTime(certificate.NotAfter)}";
        if (certificate.NotBefore.ToUniversalTime() > now)
            return $"the certificate of [{subject}] is valid only from {FormatTime(certificate.NotBefore)}: compare the clocks";
        if (FindDistrust(certificate, now) is { } status)
            return $"the certificate of [{subject}] is not trusted: its issuer is [{FormatName(certificate.Issuer)}], and {status}";
        if (!HasUsage(certificate, isServer ? CertificateAuthority.ServerUsage : CertificateAuthority.ClientUsage))
            return $"the certificate of [{subject}] is not one for {(isServer ? "servers" : "clients")} (extended key usage)";
        return host is not null && !certificate.MatchesHostname(host)
            ? $"the certificate of [{subject}] is not for the host [{host}], but for {GetNames(certificate)}"
            : null;
    }

    /// <summary>Says why a certificate is refused as that of a node.</summary>
    /// <remarks>It is so as a server's, and because it is for some roles only.</remarks>
    /// <inheritdoc cref="FindRefusal"/>
    public string? FindRefusalOfNode(X509Certificate2? certificate, string? host) =>
        FindRefusal(certificate, isServer: true, host) ?? CertificateRoles.FindRefusalOfNode(certificate!);

    /// <summary>Lists the hosts that a certificate is for.</summary>
    public static string GetNames(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString())))
            .ToArray();
        return names.Length == 0 ? "none" : FormatName(string.Join(", ", names));
    }

    /// <summary>Makes a name from a certificate safe for a log.</summary>
    /// <remarks>A peer without access may have chosen it.</remarks>
    public static string FormatName(string name)
    {
        var clean = string.Concat(name.Select(c => char.IsControl(c) || c is '[' or ']' ? '?' : c));
        return clean.Length <= MaxNameLength ? clean : clean[..MaxNameLength] + "…";
    }

    private string? FindDistrust(X509Certificate2 certificate, DateTime now)
    {
        using var built = new X509Chain();
        var policy = built.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authorities);
        if (chain is not null)
            policy.ExtraStore.AddRange(chain);
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.VerificationTime = now;
        if (built.Build(certificate))
            return null;
        var flags = built.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        const X509ChainStatusFlags OtherAuthority =
            X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid;
        if ((flags & OtherAuthority) != X509ChainStatusFlags.NoError)
        {
            var trusted = string.Join("; ", authorities.Select(authority => $"{authority.Subject} {authority.Thumbprint[..8]}"));
            return $"that is not one of the authorities trusted here, which are {FormatName(trusted)}";
        }
        if (flags.HasFlag(X509ChainStatusFlags.NotTimeValid))
            return "that authority's own certificate has expired, or is not valid yet";
        return $"its chain is not valid ({flags})";
    }

    private static bool HasUsage(X509Certificate2 certificate, string usage) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .SelectMany(extension => extension.EnhancedKeyUsages.Cast<Oid>())
            .Any(oid => string.Equals(oid.Value, usage, StringComparison.Ordinal));

    private static string FormatTime(DateTime time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
