using System.IO.Compression;
using System.Text;

namespace ActorPool.Shipping;

/// <summary>The assemblies inside of a program that is published as a single file.</summary>
/// <remarks>
/// Such assemblies have no files, and .NET does not give their bytes. The executable has a list of its contents, whose place stands before
/// a signature: dotnet/runtime, docs/design/features/host-components-dependency-resolution.md and src/native/corehost/bundle. A program of
/// another layout has no assemblies here.
/// </remarks>
internal sealed class ProgramBundle
{
    private const uint Layout = 6; // since .NET 6, with compression
    private const int MaxEntries = 100_000;
    private const byte AssemblyKind = 1;

    private static readonly Lazy<ProgramBundle?> s_own = new(static () => TryRead(Environment.ProcessPath));

    private static readonly byte[] s_signature = Convert.FromHexString("8B1202B96A612038727B930214D7A03213F5B9E6EFAE3318EE3B2DCE24B36AAE");

    private readonly string _path;
    private readonly Dictionary<string, Entry> _entries;

    private ProgramBundle(string path, Dictionary<string, Entry> entries) => (_path, _entries) = (path, entries);

    /// <summary>That of this process's program; null if it is no single file.</summary>
    public static ProgramBundle? Own => s_own.Value;

    /// <summary>Reads the list of a program; null if it has none that is known.</summary>
    public static ProgramBundle? TryRead(string? path)
    {
        if (path is null)
            return null;
        try
        {
            using var stream = Open(path);
            return FindHeader(stream) is { } header && ReadEntries(stream, header) is { } entries ? new ProgramBundle(path, entries) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Whether it has an assembly of this simple name.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Reads an assembly by its simple name; null if there is none.</summary>
    /// <exception cref="IOException">The file cannot be read, or is another one by now.</exception>
    public byte[]? Read(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
            return null;
        using var file = Open(_path);
        file.Position = entry.Offset;
        var bytes = new byte[entry.Size];
        if (entry.CompressedSize == 0)
        {
            file.ReadExactly(bytes);
            return bytes;
        }
        using var inflated = new DeflateStream(file, CompressionMode.Decompress);
        inflated.ReadExactly(bytes);
        return bytes;
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static long? FindHeader(Stream stream)
    {
        var buffer = new byte[1 << 20];
        var kept = 0;
        while (stream.Read(buffer, kept, buffer.Length - kept) is > 0 and var count)
        {
            var part = buffer.AsSpan(0, kept + count);
            if (part.IndexOf(s_signature) is >= sizeof(long) and var at)
                return BitConverter.ToInt64(part[(at - sizeof(long))..]) is > 0 and var header ? header : null; // 0: no single file
            // The signature, and the number before it, may lie across two parts.
            kept = Math.Min(part.Length, s_signature.Length + sizeof(long) - 1);
            part[^kept..].CopyTo(buffer);
        }
        return null;
    }

    private static Dictionary<string, Entry>? ReadEntries(Stream stream, long header)
    {
        stream.Position = header;
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadUInt32() != Layout)
            return null;
        reader.ReadUInt32();
        var count = reader.ReadInt32();
        if (count is < 0 or > MaxEntries)
            return null;
        reader.ReadString(); // its id
        stream.Position += 5 * sizeof(long); // where deps.json and runtimeconfig.json are, and flags
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var entry = new Entry(reader.ReadInt64(), checked((int)reader.ReadInt64()), reader.ReadInt64());
            var (kind, path) = (reader.ReadByte(), reader.ReadString());
            if (kind == AssemblyKind && path.EndsWith(".dll", StringComparison.Ordinal) && entry is { Offset: > 0, Size: > 0 }
                && entry.Size <= stream.Length * (entry.CompressedSize == 0 ? 1 : 1000))
                entries.TryAdd(path[..^".dll".Length], entry);
        }
        return entries;
    }

    private sealed record Entry(long Offset, int Size, long CompressedSize);
}
