using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorPool.Security;

namespace ActorPool.Node.Certificates;

/// <summary>What the command <c>certs</c> does with its directories, and what it says of it.</summary>
internal sealed class CertificateFiles(TextWriter output, TimeProvider clock)
{
    private const string AuthorityKey = "ca.key";
    private static readonly TimeSpan s_soon = TimeSpan.FromDays(30);

    /// <summary>Makes an authority.</summary>
    public int Init(string directory, int days, bool force)
    {
        var key = Path.Combine(directory, AuthorityKey);
        Refuse(key, force);
        using var authority = CertificateAuthority.Create($"ActorPool authority of {Environment.MachineName}", TimeSpan.FromDays(days), clock);
        Write(directory, () =>
        {
            IdentityFiles.CreateDirectory(directory);
            IdentityFiles.WriteFile(Path.Combine(directory, IdentityFiles.Authority), authority.CertificatePem);
            IdentityFiles.WriteFile(key, authority.KeyPem);
        });
        output.WriteLine($"An authority, valid until {At(authority.NotAfter)}, is in [{directory}]. Whoever has {AuthorityKey} can let anybody in: it stays on this machine.");
        output.WriteLine($"Next, for each machine: certs issue HOST --ca {directory}");
        return 0;
    }

    /// <summary>Issues the certificate of one machine.</summary>
    public int Issue(IReadOnlyList<string> hosts, string authorityDirectory, string directory, int days, bool force)
    {
        if (hosts.FirstOrDefault(host => Uri.CheckHostName(host) == UriHostNameType.Unknown) is { } wrong)
            throw new NodeException($"[{wrong}] is no host's name or address. Write it without a scheme and a port.");
        using var authority = ReadAuthority(authorityDirectory);
        if (authority.NotAfter <= clock.GetUtcNow())
            throw new NodeException($"The authority in [{authorityDirectory}] has expired on {At(authority.NotAfter)}. Make another with certs init, and issue all certificates anew.");
        Refuse(Path.Combine(directory, IdentityFiles.Key), force);
        var (certificate, key) = authority.Issue(hosts, TimeSpan.FromDays(days), clock);
        Write(directory, () => IdentityFiles.Write(directory, authority.CertificatePem, certificate, key));
        using var issued = X509Certificate2.CreateFromPem(certificate);
        output.WriteLine($"A certificate for {string.Join(", ", hosts)}, valid until {At(new DateTimeOffset(issued.NotAfter.ToUniversalTime(), TimeSpan.Zero))}, is in [{directory}].");
        output.WriteLine($"Next: copy the directory to that machine, and start its node with --host {hosts[0]} --certs DIR; programs set actorpool.cluster.tls.certificates = DIR.");
        return 0;
    }

    /// <summary>Checks a machine's certificate.</summary>
    public int Verify(string directory, string? host)
    {
        try
        {
            var identity = NodeIdentity.Read(directory, clock);
            var certificate = identity.Certificate;
            var notAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero);
            output.WriteLine($"subject:  {PeerValidation.Shown(certificate.Subject)}");
            output.WriteLine($"hosts:    {PeerValidation.NamesOf(certificate)}");
            output.WriteLine($"issuer:   {PeerValidation.Shown(certificate.Issuer)}");
            output.WriteLine($"valid:    {At(new DateTimeOffset(certificate.NotBefore.ToUniversalTime(), TimeSpan.Zero))} to {At(notAfter)}");
            if (host is not null && new PeerValidation(identity.Authorities, clock).WhyRefused(certificate, isServer: true, host) is { } refusal)
                throw new NodeException($"Not for that host: {refusal}");
            output.WriteLine(notAfter - clock.GetUtcNow() < s_soon ? $"Good, but for less than {s_soon.TotalDays:F0} days: issue another one." : "Good.");
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
            return CertificateAuthority.Read(File.ReadAllText(Path.Combine(directory, IdentityFiles.Authority)), File.ReadAllText(Path.Combine(directory, AuthorityKey)));
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            throw new NodeException($"There is no authority in [{directory}]: it has {IdentityFiles.Authority} and {AuthorityKey}. Make one with certs init, or name its directory with --ca.", e);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new NodeException($"The authority in [{directory}] cannot be read: {e.Message}", e);
        }
    }

    private static void Refuse(string key, bool force)
    {
        if (!force && File.Exists(key))
            throw new NodeException($"There is [{key}] already. Choose another directory with --out, or write over it with --force: what was issued before is then of no use.");
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

    private static string At(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
