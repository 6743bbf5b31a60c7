using System.Reflection;
using System.Runtime.Loader;

namespace ActorPool.Shipping;

/// <summary>Finds modules in the node's own process.</summary>
internal static class NodeModules
{
    /// <summary>Finds the node's own module with this name and MVID.</summary>
    /// <returns>The module, which is loaded if the node has its file; null when the node has none or another build.</returns>
    public static Assembly? Find(ModuleIdentity module)
    {
        try
        {
            var loaded = AssemblyLoadContext.Default.Assemblies
                .FirstOrDefault(a => string.Equals(HostAssemblies.GetName(a), module.Name, StringComparison.Ordinal));
            if (loaded is null && HostAssemblies.FindPlatformPath(module.Name) is { } path && ModuleImage.Read(path).Mvid == module.Mvid)
                loaded = AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName(module.Name));
            if (loaded is null && ProgramBundle.Own?.Contains(module.Name) == true)
                loaded = AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName(module.Name));
            return loaded is { IsDynamic: false } && loaded.ManifestModule.ModuleVersionId == module.Mvid ? loaded : null;
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or BadImageFormatException or InvalidDataException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Loads the assembly that a reference of the node's program resolves to; null if none.</summary>
    public static Assembly? Load(AssemblyName reference)
    {
        try
        {
            return AssemblyLoadContext.Default.LoadFromAssemblyName(reference);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            return null; // an optional dependency that is missing
        }
    }
}
