using ActorPool.Security;

namespace ActorPool.Tests.Security;

/// <summary>Certificates in a directory as Kubernetes mounts a secret.</summary>
/// <remarks>The files are links into a directory that a renewal replaces as a whole.</remarks>
internal sealed class MountedSecret : IDisposable
{
    private const UnixFileMode Open = UnixFileMode.StickyBit | UnixFileMode.SetGroup | OwnerAll
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const UnixFileMode OwnerAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Shared = OwnerAll
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly DirectoryInfo _directory = System.IO.Directory.CreateTempSubdirectory("secret-");
    private int _versions;

    /// <param name="certificates">A directory as <c>certs issue</c> writes it.</param>
    /// <param name="keyMode">The mode of all files.</param>
    public MountedSecret(string certificates, UnixFileMode keyMode = UnixFileMode.UserRead)
    {
        Replace(certificates, keyMode);
        foreach (var name in new[] { "ca.crt", "tls.crt", "tls.key" })
            File.CreateSymbolicLink(Path.Combine(Directory, name), Path.Combine("..data", name));
        File.SetUnixFileMode(Directory, Open);
    }

    public string Directory => _directory.FullName;

    /// <summary>The directory that has the files at present.</summary>
    public string Version => Path.Combine(Directory, $"..{_versions}");

    /// <summary>Replaces all files at once, as a renewal does.</summary>
    public void Replace(string certificates, UnixFileMode keyMode = UnixFileMode.UserRead)
    {
        _versions++;
        System.IO.Directory.CreateDirectory(Version, Shared);
        foreach (var (from, to) in new[]
        {
            (IdentityFiles.Authority, "ca.crt"), (IdentityFiles.Certificate, "tls.crt"), (IdentityFiles.Key, "tls.key"),
        })
        {
            File.Copy(Path.Combine(certificates, from), Path.Combine(Version, to));
            File.SetUnixFileMode(Path.Combine(Version, to), keyMode);
        }
        var link = Path.Combine(Directory, "..data");
        File.Delete(link);
        File.CreateSymbolicLink(link, Path.GetFileName(Version));
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
