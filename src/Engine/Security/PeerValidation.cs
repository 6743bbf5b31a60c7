using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace ActorPool.Security;

/// <summary>Decides whether a peer's certificate makes it a member of the cluster.</summary>
/// <remarks>
/// Only the given authorities count, never those of the system, and nothing is fetched from the network. Host names are checked where this side has called: a member's
/// key must not serve to pose as another machine.
/// </remarks>
internal sealed class PeerValidation(X509Certificate2Collection authorities, TimeProvider clock)
{
    private const int LongestName = 100;

    /// <summary>Looks at a certificate.</summary>
    /// <param name="certificate">What the peer has shown; null for nothing.</param>
    /// <param name="isServer">Whether the peer was called, and not the caller.</param>
    /// <param name="host">The host that was called; null where that does not matter.</param>
    /// <returns>Null if it is good, else why not, as a sentence that names its subject.</returns>
    public string? WhyRefused(X509Certificate2? certificate, bool isServer, string? host)
    {
        if (certificate is null)
            return "it showed no certificate.";
        var subject = Shown(certificate.Subject);
        var now = clock.GetUtcNow().UtcDateTime;
        if (certificate.NotAfter.ToUniversalTime() < now)
            return $"the certificate of [{subject}] has expired on {At(certificate.NotAfter)}.";
        if (certificate.NotBefore.ToUniversalTime() > now)
            return $"the certificate of [{subject}] is valid from {At(certificate.NotBefore)} on only: does a clock differ?";
        if (WhyUntrusted(certificate, now) is { } status)
            return $"the certificate of [{subject}] is not to be trusted: it is by [{Shown(certificate.Issuer)}], and {status}.";
        if (!HasUsage(certificate, isServer ? CertificateAuthority.ServerUsage : CertificateAuthority.ClientUsage))
            return $"the certificate of [{subject}] is not one for {(isServer ? "servers" : "clients")} (extended key usage).";
        return host is not null && !certificate.MatchesHostname(host)
            ? $"the certificate of [{subject}] is not for the host [{host}], but for {NamesOf(certificate)}."
            : null;
    }

    /// <summary>The hosts that a certificate is for.</summary>
    public static string NamesOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString()))).ToArray();
        return names.Length == 0 ? "none" : Shown(string.Join(", ", names));
    }

    /// <summary>A name from a certificate as it can stand in a log: a stranger chose it.</summary>
    public static string Shown(string name)
    {
        var clean = string.Concat(name.Select(c => char.IsControl(c) || c is '[' or ']' ? '?' : c));
        return clean.Length <= LongestName ? clean : clean[..LongestName] + "…";
    }

    private string? WhyUntrusted(X509Certificate2 certificate, DateTime now)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authorities);
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.VerificationTime = now;
        if (chain.Build(certificate))
            return null;
        var flags = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if ((flags & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid)) != X509ChainStatusFlags.NoError)
            return $"not by one of the authorities that count here, which are {Shown(string.Join("; ", authorities.Select(authority => $"{authority.Subject} {authority.Thumbprint[..8]}")))}";
        if (flags.HasFlag(X509ChainStatusFlags.NotTimeValid))
            return "that authority's own certificate has expired, or is not valid yet";
        return $"its chain does not hold ({flags})";
    }

    private static bool HasUsage(X509Certificate2 certificate, string usage) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(extension => extension.EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>().Any(oid => string.Equals(oid.Value, usage, StringComparison.Ordinal)));

    private static string At(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
