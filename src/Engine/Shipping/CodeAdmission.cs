using System.Reflection;
using System.Runtime.Loader;

namespace ActorPool.Shipping;

/// <summary>Which code callers may name on a node that takes none from them: everything else that its process has loaded is none of their business.</summary>
/// <param name="directory">The operator's folder: all that is in it may be called.</param>
/// <param name="service">The program that the node is part of, which may be called too; null for none. Types of what it refers to may be inputs and results.</param>
internal sealed class CodeAdmission(FunctionsDirectory? directory, Assembly? service)
{
    private readonly Lazy<HashSet<string>> _ofService = new(() => NamesOf(service));

    /// <summary>Whether an assembly's methods may be functions, and its objects what these are called on.</summary>
    public bool MayCall(Assembly assembly) =>
        !HostAssemblies.IsHost(assembly) && (assembly == service || directory?.Find(assembly.ManifestModule.ModuleVersionId) is not null);

    /// <summary>Whether an assembly's types may be named.</summary>
    public bool MayName(Assembly assembly) =>
        HostAssemblies.IsHost(assembly) || MayCall(assembly) || (IsOfService(HostAssemblies.NameOf(assembly)) && AssemblyLoadContext.GetLoadContext(assembly) == AssemblyLoadContext.Default);

    /// <summary>Whether the program that the node is part of has this name, or refers to it.</summary>
    public bool IsOfService(string name) => _ofService.Value.Contains(name);

    /// <exception cref="FunctionNotShippableException">It is not to be called.</exception>
    public void CheckCall(Type type)
    {
        if (!MayCall(type.Assembly))
        {
            throw new FunctionNotShippableException(
                $"This node takes no code from callers (actorpool.cluster.code-shipping = off), and [{type}] of [{HostAssemblies.NameOf(type.Assembly)}] is not among what they may call: the assemblies in its "
                + $"directory of functions (--functions){(service is null ? "" : $" and [{HostAssemblies.NameOf(service)}]")}. Call it from a function of one of these.");
        }
    }

    /// <exception cref="FunctionNotShippableException">It is not to be named.</exception>
    public void CheckName(Type type)
    {
        if (!MayName(type.Assembly))
        {
            throw new FunctionNotShippableException(
                $"This node takes no code from callers (actorpool.cluster.code-shipping = off), and [{type}] is of [{HostAssemblies.NameOf(type.Assembly)}], which is not in its directory of functions. "
                + "Put this assembly there too, or use another type.");
        }
    }

    // As the program was built, and not as a caller says.
    private static HashSet<string> NamesOf(Assembly? service)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var rest = new Queue<Assembly>(service is null ? [] : [service]);
        while (rest.TryDequeue(out var assembly))
        {
            if (HostAssemblies.IsHost(assembly) || !names.Add(HostAssemblies.NameOf(assembly)))
                continue;
            foreach (var reference in assembly.GetReferencedAssemblies())
            {
                if (!HostAssemblies.IsHost(reference.Name!) && !names.Contains(reference.Name!) && NodeModules.Load(reference) is { } found)
                    rest.Enqueue(found);
            }
        }
        return names;
    }
}
