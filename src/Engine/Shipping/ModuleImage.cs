using System.Runtime.InteropServices;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;

namespace ActorPool.Shipping;

/// <summary>The file or the bytes of one assembly, read without loading it.</summary>
internal sealed class ModuleImage
{
    private readonly byte[]? _bytes;
    private readonly Lazy<ModuleIdentity> _identity;

    private ModuleImage(string? path, byte[]? bytes, MetadataReader metadata)
    {
        (Path, _bytes) = (path, bytes);
        var assembly = metadata.GetAssemblyDefinition();
        Name = metadata.GetString(assembly.Name);
        Version = assembly.Version;
        Mvid = metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
        References = [.. metadata.AssemblyReferences.Select(handle =>
        {
            var reference = metadata.GetAssemblyReference(handle);
            return new ModuleReference(metadata.GetString(reference.Name), reference.Version);
        })];
        _identity = new Lazy<ModuleIdentity>(Identify);
    }

    public string Name { get; }

    public Version Version { get; }

    public Guid Mvid { get; }

    public IReadOnlyList<ModuleReference> References { get; }

    /// <summary>Where the file lies; null when there are only bytes.</summary>
    public string? Path { get; }

    /// <summary>The identity with its hash: reads the whole file, once.</summary>
    public ModuleIdentity Identity => _identity.Value;

    /// <exception cref="InvalidDataException">It is no managed assembly; unreadable headers are a <see cref="BadImageFormatException"/>.</exception>
    public static ModuleImage Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var image = new PEReader(file);
        return Read(path, bytes: null, image);
    }

    /// <exception cref="InvalidDataException">It is no managed assembly; unreadable headers are a <see cref="BadImageFormatException"/>.</exception>
    public static ModuleImage Read(byte[] bytes)
    {
        using var image = new PEReader(ImmutableCollectionsMarshal.AsImmutableArray(bytes));
        return Read(path: null, bytes, image);
    }

    /// <summary>The bytes, as they are now.</summary>
    public byte[] ReadBytes() => _bytes ?? File.ReadAllBytes(Path!);

    private static ModuleImage Read(string? path, byte[]? bytes, PEReader image)
    {
        if (!image.HasMetadata)
            throw new InvalidDataException($"[{path ?? "The image"}] is no managed assembly.");
        var metadata = image.GetMetadataReader();
        if (!metadata.IsAssembly)
            throw new InvalidDataException($"[{path ?? "The image"}] is a module without an assembly.");
        return new ModuleImage(path, bytes, metadata);
    }

    private ModuleIdentity Identify()
    {
        var bytes = ReadBytes();
        if (_bytes is null && Read(bytes).Mvid != Mvid)
            throw new InvalidDataException($"[{Path}] was replaced by another build.");
        return new ModuleIdentity(Name, Version, Mvid, Convert.ToHexString(SHA256.HashData(bytes)), bytes.Length);
    }
}
