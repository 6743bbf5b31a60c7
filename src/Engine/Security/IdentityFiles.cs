using System.Net;

namespace ActorPool.Security;

/// <summary>The three files that make somebody a member of a cluster, in a directory of their own.</summary>
internal static class IdentityFiles
{
    /// <summary>The authorities whose certificates are trusted.</summary>
    public const string Authority = "ca.pem";

    /// <summary>The certificate that is shown to others.</summary>
    public const string Certificate = "node.pem";

    /// <summary>Its key.</summary>
    public const string Key = "node.key";

    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersDirectory = OwnersFile | UnixFileMode.UserExecute;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private static readonly TimeSpan s_developmentValidity = TimeSpan.FromDays(3650);

    /// <summary>Where the development certificate of this user is: the XDG base directory for data, or what it is by default.</summary>
    public static string DevelopmentDirectory
    {
        get
        {
            var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
            if (string.IsNullOrEmpty(data))
                data = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData) : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share");
            return Path.Combine(data, "actorpool", "development-certificate");
        }
    }

    /// <summary>Makes the development certificate, unless it is there: for the loopback interface alone, by an authority whose key is thrown away.</summary>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    /// <remarks>Processes that start at the same time end with the same one: it is written aside and renamed, which fails where there is one.</remarks>
    public static void MakeDevelopmentCertificate(string directory, TimeProvider clock)
    {
        if (Directory.Exists(directory))
            return;
        var parent = Path.GetDirectoryName(Path.GetFullPath(directory))!;
        Directory.CreateDirectory(parent);
        var aside = Path.Combine(parent, $".{Path.GetFileName(directory)}-{Guid.NewGuid():N}");
        using var authority = CertificateAuthority.Create("ActorPool development", s_developmentValidity, clock);
        var (certificate, key) = authority.Issue(["localhost", IPAddress.Loopback.ToString(), IPAddress.IPv6Loopback.ToString()], s_developmentValidity, clock);
        Write(aside, authority.CertificatePem, certificate, key);
        try
        {
            Directory.Move(aside, directory);
        }
        catch (IOException) when (Directory.Exists(directory))
        {
            Directory.Delete(aside, recursive: true); // another process was first
        }
    }

    /// <summary>Writes the three files, readable by this user alone.</summary>
    public static void Write(string directory, string authorityPem, string certificatePem, string keyPem)
    {
        CreateDirectory(directory);
        WriteFile(Path.Combine(directory, Authority), authorityPem);
        WriteFile(Path.Combine(directory, Certificate), certificatePem);
        WriteFile(Path.Combine(directory, Key), keyPem);
    }

    /// <summary>Makes a directory for this user alone.</summary>
    public static void CreateDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory); // the user's profile is nobody else's
        else
            Directory.CreateDirectory(directory, OwnersDirectory);
    }

    /// <summary>Writes a file for this user alone: it is so from its first byte on.</summary>
    public static void WriteFile(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnersFile;
        using var writer = new StreamWriter(path, options);
        writer.Write(text.EndsWith('\n') ? text : text + '\n');
    }

    /// <summary>Whether a file or directory can be used by other users of the machine.</summary>
    public static bool IsOpenToOthers(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != UnixFileMode.None;

    /// <summary>Whether other users of the machine can change a file, or put another in its place.</summary>
    public static bool IsWritableByOthers(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OthersWrite) != UnixFileMode.None;
}
