using System.Reflection;
using System.Runtime.Loader;

namespace ActorPool.Serialization;

/// <summary>The modules whose types may stand in payloads, beside the closed list of .NET's.</summary>
internal interface ITypeDirectory
{
    /// <summary>Whether the other side can have the types of an assembly.</summary>
    bool Contains(Assembly assembly);

    /// <summary>Finds a module by its version id.</summary>
    /// <returns>Null if the session has no such module.</returns>
    Module? Find(Guid mvid);
}

/// <summary>All modules that this process has loaded: for checks within one process.</summary>
/// <param name="first">The context whose assemblies are preferred, where several have the same one; null for any.</param>
internal sealed class LoadedModules(AssemblyLoadContext? first = null) : ITypeDirectory
{
    public static readonly LoadedModules Instance = new();

    public bool Contains(Assembly assembly) => !assembly.IsDynamic;

    public Module? Find(Guid mvid) => (first is null ? AssemblyLoadContext.All : AssemblyLoadContext.All.Prepend(first))
        .SelectMany(context => context.Assemblies)
        .FirstOrDefault(assembly => !assembly.IsDynamic && assembly.ManifestModule.ModuleVersionId == mvid)?.ManifestModule;
}
