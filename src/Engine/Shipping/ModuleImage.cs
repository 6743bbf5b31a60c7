using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;

namespace ActorPool.Shipping;

/// <summary>The file or the bytes of one module, read without loading it.</summary>
internal sealed class ModuleImage
{
    private readonly Lazy<ModuleIdentity> _identity;
    private readonly WeakReference<ModuleLoadContext>? _context;
    private readonly ProgramBundle? _bundle;

    private ModuleImage(string? path, MetadataReader metadata, ModuleLoadContext? context = null, ProgramBundle? bundle = null)
    {
        _bundle = bundle;
        _context = context is null ? null : new WeakReference<ModuleLoadContext>(context);
        Path = path;
        var assembly = metadata.GetAssemblyDefinition();
        var (name, culture) = (metadata.GetString(assembly.Name), metadata.GetString(assembly.Culture));
        (Name, Kind) = culture.Length == 0 ? (name, ModuleKind.Assembly) : ($"{culture}/{name}", ModuleKind.Satellite);
        Version = assembly.Version;
        Mvid = metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
        References = [.. metadata.AssemblyReferences.Select(handle =>
        {
            var reference = metadata.GetAssemblyReference(handle);
            return new ModuleReference(metadata.GetString(reference.Name), reference.Version);
        })];
        _identity = new Lazy<ModuleIdentity>(Identify);
    }

    private ModuleImage(string path, ModuleIdentity native)
    {
        (Path, Name, Kind, Version, Mvid, References) = (path, native.Name, native.Kind, native.Version, native.Mvid, []);
        _identity = new Lazy<ModuleIdentity>(native);
    }

    public string Name { get; }

    public ModuleKind Kind { get; }

    public Version Version { get; }

    public Guid Mvid { get; }

    public IReadOnlyList<ModuleReference> References { get; }

    /// <summary>The path of the file; null when there are only bytes.</summary>
    public string? Path { get; }

    /// <summary>Whether its bytes stay for as long as the process runs.</summary>
    public bool IsLasting => _context is null;

    /// <summary>Whether it has its bytes: a context that is unloaded takes them along.</summary>
    public bool IsReadable => _context is null || (_context.TryGetTarget(out var context) && context.FindBytes(Name) is not null);

    /// <summary>The identity with its hash; the first use reads the whole file.</summary>
    public ModuleIdentity Identity => _identity.Value;

    /// <exception cref="InvalidDataException">It is not a managed assembly.</exception>
    /// <exception cref="BadImageFormatException">Its headers cannot be read.</exception>
    public static ModuleImage Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var image = new PEReader(file);
        return Read(path, image);
    }

    /// <exception cref="InvalidDataException">It is not a managed assembly.</exception>
    /// <exception cref="BadImageFormatException">Its headers cannot be read.</exception>
    public static ModuleImage Read(byte[] bytes)
    {
        using var image = new PEReader(ImmutableCollectionsMarshal.AsImmutableArray(bytes));
        return Read(path: null, image);
    }

    /// <summary>Reads a module that a context has loaded from bytes.</summary>
    /// <returns>Null if the context has not kept the bytes. They stay with it, and go with it.</returns>
    public static ModuleImage? Read(ModuleLoadContext context, string name)
    {
        if (context.FindBytes(name) is not { } bytes)
            return null;
        using var image = new PEReader(ImmutableCollectionsMarshal.AsImmutableArray(bytes));
        return Read(path: null, image, context);
    }

    /// <summary>Reads a module of a single-file program; null if there is none.</summary>
    public static ModuleImage? Read(ProgramBundle bundle, string name)
    {
        if (bundle.Read(name) is not { } bytes)
            return null;
        using var image = new PEReader(ImmutableCollectionsMarshal.AsImmutableArray(bytes));
        return Read(path: null, image, bundle: bundle);
    }

    /// <summary>Whether a file has the metadata of managed code.</summary>
    public static bool IsManaged(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var image = new PEReader(file);
        try
        {
            return image.HasMetadata;
        }
        catch (BadImageFormatException)
        {
            return false; // a library of another system
        }
    }

    /// <summary>Reads the whole file of a native library.</summary>
    public static ModuleImage ReadNative(string path) =>
        new(path, ModuleIdentity.ForNative(System.IO.Path.GetFileName(path), File.ReadAllBytes(path)));

    /// <summary>Whether another image of the same module has its bytes from the same place.</summary>
    public bool HasBytesOf(ModuleImage other) => _context is null
        ? other._context is null
        : other._context is not null && _context.TryGetTarget(out var one) && other._context.TryGetTarget(out var two)
            && ReferenceEquals(one, two);

    /// <summary>Reads the present bytes.</summary>
    /// <exception cref="InvalidDataException">The context that had them was unloaded.</exception>
    public byte[] ReadBytes()
    {
        if (_bundle is not null)
            return _bundle.Read(Name) ?? throw new InvalidDataException($"The module [{Name}] is no longer in the program.");
        if (_context is null)
            return File.ReadAllBytes(Path!);
        return _context.TryGetTarget(out var context) && context.FindBytes(Name) is { } bytes
            ? bytes
            : throw new InvalidDataException($"The module [{Name}] was unloaded.");
    }

    private static ModuleImage Read(string? path, PEReader image, ModuleLoadContext? context = null, ProgramBundle? bundle = null)
    {
        if (!image.HasMetadata)
            throw new InvalidDataException($"[{path ?? "The image"}] is not a managed assembly.");
        var metadata = image.GetMetadataReader();
        if (!metadata.IsAssembly)
            throw new InvalidDataException($"[{path ?? "The image"}] is a module without an assembly.");
        return new ModuleImage(path, metadata, context, bundle);
    }

    private ModuleIdentity Identify()
    {
        var bytes = ReadBytes();
        if (Read(bytes).Mvid != Mvid)
            throw new InvalidDataException($"[{Path}] was replaced by another build.");
        return new ModuleIdentity(Name, Version, Mvid, ModuleIdentity.ComputeHash(bytes), bytes.Length) { Kind = Kind };
    }
}
