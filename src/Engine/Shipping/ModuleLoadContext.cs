using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace ActorPool.Shipping;

/// <summary>Where a module's bytes are.</summary>
internal sealed record ModuleSource(ModuleIdentity Identity, string? Path, byte[]? Bytes);

/// <summary>Loads the modules of one client process when they are needed first.</summary>
/// <remarks>
/// It must not hold an assembly or a type in a field: a collectible context is rooted until its allocator dies, and would then never die. So it knows bytes and paths only.
/// What it does not know, the runtime, the engine and the node's own modules, the default context answers for.
/// </remarks>
internal sealed class ModuleLoadContext : AssemblyLoadContext
{
    private readonly ConcurrentDictionary<string, ModuleSource> _sources = new(StringComparer.Ordinal);

    public ModuleLoadContext(string name) : base(name, isCollectible: true)
    {
        Unloading += static context => ((ModuleLoadContext)context)._sources.Clear();
        ResolvingUnmanagedDll += static (assembly, library) => throw new DllNotFoundException(
            $"[{assembly.GetName().Name}] needs the native library [{library}], which this node does not have. Native libraries do not travel: install it on the nodes.");
    }

    public ModuleIdentity? SourceOf(string name) => _sources.TryGetValue(name, out var source) ? source.Identity : null;

    public void Add(ModuleSource source) => _sources.TryAdd(source.Identity.Name, source);

    public Assembly LoadModule(string name) => LoadFromAssemblyName(new AssemblyName(name));

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is not { } name || !string.IsNullOrEmpty(assemblyName.CultureName))
            return null;
        // By simple name and whatever the version, so that there is one engine: versions are compared where the manifest comes in.
        if (HostAssemblies.IsEngine(name))
            return HostAssemblies.Find(name);
        if (!_sources.TryGetValue(name, out var source))
            return null;
        if (Assemblies.FirstOrDefault(a => string.Equals(a.GetName().Name, name, StringComparison.Ordinal)) is { } loaded)
            return loaded;
        if (source.Path is { } path)
            return LoadFromAssemblyPath(path);
        if (source.Bytes is not { } bytes)
            return null;
        using var stream = new MemoryStream(bytes, writable: false);
        var assembly = LoadFromStream(stream);
        _sources[name] = source with { Bytes = null }; // the runtime has its own copy now
        return assembly;
    }
}
