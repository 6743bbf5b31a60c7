using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorPool.Configuration;
using ActorPool.Security;

namespace ActorPool.Node.Certificates;

/// <summary>Makes, issues and checks certificates for the command <c>certs</c>.</summary>
/// <remarks>The result goes to <paramref name="output"/>.</remarks>
internal sealed class CertificateFiles(TextWriter output, TimeProvider clock)
{
    private const string AuthorityKey = "ca.key";
    private static readonly TimeSpan s_renewalTime = TimeSpan.FromDays(30);

    /// <summary>Makes an authority.</summary>
    public int Init(string directory, int days, bool force)
    {
        var key = Path.Combine(directory, AuthorityKey);
        CheckAbsent(key, force, "certificates issued before then become useless");
        var name = $"ActorPool authority of {Environment.MachineName}";
        using var authority = CertificateAuthority.Create(name, TimeSpan.FromDays(days), clock);
        Write(directory, () =>
        {
            UserFiles.CreateDirectory(directory);
            UserFiles.WriteText(Path.Combine(directory, IdentityFiles.Authority), authority.CertificatePem);
            UserFiles.WriteText(key, authority.KeyPem);
        });
        output.WriteLine(
            $"An authority, valid until {FormatDate(authority.NotAfter)}, is in [{directory}]. "
            + $"With {AuthorityKey}, anyone can issue certificates for the cluster: it stays on this machine.");
        output.WriteLine($"Next, for each machine: certs issue HOST --ca {directory}");
        return 0;
    }

    /// <summary>Issues the certificate of one machine.</summary>
    public int Issue(
        IReadOnlyList<string> hosts, string authorityDirectory, string directory, int days, bool force, IReadOnlyList<string>? roles = null)
    {
        if (hosts.FirstOrDefault(host => Uri.CheckHostName(host) == UriHostNameType.Unknown) is { } wrong)
            throw new NodeException($"[{wrong}] is not a host's name or address. Write it without a scheme and a port.");
        using var authority = ReadAuthority(authorityDirectory);
        if (authority.NotAfter <= clock.GetUtcNow())
        {
            throw new NodeException(
                $"The authority in [{authorityDirectory}] expired on {FormatDate(authority.NotAfter)}. "
                + "Make another with certs init, and issue all certificates again.");
        }
        CheckAbsent(Path.Combine(directory, IdentityFiles.Key), force, "the machine then has a new certificate");
        var (certificate, key) = authority.Issue(hosts, TimeSpan.FromDays(days), clock, roles);
        Write(directory, () => IdentityFiles.Write(directory, authority.CertificatePem, certificate, key));
        using var issued = X509Certificate2.CreateFromPem(certificate);
        var notAfter = new DateTimeOffset(issued.NotAfter.ToUniversalTime(), TimeSpan.Zero);
        output.WriteLine($"A certificate for {string.Join(", ", hosts)}, valid until {FormatDate(notAfter)}, is in [{directory}].");
        output.WriteLine(roles is { Count: > 0 }
            ? $"It is for [{string.Join(", ", roles)}] only: for programs (actorpool.cluster.tls.certificates = DIR) and commands "
                + "(--certs DIR), and not for a node."
            : $"Next: copy the directory to that machine, and start its node with --host {hosts[0]} --certs DIR; "
                + "programs set actorpool.cluster.tls.certificates = DIR.");
        return 0;
    }

    /// <summary>Checks a machine's certificate.</summary>
    public int Verify(string directory, string? host)
    {
        try
        {
            var identity = NodeIdentity.Read(directory, clock);
            var certificate = identity.Certificate;
            var (notBefore, notAfter) = (identity.NotBefore, identity.NotAfter);
            output.WriteLine($"subject:  {PeerValidation.FormatName(certificate.Subject)}");
            output.WriteLine($"hosts:    {PeerValidation.GetNames(certificate)}");
            output.WriteLine($"roles:    {CertificateRoles.Format(CertificateRoles.Read(certificate))}");
            output.WriteLine($"issuer:   {PeerValidation.FormatName(certificate.Issuer)}");
            output.WriteLine($"valid:    {FormatDate(notBefore)} to {FormatDate(notAfter)}");
            if (host is not null
                && identity.Validation.FindRefusal(certificate, isServer: true, host.Trim('[', ']')) is { } refusal)
                throw new NodeException($"Not for that host: {refusal}.");
            output.WriteLine(notAfter - clock.GetUtcNow() < s_renewalTime
                ? $"Good, but for less than {s_renewalTime.TotalDays:F0} days: issue another one."
                : "Good.");
            return 0;
        }
        catch (IdentityException e)
        {
            throw new NodeException(e.Message, e);
        }
    }

    private static CertificateAuthority ReadAuthority(string directory)
    {
        try
        {
            return CertificateAuthority.Read(
                File.ReadAllText(Path.Combine(directory, IdentityFiles.Authority)),
                File.ReadAllText(Path.Combine(directory, AuthorityKey)));
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            throw new NodeException(
                $"There is no authority in [{directory}]: an authority has {IdentityFiles.Authority} and {AuthorityKey}. "
                + "Make one with certs init, or give its directory with --ca.", e);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new NodeException($"The authority in [{directory}] cannot be read: {e.Message}", e);
        }
    }

    /// <param name="key">The file that must not exist.</param>
    /// <param name="force">Whether to overwrite it.</param>
    /// <param name="consequence">What overwriting it means, a clause without a full stop.</param>
    private static void CheckAbsent(string key, bool force, string consequence)
    {
        if (!force && File.Exists(key))
        {
            throw new NodeException(
                $"[{key}] exists already. Choose another directory with --out, or overwrite it with --force: {consequence}.");
        }
    }

    private static void Write(string directory, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException($"[{directory}] cannot be written: {e.Message}", e);
        }
    }

    private static string FormatDate(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
