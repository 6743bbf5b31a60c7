using System.Reflection;
using System.Runtime.Loader;

namespace ActorPool.Shipping;

/// <summary>The modules that the node's own process has.</summary>
internal static class NodeModules
{
    /// <summary>The node's own module with this name and MVID, loaded if it lies ready; null when it has none or another build.</summary>
    public static Assembly? Find(ModuleIdentity module)
    {
        try
        {
            var loaded = AssemblyLoadContext.Default.Assemblies.FirstOrDefault(a => string.Equals(HostAssemblies.NameOf(a), module.Name, StringComparison.Ordinal));
            if (loaded is null && HostAssemblies.PlatformPathOf(module.Name) is { } path && ModuleImage.Read(path).Mvid == module.Mvid)
                loaded = AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName(module.Name));
            return loaded is { IsDynamic: false } && loaded.ManifestModule.ModuleVersionId == module.Mvid ? loaded : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException or InvalidDataException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>What the node's own program would get for one of its references; null if nothing.</summary>
    public static Assembly? Load(AssemblyName reference)
    {
        try
        {
            return AssemblyLoadContext.Default.LoadFromAssemblyName(reference);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            return null; // optional, and not there
        }
    }
}
