using System.Net;
using ActorPool.Configuration;

namespace ActorPool.Security;

/// <summary>The three files of a cluster member's certificate, in a private directory.</summary>
internal static class IdentityFiles
{
    /// <summary>The authorities whose certificates are trusted.</summary>
    public const string Authority = "ca.pem";

    /// <summary>The certificate that is shown to peers.</summary>
    public const string Certificate = "node.pem";

    /// <summary>The certificate's private key.</summary>
    public const string Key = "node.key";

    private static readonly TimeSpan s_developmentValidity = TimeSpan.FromDays(3650);

    /// <summary>The directory of this user's development certificate.</summary>
    public static string DevelopmentDirectory => UserFiles.GetDataDirectory("development-certificate");

    /// <summary>Makes the development certificate, unless there is one.</summary>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    /// <remarks>
    /// It is only for the loopback interface, and the key of its authority is thrown away. Processes that start at the same time share one
    /// certificate: each writes a temporary directory and renames it, which fails if there is already one.
    /// </remarks>
    public static void MakeDevelopmentCertificate(string directory, TimeProvider clock)
    {
        if (Directory.Exists(directory))
            return;
        var parent = Path.GetDirectoryName(Path.GetFullPath(directory))!;
        Directory.CreateDirectory(parent);
        var temporary = Path.Combine(parent, $".{Path.GetFileName(directory)}-{Guid.NewGuid():N}");
        using var authority = CertificateAuthority.Create("ActorPool development", s_developmentValidity, clock);
        string[] hosts = ["localhost", IPAddress.Loopback.ToString(), IPAddress.IPv6Loopback.ToString()];
        var (certificate, key) = authority.Issue(hosts, s_developmentValidity, clock);
        Write(temporary, authority.CertificatePem, certificate, key);
        try
        {
            Directory.Move(temporary, directory);
        }
        catch (IOException) when (Directory.Exists(directory))
        {
            Directory.Delete(temporary, recursive: true); // another process was first
        }
    }

    /// <summary>Writes the three files so that only this user can read them.</summary>
    public static void Write(string directory, string authorityPem, string certificatePem, string keyPem)
    {
        UserFiles.CreateDirectory(directory);
        UserFiles.WriteText(Path.Combine(directory, Authority), authorityPem);
        UserFiles.WriteText(Path.Combine(directory, Certificate), certificatePem);
        UserFiles.WriteText(Path.Combine(directory, Key), keyPem);
    }
}
