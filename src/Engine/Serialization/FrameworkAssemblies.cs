using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorPool.Serialization;

/// <summary>Knows which assemblies are part of the .NET runtime, and so in each process.</summary>
/// <remarks>
/// Names tell nothing: a user's own assembly may be called <c>System.Orders</c>, and packages are called <c>System.IO.Hashing</c> or
/// <c>Microsoft.Data.Analysis</c>. Only what the runtime really consists of counts. Other shared frameworks, such as that of ASP.NET Core,
/// do not count: nodes may lack them.
/// </remarks>
internal static class FrameworkAssemblies
{
    private static readonly HashSet<string> s_names = GetNames();
    private static readonly ConditionalWeakTable<Assembly, object> s_known = []; // a name takes long to read

    /// <summary>The folder of the runtime's files; null in a single-file program.</summary>
    public static string? Folder => Path.GetDirectoryName(typeof(object).Assembly.Location) is { Length: > 0 } folder ? folder : null;

    /// <summary>Whether the runtime's files are among the program's own.</summary>
    public static bool IsSelfContained => Folder is not { } folder || IsSameFolder(folder, AppContext.BaseDirectory);

    /// <summary>Whether the runtime includes an assembly of this simple name.</summary>
    public static bool Contains(string name) => s_names.Contains(name);

    /// <summary>Whether an assembly is part of the runtime.</summary>
    public static bool Contains(Assembly assembly) =>
        assembly == typeof(object).Assembly
        || (bool)s_known.GetValue(assembly, static one => one.GetName().Name is { } name && Contains(name));

    private static HashSet<string> GetNames()
    {
        var names = IsSelfContained
            ? FrameworkNames.All.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            : Directory.EnumerateFiles(Folder!, "*.dll").Select(file => Path.GetFileNameWithoutExtension(file));
        return new HashSet<string>(names, StringComparer.Ordinal);
    }

    private static bool IsSameFolder(string a, string b) =>
        string.Equals(
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(a)), Path.TrimEndingDirectorySeparator(Path.GetFullPath(b)),
            StringComparison.OrdinalIgnoreCase);
}
