using System.Reflection;
using System.Runtime.Loader;
using ActorPool.Diagnostics;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>The code of one client process on a node: modules and functions.</summary>
/// <remarks>
/// A manifest names the modules that a function refers to. Those that it loads by name while it runs, its satellite assemblies and its
/// native libraries come in the same way, when they are needed: <see cref="Named"/>.
/// <code>
/// manifest ──► FindMissing: for each module   the node's own (same MVID) ─► used as it is; without shipping, only modules
///                                                                           that <see cref="CodeAdmission"/> lets callers name
///                                             --functions DIR (by MVID)  ─► loaded into this context
///                                             disk cache (by SHA-256)    ─► loaded into this context
///                                             nowhere                    ─► asked for ──► Add: length, hash and MVID checked
///          ──► ResolveAsync: references to types and delegates, each of them checked
/// </code>
/// The node's own module is used only if all modules that it refers to are the node's own, too. Otherwise one half of a program would see
/// other types than the other half. All loaded modules are in one collectible context. The runtime unloads it after <see cref="Unload"/>
/// was called and no one holds a delegate, a type or a value of it any longer.
/// </remarks>
internal sealed class CodeContext : ITypeDirectory
{
    private readonly CodeContextOptions _options;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Placement> _placements = [];
    private readonly Dictionary<Guid, ModuleIdentity> _wanted = [];
    private readonly ModuleLoadContext _loader;
    private long _bytes;
    private bool _unloaded;

    /// <param name="name">The client whose code it is, for diagnostics.</param>
    /// <param name="options">What the node accepts from it.</param>
    public CodeContext(string name, CodeContextOptions options)
    {
        _options = options;
        _loader = new ModuleLoadContext(name, options.AllowShipping ? Named : null, options.Natives, options.KeepsBytes);
        Admission = options.AllowShipping ? null : new CodeAdmission(options.Directory, options.Service);
        Serializer = new PayloadSerializer(options.Limits, this);
        Exceptions = new ExceptionFormat(Serializer, this);
    }

    /// <summary>Reads and writes this client's values; lives as long as the context.</summary>
    public PayloadSerializer Serializer { get; }

    /// <summary>Makes a serializer that converts values, for one of the client's pools.</summary>
    /// <param name="types">For each conversion, the type that is converted and the one that travels.</param>
    /// <param name="functions">For each conversion, the functions to and from.</param>
    /// <exception cref="InvalidDataException">They are not those of conversions.</exception>
    public PayloadSerializer CreateSerializer(IReadOnlyList<Type> types, IReadOnlyList<Delegate?> functions)
    {
        if (types.Count != functions.Count || types.Count % 2 != 0)
            throw new InvalidDataException($"Conversions have [{types.Count}] types and [{functions.Count}] functions.");
        var all = new List<Conversion>();
        for (var i = 0; i < types.Count; i += 2)
        {
            var (type, surrogate) = (types[i], types[i + 1]);
            if (functions[i] is not { } to || to.GetType() != typeof(Func<,>).MakeGenericType(type, surrogate)
                || functions[i + 1] is not { } from || from.GetType() != typeof(Func<,>).MakeGenericType(surrogate, type))
                throw new InvalidDataException($"The functions of the conversion of [{type}] are not those of one.");
            all.Add(new Conversion(type, surrogate, to, from));
        }
        return new PayloadSerializer(_options.Limits, this, new Conversions(all), Serializer.Broadcasts);
    }

    /// <summary>Writes what this client's functions throw.</summary>
    public ExceptionFormat Exceptions { get; }

    /// <summary>Where the modules are loaded.</summary>
    public AssemblyLoadContext LoadContext => _loader;

    /// <summary>The modules that functions load by name.</summary>
    public NamedModules Named { get; } = new();

    /// <summary>Which code callers may call and name; null when they may send any code.</summary>
    public CodeAdmission? Admission { get; }

    /// <summary>Finds the modules that <see cref="Add"/> must get before the manifest can be resolved.</summary>
    /// <exception cref="FunctionNotShippableException">
    /// The node takes no code and lacks a module, a module or all of the client's modules together are too large, the client's process has
    /// already sent another build of a module, or the modules were built against a newer runtime or engine.
    /// </exception>
    /// <exception cref="InvalidDataException">No client writes such a manifest.</exception>
    public IReadOnlyList<ModuleIdentity> FindMissing(CodeManifest manifest)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_unloaded, this);
            CheckRequirements(manifest);
            var missing = new List<ModuleIdentity>();
            var own = FindOwnModules(manifest);
            for (var i = 0; i < manifest.Modules.Count; i++)
            {
                var module = manifest.Modules[i];
                if (module.Kind is ModuleKind.Assembly && HostAssemblies.IsHost(module.Name))
                    throw new InvalidDataException($"The module [{module}] is part of each node and cannot be sent.");
                if (_placements.ContainsKey(module.Mvid))
                    continue;
                if (own[i] is { } assembly)
                    PlaceNodesOwn(module, assembly);
                else if (!TryPlace(module))
                    missing.Add(module);
            }
            return missing;
        }
    }

    /// <summary>Takes the bytes of a missing module.</summary>
    /// <remarks>Nothing of it is loaded before its length, hash and MVID were compared with its identity.</remarks>
    /// <exception cref="InvalidDataException">The bytes do not match the identity, or the module was not asked for.</exception>
    /// <exception cref="FunctionNotShippableException">
    /// The module or all of the client's modules together are too large, or the client's process has already sent another build of it.
    /// </exception>
    public void Add(ModuleIdentity identity, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > _options.MaxModuleBytes)
            throw CreateTooLongError(identity, bytes.Length);
        if (!identity.Matches(bytes.Span))
        {
            throw new InvalidDataException(
                $"The bytes that came for the module [{identity}] are not those that were announced: their length or SHA-256 differs.");
        }
        var copy = bytes.ToArray();
        CheckImage(identity, copy);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_unloaded, this);
            if (_placements.ContainsKey(identity.Mvid))
                return; // two jobs asked for it at the same time
            if (!_wanted.TryGetValue(identity.Mvid, out var wanted) || wanted != identity)
                throw new InvalidDataException($"The module [{identity}] was not asked for.");
            Place(identity, new ModuleSource(identity, Path: null, copy));
        }
        _options.Store?.TryAdd(identity, copy);
    }

    /// <summary>Takes a module that was asked for by name, whose bytes have come.</summary>
    /// <exception cref="InvalidDataException">It is another module, or its bytes have not come.</exception>
    /// <exception cref="FunctionNotShippableException">This node does not take it: see <see cref="FindMissing"/>.</exception>
    public NamedModule Accept(ModuleQuery query, string name, CodeManifest manifest)
    {
        if (FindMissing(manifest) is [var missing, ..])
            throw new InvalidDataException($"The module [{missing}] was asked for and has not come.");
        var module = manifest.Modules.FirstOrDefault(one => string.Equals(one.Name, name, StringComparison.Ordinal));
        if (module?.Kind != query.Kind || !query.Names.Contains(name, StringComparer.OrdinalIgnoreCase))
            throw new InvalidDataException($"The module [{query}] was asked for, and [{name}] has come.");
        return new NamedModule(name, manifest);
    }

    /// <summary>Makes the types and functions of a manifest, none of whose modules may be missing.</summary>
    /// <exception cref="InvalidDataException">A module is missing, or a reference does not resolve to what the manifest says.</exception>
    /// <exception cref="FunctionNotShippableException">A function does not come from a module that this node takes.</exception>
    public ValueTask<(Type[] Types, Delegate?[] Functions)> ResolveAsync(
        CodeManifest manifest, CancellationToken cancellationToken = default) => ResolveAsync(manifest, Serializer, cancellationToken);

    /// <summary>Makes the types and functions of a manifest, whose captured values another serializer reads.</summary>
    public async ValueTask<(Type[] Types, Delegate?[] Functions)> ResolveAsync(
        CodeManifest manifest, PayloadSerializer serializer, CancellationToken cancellationToken)
    {
        if (FindMissing(manifest) is [var missing, ..])
            throw new InvalidDataException($"The module [{missing}] was asked for and has not come.");
        try
        {
            var reader = new ManifestReader(this, serializer, manifest);
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
            when (e is not (OperationCanceledException or ActorPoolException or InvalidDataException or ObjectDisposedException))
        {
            // Reflection throws a different exception for each way in which a token, a name or a signature can be wrong.
            throw new InvalidDataException($"A reference to a type or a function cannot be resolved: {SafeText.GetMessage(e)}", e);
        }
    }

    /// <summary>Releases all code; functions that run may end, and nothing new is resolved.</summary>
    public void Unload()
    {
        lock (_gate)
        {
            if (_unloaded)
                return;
            _unloaded = true;
            _placements.Clear();
            _wanted.Clear();
            _loader.Unload();
        }
    }

    bool ITypeDirectory.Contains(Assembly assembly)
    {
        lock (_gate)
        {
            // A module that only another module has needed so far is loaded, but was not placed.
            return _placements.TryGetValue(assembly.ManifestModule.ModuleVersionId, out var placement)
                && (placement.Assembly is { } placed
                    ? placed == assembly
                    : AssemblyLoadContext.GetLoadContext(assembly) == _loader);
        }
    }

    Module? ITypeDirectory.Find(Guid mvid)
    {
        ModuleIdentity module;
        lock (_gate)
        {
            if (!_placements.TryGetValue(mvid, out var placement))
                return null;
            module = placement.Module;
        }
        var assembly = GetAssembly(module);
        return Admission?.MayName(assembly) == false ? null : assembly.ManifestModule;
    }

    internal Assembly GetAssembly(ModuleIdentity module)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_unloaded, this);
            if (!_placements.TryGetValue(module.Mvid, out var placement))
                throw new InvalidDataException($"The module [{module}] is not here.");
            if (placement.Assembly is { } loaded)
                return loaded;
            if (module.Kind is not ModuleKind.Assembly)
                throw new InvalidDataException($"The module [{module}] has no types and functions.");
            var assembly = _loader.LoadModule(module.Name);
            if (assembly.ManifestModule.ModuleVersionId != module.Mvid)
                throw new InvalidDataException($"The file of the module [{module}] was replaced by another build.");
            _placements[module.Mvid] = new Placement(module, assembly);
            return assembly;
        }
    }

    // A build against a newer engine or runtime would fail deep in a job, at its first call of a new member. This error has the versions.
    private static void CheckRequirements(CodeManifest manifest)
    {
        foreach (var requirement in manifest.Requirements)
        {
            var here = HostAssemblies.Find(requirement.Name).GetName().Version;
            if (here < requirement.Version)
            {
                throw new FunctionNotShippableException(
                    $"The function's assembly was built against [{requirement.Name} {requirement.Version}], and this node has [{here}]. "
                    + "Update the node, or build against the older version.");
            }
        }
    }

    private Assembly?[] FindOwnModules(CodeManifest manifest)
    {
        var own = new Assembly?[manifest.Modules.Count];
        for (var i = 0; i < own.Length; i++)
        {
            var module = manifest.Modules[i];
            own[i] = module.Kind is not ModuleKind.Assembly ? null
                : _placements.TryGetValue(module.Mvid, out var placed) ? placed.IsNodes ? placed.Assembly : null
                : Admission?.IsOfService(module.Name) == false ? null : NodeModules.Find(module);
        }
        for (var changed = true; changed;)
        {
            changed = false;
            for (var i = 0; i < own.Length; i++)
            {
                if (own[i] is null || Array.TrueForAll(manifest.References[i], r => own[r] is not null))
                    continue;
                (own[i], changed) = (null, true);
            }
        }
        return own;
    }

    private bool TryPlace(ModuleIdentity module)
    {
        if (_options.Directory?.Find(module.Mvid) is { } path)
        {
            Place(module, new ModuleSource(module, path, Bytes: null));
            return true;
        }
        if (!_options.AllowShipping)
        {
            // Other modules in the folder need it, and callers cannot name it.
            if (NodeModules.Find(module) is { } needed)
            {
                PlaceNodesOwn(module, needed);
                return true;
            }
            throw new FunctionNotShippableException(
                $"This node has no module [{module}] and takes none from clients (actorpool.cluster.code-shipping = off). "
                + $"Put this build of {module.Name}.dll into the folder given with --functions, or switch code shipping on.");
        }
        if (module.Length > _options.MaxModuleBytes)
            throw CreateTooLongError(module, module.Length);
        if (_options.Store?.TryRead(module) is { } bytes)
        {
            CheckImage(module, bytes);
            Place(module, new ModuleSource(module, Path: null, bytes));
            return true;
        }
        if (_wanted.Count >= CodeManifest.MaxModules)
            throw new InvalidDataException($"More than [{CodeManifest.MaxModules}] modules were announced and not sent.");
        _wanted[module.Mvid] = module;
        return false;
    }

    private void Place(ModuleIdentity module, ModuleSource source)
    {
        if (_loader.GetSource(module.Name) is { } other)
        {
            throw new FunctionNotShippableException(
                $"The client's process has already sent another build of [{module.Name}]: [{other}], and now [{module}]. "
                + "A node holds one build for each client process: start the process again.");
        }
        if (_bytes + (source.Bytes?.Length ?? 0) > _options.MaxTotalBytes)
        {
            throw new FunctionNotShippableException(
                $"With the module [{module}] the client's code has more than [{_options.MaxTotalBytes}] bytes, this node's limit.");
        }
        _bytes += source.Bytes?.Length ?? 0;
        _loader.Add(source);
        _wanted.Remove(module.Mvid);
        _placements[module.Mvid] = new Placement(module, Assembly: null);
    }

    private void PlaceNodesOwn(ModuleIdentity module, Assembly assembly)
    {
        _placements[module.Mvid] = new Placement(module, assembly);
        _loader.AddNodesOwn(module.Name);
    }

    private static void CheckImage(ModuleIdentity identity, byte[] bytes)
    {
        if (identity.Kind is ModuleKind.Native)
        {
            if (identity != ModuleIdentity.ForNative(identity.Name, bytes))
                throw new InvalidDataException($"The native library [{identity}] is not identified by its hash.");
            return;
        }
        ModuleImage image;
        try
        {
            image = ModuleImage.Read(bytes);
        }
        catch (Exception e)
        {
            throw new InvalidDataException($"The bytes that came for the module [{identity}] are not an assembly.", e);
        }
        if (image.Mvid != identity.Mvid || image.Kind != identity.Kind
            || !string.Equals(image.Name, identity.Name, StringComparison.Ordinal))
        {
            throw new InvalidDataException(
                $"The bytes that came for the module [{identity}] are those of [{image.Name}] with the MVID [{image.Mvid}].");
        }
    }

    private FunctionNotShippableException CreateTooLongError(ModuleIdentity identity, long length) =>
        new($"The module [{identity}] has [{length}] bytes, and this node takes at most [{_options.MaxModuleBytes}].");

    /// <summary>Where a module is: the node's own, or in this context, loaded or not.</summary>
    private sealed record Placement(ModuleIdentity Module, Assembly? Assembly)
    {
        public bool IsNodes => Assembly is not null && AssemblyLoadContext.GetLoadContext(Assembly) == AssemblyLoadContext.Default;
    }
}
