using System.Reflection;
using System.Runtime.Loader;

namespace ActorPool.Shipping;

/// <summary>Decides which code callers may name on a node that takes no code from them.</summary>
/// <remarks>Callers may not use any other code that the node's process has loaded.</remarks>
/// <param name="directory">The operator's folder: callers may call everything in it.</param>
/// <param name="service">
/// The program that the node is part of; null for none. Callers may call it, too, and types of the assemblies that it refers to may be
/// inputs and results.
/// </param>
internal sealed class CodeAdmission(FunctionsDirectory? directory, Assembly? service)
{
    private readonly Lazy<HashSet<string>> _serviceNames = new(() => GetNames(service));

    /// <summary>Whether methods of an assembly may be functions, and its objects their targets.</summary>
    public bool MayCall(Assembly assembly) =>
        !HostAssemblies.IsHost(assembly) && (assembly == service || directory?.Find(assembly.ManifestModule.ModuleVersionId) is not null);

    /// <summary>Whether an assembly's types may be named.</summary>
    public bool MayName(Assembly assembly) =>
        HostAssemblies.IsHost(assembly) || MayCall(assembly)
        || (IsOfService(HostAssemblies.GetName(assembly)) && AssemblyLoadContext.GetLoadContext(assembly) == AssemblyLoadContext.Default);

    /// <summary>Whether the node's program has this name or refers to it.</summary>
    public bool IsOfService(string name) => _serviceNames.Value.Contains(name);

    /// <exception cref="FunctionNotShippableException">Callers may not call methods of this type.</exception>
    public void CheckCall(Type type)
    {
        if (!MayCall(type.Assembly))
        {
            throw new FunctionNotShippableException(
                "This node takes no code from callers (actorpool.cluster.code-shipping = off), and they may not call "
                + $"[{type}] of [{HostAssemblies.GetName(type.Assembly)}]. They may call the assemblies in its directory of functions "
                + $"(--functions){(service is null ? "" : $" and [{HostAssemblies.GetName(service)}]")}. "
                + "Call it from a function of these assemblies.");
        }
    }

    /// <exception cref="FunctionNotShippableException">Callers may not name this type.</exception>
    public void CheckName(Type type)
    {
        if (!MayName(type.Assembly))
        {
            throw new FunctionNotShippableException(
                "This node takes no code from callers (actorpool.cluster.code-shipping = off), and "
                + $"[{type}] is in the assembly [{HostAssemblies.GetName(type.Assembly)}], which is not in its directory of functions. "
                + "Put this assembly there, too, or use another type.");
        }
    }

    // The names come from the program's references, not from a caller.
    private static HashSet<string> GetNames(Assembly? service)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Queue<Assembly>(service is null ? [] : [service]);
        while (pending.TryDequeue(out var assembly))
        {
            if (HostAssemblies.IsHost(assembly) || !names.Add(HostAssemblies.GetName(assembly)))
                continue;
            foreach (var reference in assembly.GetReferencedAssemblies())
            {
                if (!HostAssemblies.IsHost(reference.Name!) && !names.Contains(reference.Name!) && NodeModules.Load(reference) is { } found)
                    pending.Enqueue(found);
            }
        }
        return names;
    }
}
