using System.Runtime.Loader;

namespace ActorPool.Shipping;

// Modules that functions load by name: nodes ask for them when a function needs them.
internal sealed partial class ModuleCatalog
{
    /// <summary>Finds a module that a node asks for, with all that it needs.</summary>
    /// <returns>Null if the program has none of that name.</returns>
    /// <exception cref="FunctionNotShippableException">It has one that cannot be sent; the message says why.</exception>
    public NamedModule? Find(ModuleQuery query)
    {
        try
        {
            var closure = query.Kind switch
            {
                ModuleKind.Assembly => FindAssembly(query.Names[0]),
                ModuleKind.Satellite => FindSatellite(query.Names[0]),
                _ => FindNatives(query),
            };
            if (closure is null)
                return null;
            Register(closure);
            var manifest = new CodeManifest(ReadOnlyMemory<byte>.Empty, closure.Identities, closure.References, closure.Requirements);
            return new NamedModule(closure.Identities[0].Name, manifest);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException or InvalidDataException)
        {
            throw new FunctionNotShippableException($"The caller's module [{query}] cannot be read: {e.Message}", e);
        }
    }

    private ModuleClosure? FindAssembly(string name)
    {
        if (_files.Value.FindAssembly(name) is not { } path)
            return null;
        var context = AssemblyLoadContext.Default;
        return Gather(FindLoaded(context, name) is { } loaded ? GetImage(loaded) : ModuleImage.Read(path), context);
    }

    private ModuleClosure? FindSatellite(string name) =>
        _files.Value.FindSatellite(name) is { } path ? CreateClosure([ModuleImage.Read(path)]) : null;

    private ModuleClosure? FindNatives(ModuleQuery query) =>
        _files.Value.FindNatives(query.Names, query.Runtimes) is { Count: > 0 } paths
            ? CreateClosure([.. paths.Select(ModuleImage.ReadNative).DistinctBy(image => image.Name, StringComparer.Ordinal)])
            : null;

    // Satellite assemblies and native libraries refer to nothing that the node could lack.
    private static ModuleClosure CreateClosure(IReadOnlyList<ModuleImage> images) =>
        new(images, [.. images.Select(GetIdentity)], [.. images.Select(_ => Array.Empty<int>())], []);
}
