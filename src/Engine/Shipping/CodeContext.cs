using System.Reflection;
using System.Runtime.Loader;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>What a node lets into the context of a client's functions.</summary>
internal sealed record CodeContextOptions
{
    /// <summary>Whether modules that the node does not have may come from the client. HOCON: <c>actorpool.cluster.code-shipping</c>.</summary>
    public bool AllowShipping { get; init; } = true;

    /// <summary>The operator's folder of assemblies (<c>--functions DIR</c>), shared by all contexts of the node; null for none.</summary>
    public FunctionsDirectory? Directory { get; init; }

    /// <summary>Without shipping: the program that the node is part of, whose functions can be called; null for none.</summary>
    public Assembly? Service { get; init; }

    /// <summary>The node's disk cache of what clients sent; null for none.</summary>
    public ModuleStore? Store { get; init; }

    /// <summary>Longest module in bytes.</summary>
    public long MaxModuleBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Bytes of all modules that this client may have sent and that are held in memory; without it a client could fill the node with code.</summary>
    public long MaxTotalBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Limits of the values that functions captured.</summary>
    public PayloadLimits Limits { get; init; } = new();
}

/// <summary>The code of one client process on a node: where its modules come from, the functions made of them, and their end.</summary>
/// <remarks>
/// <code>
/// manifest ──► Missing: for each module   the node's own (same MVID) ─► used as it is; without shipping, only what <see cref="CodeAdmission"/> lets callers name
///                                         --functions DIR (by MVID)  ─► loaded into this context
///                                         disk cache (by SHA-256)    ─► loaded into this context
///                                         nowhere                    ─► asked for ──► Add: length, hash and MVID checked
///          ──► ResolveAsync: references to types and delegates, each of them checked
/// </code>
/// The node's own module is used only if all that it refers to is the node's own, too: otherwise one half of a program would see other types than the other half.
/// Everything that is loaded stands in one collectible context. It goes when <see cref="Unload"/> was called and nobody holds a delegate, a type or a value of it any more.
/// </remarks>
internal sealed class CodeContext
{
    private readonly CodeContextOptions _options;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Placement> _placements = [];
    private readonly Dictionary<Guid, ModuleIdentity> _wanted = [];
    private readonly ModuleLoadContext _loader;
    private long _bytes;
    private bool _unloaded;

    /// <param name="name">Whose code it is, for diagnostics.</param>
    public CodeContext(string name, CodeContextOptions options)
    {
        _options = options;
        _loader = new ModuleLoadContext(name);
        Admission = options.AllowShipping ? null : new CodeAdmission(options.Directory, options.Service);
        Serializer = new PayloadSerializer(options.Limits);
    }

    /// <summary>Reads and writes this client's values; it goes with the context.</summary>
    public PayloadSerializer Serializer { get; }

    /// <summary>What may be called and named; null when callers bring what they like.</summary>
    public CodeAdmission? Admission { get; }

    /// <summary>The modules that must be given to <see cref="Add"/> before the manifest can be resolved.</summary>
    /// <exception cref="FunctionNotShippableException">The node takes no code and lacks a module, or was built against other versions.</exception>
    /// <exception cref="InvalidDataException">No client writes such a manifest.</exception>
    public IReadOnlyList<ModuleIdentity> Missing(CodeManifest manifest)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_unloaded, this);
            CheckRequirements(manifest);
            var missing = new List<ModuleIdentity>();
            var own = NodesOwn(manifest);
            for (var i = 0; i < manifest.Modules.Count; i++)
            {
                var module = manifest.Modules[i];
                if (HostAssemblies.IsHost(module.Name))
                    throw new InvalidDataException($"The module [{module}] is part of each node and cannot be sent.");
                if (_placements.ContainsKey(module.Mvid))
                    continue;
                if (own[i] is { } assembly)
                    _placements[module.Mvid] = new Placement(assembly);
                else if (!TryPlace(module))
                    missing.Add(module);
            }
            return missing;
        }
    }

    /// <summary>Takes the bytes of a module that was missing. Nothing of it is loaded before its length, hash and MVID are those of its identity.</summary>
    /// <exception cref="InvalidDataException">The bytes are others, are too many, or nobody asked for them.</exception>
    public void Add(ModuleIdentity identity, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > _options.MaxModuleBytes)
            throw TooLong(identity, bytes.Length);
        if (bytes.Length != identity.Length || !ModuleStore.HashMatches(bytes.Span, identity))
            throw new InvalidDataException($"The bytes that came for the module [{identity}] are not those that were announced: their length or SHA-256 differs.");
        var copy = bytes.ToArray();
        CheckImage(identity, copy);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_unloaded, this);
            if (_placements.ContainsKey(identity.Mvid))
                return; // two jobs asked for it at the same time
            if (!_wanted.TryGetValue(identity.Mvid, out var wanted) || wanted != identity)
                throw new InvalidDataException($"Nobody asked for the module [{identity}].");
            Place(identity, new ModuleSource(identity, Path: null, copy));
        }
        _options.Store?.TryAdd(identity, copy);
    }

    /// <summary>The types and functions of a manifest, none of whose modules may be missing.</summary>
    /// <exception cref="InvalidDataException">A reference leads nowhere or to something else than it says.</exception>
    /// <exception cref="FunctionNotShippableException">A function does not come from a module that this node takes.</exception>
    public async ValueTask<(Type[] Types, Delegate?[] Functions)> ResolveAsync(CodeManifest manifest, CancellationToken cancellationToken = default)
    {
        if (Missing(manifest) is [var missing, ..])
            throw new InvalidDataException($"The module [{missing}] was asked for and has not come.");
        try
        {
            var reader = new ManifestReader(this, manifest);
            return await reader.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or ActorPoolException or InvalidDataException or ObjectDisposedException))
        {
            // Reflection has an exception of its own for each way in which a token, a name or a signature can be wrong.
            throw new InvalidDataException($"A reference to a type or a function cannot be resolved: {SafeText.MessageOf(e)}", e);
        }
    }

    /// <summary>Lets go of everything; what runs may end, and nothing new is resolved.</summary>
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

    internal Assembly AssemblyOf(ModuleIdentity module)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_unloaded, this);
            if (!_placements.TryGetValue(module.Mvid, out var placement))
                throw new InvalidDataException($"The module [{module}] is not here.");
            if (placement.Assembly is { } loaded)
                return loaded;
            var assembly = _loader.LoadModule(module.Name);
            if (assembly.ManifestModule.ModuleVersionId != module.Mvid)
                throw new InvalidDataException($"The file of the module [{module}] was replaced by another build.");
            _placements[module.Mvid] = new Placement(assembly);
            return assembly;
        }
    }

    // A build against a newer engine or runtime fails at its first call of something new, deep in a job: better here, with the versions.
    private static void CheckRequirements(CodeManifest manifest)
    {
        foreach (var requirement in manifest.Requirements)
        {
            var here = HostAssemblies.Find(requirement.Name).GetName().Version;
            if (here < requirement.Version)
            {
                throw new FunctionNotShippableException(
                    $"The function's assembly was built against [{requirement.Name} {requirement.Version}], and this node has [{here}]. Update the node, or build against the older version.");
            }
        }
    }

    private Assembly?[] NodesOwn(CodeManifest manifest)
    {
        var own = new Assembly?[manifest.Modules.Count];
        for (var i = 0; i < own.Length; i++)
        {
            var module = manifest.Modules[i];
            own[i] = _placements.TryGetValue(module.Mvid, out var placed) ? placed.IsNodes ? placed.Assembly : null
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
            // What others in the folder need, and nobody can name.
            if (NodeModules.Find(module) is { } needed)
            {
                _placements[module.Mvid] = new Placement(needed);
                return true;
            }
            throw new FunctionNotShippableException(
                $"This node has no module [{module}] and takes none from clients (actorpool.cluster.code-shipping = off). Put this build of {module.Name}.dll into the folder given with --functions, "
                + "or switch code shipping on.");
        }
        if (module.Length > _options.MaxModuleBytes)
            throw TooLong(module, module.Length);
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
        if (_loader.SourceOf(module.Name) is { } other)
        {
            throw new FunctionNotShippableException(
                $"The client's process has sent another build of [{module.Name}] before: [{other}], and now [{module}]. A node holds one for each client process: start the process again.");
        }
        if (_bytes + (source.Bytes?.Length ?? 0) > _options.MaxTotalBytes)
            throw new FunctionNotShippableException($"With the module [{module}] the client's code has more than [{_options.MaxTotalBytes}] bytes, which is this node's limit.");
        _bytes += source.Bytes?.Length ?? 0;
        _loader.Add(source);
        _wanted.Remove(module.Mvid);
        _placements[module.Mvid] = new Placement(Assembly: null);
    }

    private static void CheckImage(ModuleIdentity identity, byte[] bytes)
    {
        ModuleImage image;
        try
        {
            image = ModuleImage.Read(bytes);
        }
        catch (Exception e)
        {
            throw new InvalidDataException($"The bytes that came for the module [{identity}] are no assembly.", e);
        }
        if (image.Mvid != identity.Mvid || !string.Equals(image.Name, identity.Name, StringComparison.Ordinal))
            throw new InvalidDataException($"The bytes that came for the module [{identity}] are those of [{image.Name}] with the MVID [{image.Mvid}].");
    }

    private FunctionNotShippableException TooLong(ModuleIdentity identity, long length) =>
        new($"The module [{identity}] has [{length}] bytes, and this node takes [{_options.MaxModuleBytes}] at most.");

    /// <summary>Where a module is: the node's own, or in this context, loaded or not yet.</summary>
    private sealed record Placement(Assembly? Assembly)
    {
        public bool IsNodes => Assembly is not null && AssemblyLoadContext.GetLoadContext(Assembly) == AssemblyLoadContext.Default;
    }
}
