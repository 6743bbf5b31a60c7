using ActorPool.Configuration;

namespace ActorPool.Shipping;

/// <summary>A node's disk cache of assemblies that clients sent, in files named by hash.</summary>
/// <remarks>
/// Nothing in it is trusted: a file counts only while its bytes have the hash in its name, so that a torn write or a changed file costs
/// only another transfer. Any number of processes may use one directory. A cache that cannot be read or written is not an error: modules
/// are then sent again.
/// </remarks>
internal sealed class ModuleStore
{
    private const string Suffix = ".module";

    private readonly string _directory;
    private readonly long _maxBytes;
    private readonly TimeProvider _time;
    private readonly Lock _eviction = new();

    /// <param name="directory">Created when it is missing; made private to this user.</param>
    /// <param name="maxBytes">Maximum size of all files together, in bytes; the least recently used are deleted first.</param>
    /// <param name="time">The clock that dates each use; null for the system's.</param>
    public ModuleStore(string directory, long maxBytes, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        (_directory, _maxBytes, _time) = (Path.GetFullPath(directory), maxBytes, time ?? TimeProvider.System);
    }

    /// <summary>Reads the bytes of a module; null when none have its length and hash.</summary>
    public byte[]? TryRead(ModuleIdentity identity)
    {
        var path = GetPath(identity);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                return null;
            if (file.Length == identity.Length)
            {
                var bytes = File.ReadAllBytes(path);
                if (identity.Matches(bytes))
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
            UserFiles.EnsurePrivateDirectory(_directory);
            using (var file = UserFiles.Create(temporary, FileMode.CreateNew))
                file.Write(bytes.Span);
            // With the rename, a reader sees the complete file or none.
            File.Move(temporary, GetPath(identity), overwrite: true);
            Touch(GetPath(identity));
            Evict();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            return false;
        }
    }

    // The hash was made from bytes when the manifest was read: nothing else may become part of a path.
    private string GetPath(ModuleIdentity identity) => Path.Combine(_directory, identity.Sha256 + Suffix);

    private void Touch(string path) => File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);

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
