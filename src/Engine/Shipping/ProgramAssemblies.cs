using System.Reflection;

namespace ActorPool.Shipping;

/// <summary>The assemblies of the program's own projects, as its <c>.deps.json</c> lists them.</summary>
/// <remarks>Code of packages is not looked into: what it keeps is its own affair. A program without that file has none.</remarks>
internal static class ProgramAssemblies
{
    private static readonly Lazy<HashSet<string>> s_names = new(Read);

    /// <summary>Whether nothing tells which assemblies are of the program.</summary>
    public static bool IsEmpty => s_names.Value.Count == 0;

    public static bool Contains(Assembly assembly) => s_names.Value.Contains(HostAssemblies.GetName(assembly));

    private static HashSet<string> Read()
    {
        try
        {
            return ProgramFiles.FindDepsFile() is { } path ? [.. DepsFile.ReadProjects(path)] : [];
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
