using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ActorPool.Configuration;

namespace ActorPool.Security;

/// <summary>The certificate and the trusted authorities of a node or a pool.</summary>
/// <remarks>It is never disposed of: each new connection uses the certificate.</remarks>
internal sealed class NodeIdentity
{
    /// <summary>More bytes than any chain of authorities has.</summary>
    private const long MaxFileBytes = 1 << 20;

    private readonly Lazy<SslStreamCertificateContext> _context;

    private NodeIdentity(X509Certificate2 certificate, X509Certificate2Collection authorities, PeerValidation validation, string content)
    {
        (Certificate, Authorities, Validation, Content) = (certificate, authorities, validation, content);
        _context = new(() => SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true));
    }

    /// <summary>The certificate with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The authorities whose certificates are accepted.</summary>
    public X509Certificate2Collection Authorities { get; }

    /// <summary>Checks peers by these authorities.</summary>
    public PeerValidation Validation { get; }

    /// <summary>The certificate as TLS takes it, for both sides of a connection.</summary>
    public SslStreamCertificateContext Context => _context.Value;

    public DateTimeOffset NotBefore => new(Certificate.NotBefore.ToUniversalTime(), TimeSpan.Zero);

    public DateTimeOffset NotAfter => new(Certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero);

    /// <summary>A hash of the three files: a renewed certificate has another.</summary>
    public string Content { get; }

    /// <summary>Reads the three files of <see cref="IdentityNames"/> from a directory.</summary>
    /// <exception cref="IdentityException">
    /// A file is missing, is not a PEM file of its kind, is open to other users, or does not fit the other files; the message names it.
    /// </exception>
    public static NodeIdentity Read(string directory, TimeProvider clock)
    {
        if (!Directory.Exists(directory))
            throw new IdentityException($"There is no directory [{directory}]. Make one with: dotnet Node.dll certs issue");
        UserFiles.EnsureHome();
        var names = IdentityNames.FindIn(directory);
        var authorityFile = Path.Combine(directory, names.Authority);
        var certificateFile = Path.Combine(directory, names.Certificate);
        var keyFile = Path.Combine(directory, names.Key);
        var authorityPem = ReadText(authorityFile);
        var certificatePem = ReadText(certificateFile);
        var keyPem = ReadText(keyFile);
        if (IdentityAccess.FindRefusal(directory, names) is { } open)
            throw new IdentityException(open);

        var certificate = Parse(certificateFile, names, () => X509Certificate2.CreateFromPem(certificatePem));
        var authorities = Parse(authorityFile, names, () => ReadAll(authorityPem));
        var withKey = Parse(keyFile, names, () => LoadWithKey(certificatePem, keyPem));
        // Other members have the same authorities between theirs and the root. Akka sends only the certificate.
        var chain = Parse(certificateFile, names, () => ReadAll(certificatePem));
        chain.RemoveAt(0);
        var validation = new PeerValidation(authorities, clock, chain);
        var refusal = validation.FindRefusal(certificate, isServer: true, host: null)
            ?? validation.FindRefusal(certificate, isServer: false, host: null);
        if (refusal is not null)
            throw new IdentityException($"[{certificateFile}] would be refused by all others: {refusal}.");
        return new NodeIdentity(withKey, authorities, validation, Hash(authorityPem, certificatePem, keyPem));
    }

    /// <summary>Reads which files a directory has now, without checking them.</summary>
    /// <returns>What <see cref="Content"/> of an identity of these files would be; null if one cannot be read.</returns>
    public static string? ReadContent(string directory)
    {
        var names = IdentityNames.FindIn(directory);
        try
        {
            return Hash(
                ReadText(Path.Combine(directory, names.Authority)),
                ReadText(Path.Combine(directory, names.Certificate)),
                ReadText(Path.Combine(directory, names.Key)));
        }
        catch (IdentityException)
        {
            return null;
        }
    }

    /// <summary>Reads the development certificate of this user; makes it at first use.</summary>
    /// <exception cref="IdentityException">It cannot be made or read.</exception>
    public static NodeIdentity ReadDevelopment(string directory, TimeProvider clock)
    {
        try
        {
            IdentityFiles.MakeDevelopmentCertificate(directory, clock);
            if (UserFiles.IsOpenToOthers(directory))
            {
                throw new IdentityException(
                    $"The directory [{directory}] is open to other users of this machine. Do: chmod 700 {directory}");
            }
            return Read(directory, clock);
        }
        catch (IdentityException e)
        {
            throw new IdentityException(
                $"The development certificate cannot be used. {e.Message} "
                + $"Or delete the directory [{directory}], and the next process makes a new one; running processes keep theirs.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IdentityException(
                $"The development certificate cannot be made in [{directory}]: {e.Message} "
                + "Set XDG_DATA_HOME to a directory that you own, or set actorpool.cluster.tls.certificates (--certs).", e);
        }
    }

    private static string Hash(params string[] texts) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', texts))));

    private static X509Certificate2Collection ReadAll(string pem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        return certificates.Count > 0 ? certificates : throw new CryptographicException("It contains no certificate.");
    }

    private static X509Certificate2 LoadWithKey(string certificatePem, string keyPem)
    {
        var certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        if (!OperatingSystem.IsWindows())
            return certificate;
        // The TLS of Windows does not use a key that is only in memory.
        using (certificate)
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    private static string ReadText(string file)
    {
        try
        {
            var length = new FileInfo(file).Length;
            return length <= MaxFileBytes
                ? File.ReadAllText(file)
                : throw new IdentityException($"[{file}] has [{length}] bytes, which is too large for a PEM file of certificates.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IdentityException(
                $"There is no [{file}]. A directory of certificates has {IdentityNames.Own}, as dotnet Node.dll certs issue writes them, "
                + $"or {IdentityNames.Secret}, as in a Kubernetes secret.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IdentityException($"[{file}] cannot be read: {e.Message}", e);
        }
    }

    private static T Parse<T>(string file, IdentityNames names, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            var orOtherKey = file.EndsWith(".key", StringComparison.Ordinal) ? $", or not the key of {names.Certificate}" : "";
            throw new IdentityException($"[{file}] is not a PEM file of its kind{orOtherKey}: {e.Message}", e);
        }
    }
}

/// <summary>Says which certificate file cannot be used, why, and what to do.</summary>
internal sealed class IdentityException : Exception
{
    public IdentityException() { }

    public IdentityException(string? message) : base(message) { }

    public IdentityException(string? message, Exception? innerException) : base(message, innerException) { }
}
