using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace ActorPool.Shipping;

/// <summary>The assemblies whose functions this process has described, and their bytes for the nodes that ask.</summary>
/// <remarks>
/// Nodes get the bytes of what was described and of nothing else: they cannot read files of this machine by naming them. No entry keeps an assembly loaded.
/// </remarks>
internal sealed class ModuleCatalog
{
    private readonly ConditionalWeakTable<Assembly, ModuleClosure> _closures = [];
    private readonly ConcurrentDictionary<Guid, ModuleImage> _registered = new();
    private readonly ConcurrentDictionary<Guid, ModuleImage> _described = new();

    /// <summary>The one of this process: what has been loaded is the same for all of its pools.</summary>
    public static ModuleCatalog Shared { get; } = new();

    /// <summary>Gives the bytes of an assembly that has no file of its own: one loaded from memory, or out of a single-file application.</summary>
    public void Register(ReadOnlyMemory<byte> bytes)
    {
        var image = ModuleImage.Read(bytes.ToArray());
        _registered[image.Mvid] = image;
    }

    /// <summary>An assembly and all that it refers to, without what each node has by itself.</summary>
    /// <exception cref="FunctionNotShippableException">One of them has no file, or its file is another build.</exception>
    public ModuleClosure ClosureOf(Assembly assembly)
    {
        if (_closures.TryGetValue(assembly, out var known))
            return known;
        var closure = Gather(assembly);
        foreach (var module in closure.Images)
            _described.TryAdd(module.Mvid, module);
        return _closures.GetValue(assembly, _ => closure);
    }

    /// <summary>The bytes of a module of a manifest of this process.</summary>
    /// <exception cref="InvalidDataException">No manifest named it.</exception>
    /// <exception cref="FunctionNotShippableException">Its file has changed since.</exception>
    public ReadOnlyMemory<byte> BytesOf(ModuleIdentity identity)
    {
        if (!_described.TryGetValue(identity.Mvid, out var image) || image.Identity != identity)
            throw new InvalidDataException($"No function of the module [{identity}] was sent by this process.");
        var bytes = image.ReadBytes();
        if (bytes.Length != identity.Length || !ModuleStore.HashMatches(bytes, identity))
            throw new FunctionNotShippableException($"The file of the module [{identity}] was replaced while its functions were in use: [{image.Path}]. Start the process again.");
        return bytes;
    }

    private ModuleClosure Gather(Assembly root)
    {
        var context = AssemblyLoadContext.GetLoadContext(root) ?? AssemblyLoadContext.Default;
        var images = new List<ModuleImage> { ImageOf(root) };
        var positions = new Dictionary<string, int>(StringComparer.Ordinal) { [images[0].Name] = 0 };
        var absent = new HashSet<string>(StringComparer.Ordinal);
        var requirements = new Dictionary<string, ModuleReference>(StringComparer.Ordinal);
        var references = new List<int[]>();
        for (var i = 0; i < images.Count; i++)
        {
            var own = new List<int>();
            foreach (var reference in images[i].References)
            {
                if (HostAssemblies.IsHost(reference.Name))
                {
                    // The framework moves as one, and this name stands for it.
                    if ((reference.Name is "System.Runtime" || HostAssemblies.IsEngine(reference.Name))
                        && (!requirements.TryGetValue(reference.Name, out var other) || other.Version < reference.Version))
                        requirements[reference.Name] = reference;
                    continue;
                }
                if (!positions.TryGetValue(reference.Name, out var position))
                {
                    // What is not there is not there for the caller either: an optional dependency.
                    if (absent.Contains(reference.Name) || Find(context, images[i], reference.Name) is not { } image)
                    {
                        absent.Add(reference.Name);
                        continue;
                    }
                    positions[reference.Name] = position = images.Count;
                    images.Add(image);
                }
                own.Add(position);
            }
            references.Add([.. own]);
        }
        return new ModuleClosure(images, [.. images.Select(IdentityOf)], references, [.. requirements.Values]);
    }

    private ModuleImage? Find(AssemblyLoadContext context, ModuleImage referrer, string name)
    {
        // What is loaded is what the function would run with; a file that would be loaded comes next, and loading it last.
        if ((Loaded(context, name) ?? Loaded(AssemblyLoadContext.Default, name)) is { } loaded)
            return ImageOf(loaded);
        foreach (var path in new[] { HostAssemblies.PlatformPathOf(name), Path.Combine(Path.GetDirectoryName(referrer.Path) ?? "", name + ".dll") })
        {
            if (path is not null && Path.IsPathRooted(path) && File.Exists(path))
                return ModuleImage.Read(path);
        }
        try
        {
            return ImageOf(context.LoadFromAssemblyName(new AssemblyName(name)));
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            return null;
        }
    }

    private static Assembly? Loaded(AssemblyLoadContext context, string name) =>
        context.Assemblies.FirstOrDefault(a => string.Equals(a.GetName().Name, name, StringComparison.Ordinal));

    private ModuleImage ImageOf(Assembly assembly)
    {
        var mvid = assembly.ManifestModule.ModuleVersionId;
        if (_registered.TryGetValue(mvid, out var registered))
            return registered;
        if (_described.TryGetValue(mvid, out var described))
            return described;
        var path = assembly.IsDynamic ? "" : assembly.Location;
        if (path.Length == 0)
            throw new FunctionNotShippableException(assembly.IsDynamic
                ? $"The assembly [{assembly.GetName().Name}] was generated at run time: its functions cannot run in another process. Use a method of a compiled assembly."
                : $"The assembly [{assembly.GetName().Name}] has no file: it was loaded from memory or stands in a single-file application, so that its bytes cannot be sent. "
                    + "Publish without PublishSingleFile, or put the assembly into the nodes' functions directory.");
        try
        {
            var image = ModuleImage.Read(path);
            if (image.Mvid == mvid)
                return image;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException or InvalidDataException)
        {
            throw new FunctionNotShippableException($"The file of the assembly [{assembly.GetName().Name}] cannot be read: [{path}].", e);
        }
        throw new FunctionNotShippableException(
            $"The file of the assembly [{assembly.GetName().Name}] was replaced by another build since this process loaded it: [{path}]. Start the process again.");
    }

    private static ModuleIdentity IdentityOf(ModuleImage image)
    {
        try
        {
            return image.Identity;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException or InvalidDataException)
        {
            throw new FunctionNotShippableException($"The file of the assembly [{image.Name}] cannot be read: [{image.Path}].", e);
        }
    }
}

/// <summary>An assembly and what it needs: itself first.</summary>
/// <param name="Images">Where the bytes are.</param>
/// <param name="Identities">Who they are, in the same order.</param>
/// <param name="References">For each module the positions of those that it refers to.</param>
/// <param name="Requirements">The parts of the runtime and the engine that they were built against, each with the highest version.</param>
internal sealed record ModuleClosure(
    IReadOnlyList<ModuleImage> Images, IReadOnlyList<ModuleIdentity> Identities, IReadOnlyList<int[]> References, IReadOnlyList<ModuleReference> Requirements);
