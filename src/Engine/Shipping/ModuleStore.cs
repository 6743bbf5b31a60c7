using System.Security.Cryptography;

namespace ActorPool.Shipping;

/// <summary>A node's disk cache of assemblies that clients sent: files named by the hash of what is in them.</summary>
/// <remarks>
/// Nothing in it is trusted: a file counts only while its bytes have the hash of its name, so that torn writes and foreign hands cost a transfer and no more.
/// Any number of processes may use one directory. A cache that cannot be written or read is no failure: modules are then sent again.
/// </remarks>
internal sealed class ModuleStore
{
    private const string Suffix = ".module";

    private readonly string _directory;
    private readonly long _maxBytes;
    private readonly TimeProvider _time;
    private readonly Lock _eviction = new();

    /// <param name="directory">Made when it is missing, for this user alone.</param>
    /// <param name="maxBytes">Bytes of all files; those used longest ago go first.</param>
    /// <param name="time">The clock of uses; null for the system's.</param>
    public ModuleStore(string directory, long maxBytes, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        (_directory, _maxBytes, _time) = (Path.GetFullPath(directory), maxBytes, time ?? TimeProvider.System);
    }

    /// <summary>The bytes of a module, or null when there are none of its length and hash.</summary>
    public byte[]? TryRead(ModuleIdentity identity)
    {
        var path = PathOf(identity);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                return null;
            if (file.Length == identity.Length)
            {
                var bytes = File.ReadAllBytes(path);
                if (HashMatches(bytes, identity))
                {
                    Touch(path);
                    return bytes;
                }
            }
            File.Delete(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps the bytes of a module, which must have been verified.</summary>
    /// <returns>Whether they are on disk now.</returns>
    public bool TryAdd(ModuleIdentity identity, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > _maxBytes)
            return false;
        var temporary = Path.Combine(_directory, $"{Guid.NewGuid():N}.tmp");
        try
        {
            MakeDirectory();
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(temporary, options))
                file.Write(bytes.Span);
            // A reader sees the whole file or none.
            File.Move(temporary, PathOf(identity), overwrite: true);
            Touch(PathOf(identity));
            Evict();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            return false;
        }
    }

    public static bool HashMatches(ReadOnlySpan<byte> bytes, ModuleIdentity identity)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return string.Equals(Convert.ToHexString(hash), identity.Sha256, StringComparison.Ordinal);
    }

    // The hash was checked to be one when the manifest was read: nothing else may become part of a path.
    private string PathOf(ModuleIdentity identity) => Path.Combine(_directory, identity.Sha256 + Suffix);

    private void Touch(string path) => File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);

    private void MakeDirectory()
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_directory);
            return;
        }
        if (!Directory.Exists(_directory))
            Directory.CreateDirectory(_directory, owner);
        else if (File.GetUnixFileMode(_directory) != owner)
            File.SetUnixFileMode(_directory, owner);
    }

    private void Evict()
    {
        lock (_eviction)
        {
            var now = _time.GetUtcNow().UtcDateTime;
            var files = new List<FileInfo>();
            foreach (var file in new DirectoryInfo(_directory).EnumerateFiles())
            {
                if (file.Name.EndsWith(Suffix, StringComparison.Ordinal))
                    files.Add(file);
                else if (file.Name.EndsWith(".tmp", StringComparison.Ordinal) && now - file.LastWriteTimeUtc > TimeSpan.FromHours(1))
                    TryDelete(file.FullName); // left by a process that died while it wrote
            }
            var total = files.Sum(f => f.Length);
            foreach (var file in files.OrderBy(f => f.LastWriteTimeUtc))
            {
                if (total <= _maxBytes)
                    break;
                if (TryDelete(file.FullName))
                    total -= file.Length;
            }
        }
    }

    private static bool TryDelete(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
