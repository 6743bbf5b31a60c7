using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace ActorPool.Shipping;

/// <summary>The file or the bytes of a module.</summary>
internal sealed record ModuleSource(ModuleIdentity Identity, string? Path, byte[]? Bytes);

/// <summary>Loads the modules of one client process when they are first needed.</summary>
/// <remarks>
/// It must not hold an assembly or a type in a field, because a collectible context is rooted until its allocator is collected, and would
/// then never be collected. So it holds only bytes and paths. What no manifest named, it asks the caller for: see
/// <see cref="NamedModules"/>. The default context loads everything else: the runtime, the engine and the node's own modules.
/// </remarks>
internal sealed class ModuleLoadContext : AssemblyLoadContext
{
    private readonly ConcurrentDictionary<string, ModuleSource> _sources = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _nodesOwn = new(StringComparer.Ordinal);
    private readonly Lock _loading = new();
    private readonly NamedModules? _named;
    private readonly NativeFiles? _natives;
    private readonly bool _keepsBytes;

    /// <param name="name">The client whose modules they are, for diagnostics.</param>
    /// <param name="named">Asks the client for modules; null if it may send none.</param>
    /// <param name="natives">Where its native libraries go; null if it may send none.</param>
    /// <param name="keepsBytes">Whether the bytes of loaded modules stay until the context is unloaded.</param>
    public ModuleLoadContext(string name, NamedModules? named, NativeFiles? natives, bool keepsBytes = false)
        : base(name, isCollectible: true)
    {
        (_named, _natives, _keepsBytes) = (named, natives, keepsBytes);
        Unloading += static context => ((ModuleLoadContext)context).Clear();
    }

    public ModuleIdentity? GetSource(string name) => _sources.TryGetValue(name, out var source) ? source.Identity : null;

    /// <summary>Finds the bytes of a module without a file; null if not kept.</summary>
    public byte[]? FindBytes(string name) => _sources.TryGetValue(name, out var source) ? source.Bytes : null;

    public void Add(ModuleSource source) => _sources.TryAdd(source.Identity.Name, source);

    /// <summary>Leaves a name to the default context: both have the same build.</summary>
    public void AddNodesOwn(string name) => _nodesOwn.TryAdd(name, true);

    public Assembly LoadModule(string name) => LoadFromAssemblyName(new AssemblyName(name));

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is not { } name)
            return null;
        if (assemblyName.CultureName is { Length: > 0 } culture)
            return LoadModule(ModuleKind.Satellite, $"{culture}/{name}");
        // By simple name, whatever the version, so that there is only one engine. Versions are compared when the manifest arrives.
        if (HostAssemblies.IsEngine(name))
            return HostAssemblies.Find(name);
        return HostAssemblies.IsFramework(name) ? null : LoadModule(ModuleKind.Assembly, name);
    }

    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName)
    {
        var names = NodePlatform.GetFileNames(unmanagedDllName);
        if (_named is null || _natives is null || names.Count == 0 || NodePlatform.HasOwn(names))
            return IntPtr.Zero;
        try
        {
            if (_named.Find(new ModuleQuery(ModuleKind.Native, names, NodePlatform.Runtimes)) is not { } found)
                return IntPtr.Zero;
            var libraries = found.Manifest.Modules
                .Select(module => (module, new ReadOnlyMemory<byte>(_sources.GetValueOrDefault(module.Name)?.Bytes))).ToList();
            var path = Path.Combine(_natives.Place(libraries), found.Name);
            foreach (var (module, _) in libraries)
                ReleaseBytes(module.Name);
            return LoadUnmanagedDllFromPath(path);
        }
        catch (Exception e) when (e is FileLoadException or FunctionNotShippableException)
        {
            throw new DllNotFoundException(e.Message, e);
        }
    }

    private Assembly? LoadModule(ModuleKind kind, string name)
    {
        if (!_sources.ContainsKey(name))
        {
            if (_nodesOwn.ContainsKey(name) || _named?.Find(new ModuleQuery(kind, name)) is not { } found)
                return null;
            name = found.Name; // the culture may be written in another way
        }
        lock (_loading)
        {
            if (!_sources.TryGetValue(name, out var source))
                return null; // the caller has the same build as the node
            var mvid = source.Identity.Mvid;
            if (Assemblies.FirstOrDefault(assembly => !assembly.IsDynamic && assembly.ManifestModule.ModuleVersionId == mvid) is { } loaded)
                return loaded;
            if (source.Path is { } path)
                return LoadFromAssemblyPath(path);
            if (source.Bytes is not { } bytes)
                return null;
            using var stream = new MemoryStream(bytes, writable: false);
            var assembly = LoadFromStream(stream);
            ReleaseBytes(name); // the runtime has its own copy now
            return assembly;
        }
    }

    private void ReleaseBytes(string name)
    {
        if (!_keepsBytes && _sources.TryGetValue(name, out var source))
            _sources[name] = source with { Bytes = null };
    }

    private void Clear()
    {
        _sources.Clear();
        _nodesOwn.Clear();
        _named?.Clear();
    }
}
