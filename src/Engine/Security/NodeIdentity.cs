using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorPool.Configuration;

namespace ActorPool.Security;

/// <summary>The certificate and the trusted authorities of a node or a pool.</summary>
/// <remarks>It is never disposed of: each new connection uses the certificate.</remarks>
internal sealed class NodeIdentity
{
    /// <summary>More bytes than any chain of authorities has.</summary>
    private const long MaxFileBytes = 1 << 20;

    private NodeIdentity(X509Certificate2 certificate, X509Certificate2Collection authorities) =>
        (Certificate, Authorities) = (certificate, authorities);

    /// <summary>The certificate with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The authorities whose certificates are accepted.</summary>
    public X509Certificate2Collection Authorities { get; }

    /// <summary>Reads the three files of <see cref="IdentityFiles"/> from a directory.</summary>
    /// <exception cref="IdentityException">
    /// A file is missing, is not a PEM file of its kind, is open to other users, or does not fit the other files; the message names it.
    /// </exception>
    public static NodeIdentity Read(string directory, TimeProvider clock)
    {
        if (!Directory.Exists(directory))
            throw new IdentityException($"There is no directory [{directory}]. Make one with: dotnet Node.dll certs issue");
        var authorityFile = Path.Combine(directory, IdentityFiles.Authority);
        var certificateFile = Path.Combine(directory, IdentityFiles.Certificate);
        var keyFile = Path.Combine(directory, IdentityFiles.Key);
        var authorityPem = ReadText(authorityFile);
        var certificatePem = ReadText(certificateFile);
        var keyPem = ReadText(keyFile);
        if (UserFiles.IsOpenToOthers(keyFile))
            throw new IdentityException($"[{keyFile}] can be used by other users of this machine. Do: chmod 600 {keyFile}");
        if (new[] { directory, authorityFile, certificateFile }.FirstOrDefault(UserFiles.IsWritableByOthers) is { } writable)
        {
            throw new IdentityException(
                $"[{writable}] can be changed by other users of this machine, who could make themselves members. "
                + $"Do: chmod go-w {writable}");
        }

        var authorities = new X509Certificate2Collection();
        var certificate = Parse(certificateFile, () => X509Certificate2.CreateFromPem(certificatePem));
        Parse(authorityFile, () =>
        {
            authorities.ImportFromPem(authorityPem);
            return authorities.Count > 0 ? authorities : throw new CryptographicException("It contains no certificate.");
        });
        var withKey = Parse(keyFile, () => LoadWithKey(certificatePem, keyPem));
        var validation = new PeerValidation(authorities, clock);
        var refusal = validation.FindRefusal(certificate, isServer: true, host: null)
            ?? validation.FindRefusal(certificate, isServer: false, host: null);
        if (refusal is not null)
            throw new IdentityException($"[{certificateFile}] would be refused by all others: {refusal}.");
        return new NodeIdentity(withKey, authorities);
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
                + "Set XDG_DATA_HOME to a directory that you own, or set actorpool.cluster.tls.certificates.", e);
        }
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
        catch (FileNotFoundException e)
        {
            throw new IdentityException(
                $"There is no [{file}]. A directory of certificates has {IdentityFiles.Authority}, {IdentityFiles.Certificate} and "
                + $"{IdentityFiles.Key}, as dotnet Node.dll certs issue writes them.", e);
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
            var orOtherKey = file.EndsWith(".key", StringComparison.Ordinal) ? $", or not the key of {IdentityFiles.Certificate}" : "";
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
