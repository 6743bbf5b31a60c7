using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using ActorPool.Configuration;

namespace ActorPool.Shipping;

/// <summary>The native libraries of callers, in files from which this process loads them.</summary>
/// <remarks>
/// Libraries that came together are in one folder, since one may load another. The folder's name comes from their content: another session
/// with the same libraries loads the same files, so that they are in memory once. That matters because they are never unloaded: they may
/// have threads. The folders are private to this user, belong to this process and are deleted when it ends, or by the next one.
/// </remarks>
internal sealed class NativeFiles
{
    /// <summary>Most bytes of the native libraries of one process.</summary>
    public const long MaxBytes = 8L << 30;

    private const string Owner = "owner";

    private static readonly ConcurrentDictionary<string, NativeFiles> s_all = new(StringComparer.Ordinal);

    private readonly string _parent;
    private readonly long _maxBytes;
    private readonly Lock _gate = new();
    private FileStream? _owner;
    private string? _folder;
    private long _bytes;

    /// <param name="parent">Where this process makes its folder.</param>
    /// <param name="maxBytes">Most bytes of all libraries; beyond it, they are refused.</param>
    internal NativeFiles(string parent, long maxBytes) => (_parent, _maxBytes) = (parent, maxBytes);

    /// <summary>Gets this process's files in a folder; all its nodes share them.</summary>
    public static NativeFiles For(string parent) =>
        s_all.GetOrAdd(Path.GetFullPath(parent), path =>
        {
            var files = new NativeFiles(path, MaxBytes);
            AppDomain.CurrentDomain.ProcessExit += (_, _) => files.Delete();
            return files;
        });

    /// <summary>Puts libraries that came together into a folder of their own.</summary>
    /// <returns>The folder. The bytes of each file in it were compared with their hash.</returns>
    /// <exception cref="FunctionNotShippableException">There is no room for them, or they cannot be written.</exception>
    public string Place(IReadOnlyList<(ModuleIdentity Identity, ReadOnlyMemory<byte> Bytes)> libraries)
    {
        try
        {
            lock (_gate)
            {
                _folder ??= CreateFolder();
                var content = string.Join('\n', libraries.Select(library => $"{library.Identity.Sha256} {library.Identity.Name}"));
                var folder = Path.Combine(_folder, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan(0, 16)));
                UserFiles.CreateDirectory(folder);
                foreach (var (identity, bytes) in libraries)
                    Write(folder, identity, bytes);
                return folder;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FunctionNotShippableException(
                $"This node cannot keep the native library [{libraries[0].Identity.Name}] in [{_parent}]: {e.Message} "
                + "Set actorpool.cluster.code-cache to a folder that it can write.", e);
        }
    }

    /// <summary>Deletes the folder of this process; what is loaded stays loaded.</summary>
    internal void Delete()
    {
        lock (_gate)
        {
            _owner?.Dispose();
            if (_folder is not null)
                TryDelete(_folder);
            (_owner, _folder, _bytes) = (null, null, 0);
        }
    }

    private void Write(string folder, ModuleIdentity identity, ReadOnlyMemory<byte> bytes)
    {
        var path = Path.Combine(folder, identity.Name);
        if (File.Exists(path) && identity.Matches(File.ReadAllBytes(path)))
            return;
        if (!identity.Matches(bytes.Span))
            throw new IOException($"The bytes of [{identity.Name}] are gone. Connect again.");
        if (_bytes + bytes.Length > _maxBytes)
        {
            throw new FunctionNotShippableException(
                $"With [{identity.Name}] this node would hold more than [{_maxBytes}] bytes of native libraries, which are never unloaded. "
                + "Start the node again.");
        }
        // A reader sees the complete file or none, and what is loaded from a replaced one stays as it is.
        var temporary = Path.Combine(folder, $"{Guid.NewGuid():N}.tmp");
        using (var file = UserFiles.Create(temporary, FileMode.CreateNew))
            file.Write(bytes.Span);
        File.Move(temporary, path, overwrite: true);
        _bytes += bytes.Length;
    }

    private string CreateFolder()
    {
        UserFiles.EnsurePrivateDirectory(_parent);
        foreach (var left in Directory.GetDirectories(_parent))
            DeleteIfLeft(left);
        var folder = Path.Combine(_parent, Guid.NewGuid().ToString("N"));
        UserFiles.CreateDirectory(folder);
        _owner = UserFiles.Create(Path.Combine(folder, Owner), FileMode.CreateNew); // open, and so locked, while this process lives
        return folder;
    }

    private static void DeleteIfLeft(string folder)
    {
        try
        {
            using (new FileStream(Path.Combine(folder, Owner), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            {
                // Its process has ended: it would hold the lock.
            }
            TryDelete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It belongs to a process that lives, or is just being made.
        }
    }

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Windows keeps files that are loaded; the next process deletes them.
        }
    }
}
