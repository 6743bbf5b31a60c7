using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>The modules that this process has described, with their bytes for nodes.</summary>
/// <remarks>
/// Nodes get only the bytes of modules that were described, for a function or because it loads them by name: they cannot read files of this
/// machine by naming them. No entry keeps an assembly loaded.
/// </remarks>
/// <param name="files">What functions may load by name; null for the files of this process's program.</param>
internal sealed partial class ModuleCatalog(ProgramFiles? files = null) : ITypeDirectory
{
    private readonly Lazy<ProgramFiles> _files = new(() => files ?? ProgramFiles.ForThisProcess());
    private readonly ConditionalWeakTable<Assembly, ModuleClosure> _closures = [];
    private readonly DescribedModules _described = new();

    /// <summary>The catalog of this process: all of its pools have the same loaded assemblies.</summary>
    public static ModuleCatalog Shared { get; } = new();

    /// <summary>Gets an assembly and all that it needs, except what each node already has.</summary>
    /// <exception cref="FunctionNotShippableException">
    /// One of them has no file, its file cannot be read or is another build, or hot reload has changed it.
    /// </exception>
    public ModuleClosure GetClosure(Assembly assembly)
    {
        if (_closures.TryGetValue(assembly, out var known))
        {
            HotReload.CheckUnchanged(known.Identities);
            return known;
        }
        var closure = Gather(GetImage(assembly), AssemblyLoadContext.GetLoadContext(assembly) ?? AssemblyLoadContext.Default);
        Register(closure);
        return _closures.GetValue(assembly, _ => closure);
    }

    /// <summary>Reads the bytes of a module that a manifest of this process names.</summary>
    /// <exception cref="InvalidDataException">No manifest of this process names it.</exception>
    /// <exception cref="FunctionNotShippableException">Its file has changed since then.</exception>
    public ReadOnlyMemory<byte> GetBytes(ModuleIdentity identity)
    {
        if (_described.FindReadable(identity) is not { } image)
            throw new InvalidDataException(
                $"No function of the module [{identity}] was sent by this process, or the client whose module it was has gone.");
        var bytes = image.ReadBytes();
        if (!identity.Matches(bytes))
        {
            throw new FunctionNotShippableException(
                $"The file of the module [{identity}] was replaced while its functions were in use: [{image.Path}]. "
                + "Start the process again.");
        }
        return bytes;
    }

    /// <summary>Finds the name of a described module by its id; null for others.</summary>
    public string? FindName(Guid mvid) => _described.Find(mvid)?.Name;

    private void Register(ModuleClosure closure)
    {
        HotReload.CheckUnchanged(closure.Identities);
        _described.Add(closure.Images);
    }

    private ModuleClosure Gather(ModuleImage root, AssemblyLoadContext context)
    {
        var images = new List<ModuleImage> { root };
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
                    // The assemblies of the framework are updated together, and this name stands for all of them but those that the
                    // program replaces by newer ones.
                    if ((reference.Name is "System.Runtime" || HostAssemblies.IsEngine(reference.Name)
                            || HostAssemblies.IsReplaced(reference.Name))
                        && (!requirements.TryGetValue(reference.Name, out var other) || other.Version < reference.Version))
                        requirements[reference.Name] = reference;
                    continue;
                }
                if (!positions.TryGetValue(reference.Name, out var position))
                {
                    // An assembly that is missing here is missing for the caller, too: an optional dependency.
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
        return new ModuleClosure(images, [.. images.Select(GetIdentity)], references, [.. requirements.Values]);
    }

    bool ITypeDirectory.Contains(Assembly assembly) => _described.Contains(assembly.ManifestModule.ModuleVersionId);

    // Several contexts may have the same module: that of a described function is meant, since its types are those of the results.
    Module? ITypeDirectory.Find(Guid mvid)
    {
        if (!_described.Contains(mvid))
            return null;
        var context = _closures.Select(entry => AssemblyLoadContext.GetLoadContext(entry.Key))
            .FirstOrDefault(c => c?.Assemblies.Any(a => !a.IsDynamic && a.ManifestModule.ModuleVersionId == mvid) == true);
        return new LoadedModules(context).Find(mvid);
    }

    private ModuleImage? Find(AssemblyLoadContext context, ModuleImage referrer, string name)
    {
        // The function would run with a loaded assembly. Next comes the file that would be loaded. Loading it is the last resort.
        if ((FindLoaded(context, name) ?? FindLoaded(AssemblyLoadContext.Default, name)) is { } loaded)
            return GetImage(loaded);
        var beside = Path.Combine(Path.GetDirectoryName(referrer.Path) ?? "", name + ".dll");
        foreach (var path in new[] { HostAssemblies.FindPlatformPath(name), beside })
        {
            if (path is not null && Path.IsPathRooted(path) && File.Exists(path))
                return ModuleImage.Read(path);
        }
        try
        {
            return GetImage(context.LoadFromAssemblyName(new AssemblyName(name)));
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            return null;
        }
    }

    private static Assembly? FindLoaded(AssemblyLoadContext context, string name) =>
        context.Assemblies.FirstOrDefault(a => string.Equals(a.GetName().Name, name, StringComparison.Ordinal));

    private ModuleImage GetImage(Assembly assembly)
    {
        var mvid = assembly.ManifestModule.ModuleVersionId;
        if (_described.FindLasting(mvid) is { } described)
            return described;
        var path = assembly.IsDynamic ? "" : assembly.Location;
        if (path.Length == 0 && AssemblyLoadContext.GetLoadContext(assembly) is ModuleLoadContext context
            && ModuleImage.Read(context, assembly.GetName().Name!) is { } kept)
            return kept;
        if (path.Length == 0 && !assembly.IsDynamic && ReadFromProgram(assembly) is { } bundled && bundled.Mvid == mvid)
            return bundled;
        if (path.Length == 0)
            throw new FunctionNotShippableException(assembly.IsDynamic
                ? $"The assembly [{assembly.GetName().Name}] was generated at run time: its functions cannot run in another process. "
                    + "Use a method of a compiled assembly."
                : $"The assembly [{assembly.GetName().Name}] has no file: it was loaded from memory, so its bytes cannot be sent. "
                    + "Load it from a file, or put it into the nodes' functions directory.");
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
            $"The file of the assembly [{assembly.GetName().Name}] was replaced by another build since this process loaded it: [{path}]. "
            + "Start the process again.");
    }

    private static ModuleImage? ReadFromProgram(Assembly assembly)
    {
        try
        {
            return ProgramBundle.Own is { } bundle ? ModuleImage.Read(bundle, assembly.GetName().Name!) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException or InvalidDataException)
        {
            throw new FunctionNotShippableException(
                $"The assembly [{assembly.GetName().Name}] cannot be read from the program's file: [{Environment.ProcessPath}].", e);
        }
    }

    private static ModuleIdentity GetIdentity(ModuleImage image)
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

/// <summary>An assembly, which comes first, and the assemblies that it needs.</summary>
/// <param name="Images">The files.</param>
/// <param name="Identities">Their identities, in the same order.</param>
/// <param name="References">For each module, the positions of those that it refers to.</param>
/// <param name="Requirements">The parts of the runtime and the engine that they were built against, each with the highest version.</param>
internal sealed record ModuleClosure(
    IReadOnlyList<ModuleImage> Images, IReadOnlyList<ModuleIdentity> Identities, IReadOnlyList<int[]> References,
    IReadOnlyList<ModuleReference> Requirements);
