namespace ActorPool.Shipping;

/// <summary>The folder of assemblies that a node's operator provides: <c>--functions DIR</c>.</summary>
/// <remarks>It reads the assemblies without loading them.</remarks>
internal sealed class FunctionsDirectory
{
    private readonly string _directory;
    private readonly Lock _gate = new();
    private Dictionary<Guid, string> _paths = [];
    private Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    public FunctionsDirectory(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        _directory = Path.GetFullPath(directory);
        Scan();
    }

    /// <summary>Finds the file of one build of an assembly; null when the folder lacks it.</summary>
    public string? Find(Guid mvid)
    {
        lock (_gate)
        {
            if (_paths.TryGetValue(mvid, out var path) && IsUnchanged(path))
                return path;
            // The operator may have copied it here since the last scan.
            Scan();
            return _paths.GetValueOrDefault(mvid);
        }
    }

    private bool IsUnchanged(string path)
    {
        var file = new FileInfo(path);
        return file.Exists && _seen.TryGetValue(path, out var seen) && seen.Written == file.LastWriteTimeUtc && seen.Length == file.Length;
    }

    private void Scan()
    {
        var paths = new Dictionary<Guid, string>();
        var seen = new Dictionary<string, Seen>(StringComparer.Ordinal);
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 8, IgnoreInaccessible = true };
        if (Directory.Exists(_directory))
        {
            var files = new DirectoryInfo(_directory).EnumerateFiles("*.dll", options);
            foreach (var file in files.OrderBy(f => f.FullName, StringComparer.Ordinal))
            {
                var mvid = _seen.TryGetValue(file.FullName, out var before)
                    && before.Written == file.LastWriteTimeUtc && before.Length == file.Length
                    ? before.Mvid
                    : ReadMvid(file.FullName);
                seen[file.FullName] = new Seen(file.LastWriteTimeUtc, file.Length, mvid);
                if (mvid is { } id)
                    paths.TryAdd(id, file.FullName);
            }
        }
        (_paths, _seen) = (paths, seen);
    }

    private static Guid? ReadMvid(string path)
    {
        try
        {
            return ModuleImage.Read(path).Mvid;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException or InvalidDataException)
        {
            return null; // a native library, or a file that is still being copied
        }
    }

    private sealed record Seen(DateTime Written, long Length, Guid? Mvid);
}
