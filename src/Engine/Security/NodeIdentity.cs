using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorPool.Security;

/// <summary>What a node or a pool shows to others, and whom it believes.</summary>
/// <remarks>Lives as long as the process uses it: connections take the certificate when they are made.</remarks>
internal sealed class NodeIdentity
{
    /// <summary>More than any chain of authorities; what is larger is something else.</summary>
    private const long MostFileBytes = 1 << 20;

    private NodeIdentity(X509Certificate2 certificate, X509Certificate2Collection authorities) => (Certificate, Authorities) = (certificate, authorities);

    /// <summary>With its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Whose certificates are accepted.</summary>
    public X509Certificate2Collection Authorities { get; }

    /// <summary>Reads the three files of <see cref="IdentityFiles"/> from a directory.</summary>
    /// <exception cref="IdentityException">A file is missing, is not what it should be, can be read by others, or does not fit the others; the message names it.</exception>
    public static NodeIdentity Read(string directory, TimeProvider clock)
    {
        if (!Directory.Exists(directory))
            throw new IdentityException($"There is no directory [{directory}]. Make one with: dotnet Node.dll certs issue");
        var (authorityFile, certificateFile, keyFile) = (Path.Combine(directory, IdentityFiles.Authority), Path.Combine(directory, IdentityFiles.Certificate), Path.Combine(directory, IdentityFiles.Key));
        var authorityPem = ReadText(authorityFile);
        var certificatePem = ReadText(certificateFile);
        var keyPem = ReadText(keyFile);
        if (IdentityFiles.IsOpenToOthers(keyFile))
            throw new IdentityException($"[{keyFile}] can be used by other users of this machine. Do: chmod 600 {keyFile}");
        if (new[] { directory, authorityFile, certificateFile }.FirstOrDefault(IdentityFiles.IsWritableByOthers) is { } writable)
            throw new IdentityException($"[{writable}] can be changed by other users of this machine, who could let themselves in. Do: chmod go-w {writable}");

        var authorities = new X509Certificate2Collection();
        var certificate = Parse(certificateFile, () => X509Certificate2.CreateFromPem(certificatePem));
        Parse(authorityFile, () =>
        {
            authorities.ImportFromPem(authorityPem);
            return authorities.Count > 0 ? authorities : throw new CryptographicException("It has no certificate in it.");
        });
        var withKey = Parse(keyFile, () => WithKey(certificatePem, keyPem));
        var validation = new PeerValidation(authorities, clock);
        if ((validation.WhyRefused(certificate, isServer: true, host: null) ?? validation.WhyRefused(certificate, isServer: false, host: null)) is { } reason)
            throw new IdentityException($"[{certificateFile}] would be refused by all others: {reason}");
        return new NodeIdentity(withKey, authorities);
    }

    /// <summary>The identity of this user on this machine, made at first use.</summary>
    /// <exception cref="IdentityException">It cannot be made or read.</exception>
    public static NodeIdentity Development(string directory, TimeProvider clock)
    {
        try
        {
            IdentityFiles.MakeDevelopmentCertificate(directory, clock);
            if (IdentityFiles.IsOpenToOthers(directory))
                throw new IdentityException($"The directory [{directory}] is open to other users of this machine. Do: chmod 700 {directory}");
            return Read(directory, clock);
        }
        catch (IdentityException e)
        {
            throw new IdentityException($"The development certificate cannot be used. {e.Message} Or delete the directory [{directory}], and a new one is made; processes that run keep theirs.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IdentityException($"The development certificate cannot be made in [{directory}]: {e.Message} Set XDG_DATA_HOME to a directory of your own, or actorpool.cluster.tls.certificates.", e);
        }
    }

    private static X509Certificate2 WithKey(string certificatePem, string keyPem)
    {
        var certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        if (!OperatingSystem.IsWindows())
            return certificate;
        using (certificate)
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null); // its TLS does not use a key that is in memory alone
    }

    private static string ReadText(string file)
    {
        try
        {
            var length = new FileInfo(file).Length;
            return length <= MostFileBytes ? File.ReadAllText(file) : throw new IdentityException($"[{file}] has [{length}] bytes, and is hardly a PEM file.");
        }
        catch (FileNotFoundException e)
        {
            throw new IdentityException($"There is no [{file}]. A directory of certificates has {IdentityFiles.Authority}, {IdentityFiles.Certificate} and {IdentityFiles.Key}, as dotnet Node.dll certs issue writes them.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IdentityException($"[{file}] cannot be read: {e.Message}", e);
        }
    }

    private static T Parse<T>(string file, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new IdentityException($"[{file}] is not a PEM file of its kind{(file.EndsWith(".key", StringComparison.Ordinal) ? $", or not the key of {IdentityFiles.Certificate}" : "")}: {e.Message}", e);
        }
    }
}

/// <summary>Certificates cannot be used; the message says which, why, and what to do.</summary>
internal sealed class IdentityException : Exception
{
    public IdentityException() { }

    public IdentityException(string? message) : base(message) { }

    public IdentityException(string? message, Exception? innerException) : base(message, innerException) { }
}
