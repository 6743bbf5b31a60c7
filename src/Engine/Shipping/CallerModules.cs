using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>The modules of this program whose exceptions come back from nodes.</summary>
/// <remarks>
/// Only modules that manifests of this process describe. Where a build is loaded more than once, the functions' load contexts decide.
/// </remarks>
/// <param name="functions">Those that run on nodes; a null one has no modules.</param>
internal sealed class CallerModules(IReadOnlyList<Delegate?> functions) : ITypeDirectory
{
    private readonly ConcurrentDictionary<Guid, Module> _found = new();

    public bool Contains(Assembly assembly) => ModuleCatalog.Shared.FindName(assembly.ManifestModule.ModuleVersionId) is not null;

    /// <exception cref="InvalidDataException">Another build of the module is loaded here.</exception>
    public Module? Find(Guid mvid) =>
        ModuleCatalog.Shared.FindName(mvid) is { } name ? _found.GetOrAdd(mvid, Search, name) : null;

    private Module Search(Guid mvid, string name)
    {
        AssemblyLoadContext[] contexts =
        [
            .. functions.Select(function => function is null ? null : AssemblyLoadContext.GetLoadContext(function.Method.Module.Assembly))
                .Append(AssemblyLoadContext.Default).OfType<AssemblyLoadContext>().Distinct(),
        ];
        foreach (var context in contexts)
        {
            if (context.Assemblies.FirstOrDefault(assembly => !assembly.IsDynamic && Matches(assembly)) is { } loaded)
                return loaded.ManifestModule;
        }
        // Only the node has needed it so far. The function would have loaded it here.
        var needed = contexts[0].LoadFromAssemblyName(new AssemblyName(name));
        return Matches(needed)
            ? needed.ManifestModule
            : throw new InvalidDataException($"[{name}] is loaded here in another build than the one that this process has sent");

        bool Matches(Assembly assembly) => assembly.ManifestModule.ModuleVersionId == mvid;
    }
}
