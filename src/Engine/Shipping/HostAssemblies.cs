using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace ActorPool.Shipping;

/// <summary>What each process of a cluster has by itself: the runtime's framework, the engine, and Akka.</summary>
/// <remarks>These are referred to by their simple names and never shipped: two processes may have different patches of them, and there must be one of each in a process.</remarks>
internal static class HostAssemblies
{
    private static readonly Dictionary<string, string> s_platformPaths = PlatformPaths();
    private static readonly HashSet<string>? s_frameworkFiles = FrameworkFiles();
    private static readonly Lazy<HashSet<string>> s_engine = new(EngineNames);
    private static readonly ConcurrentDictionary<string, Assembly> s_found = new(StringComparer.Ordinal);
    private static readonly ConditionalWeakTable<Assembly, HostEntry> s_entries = [];

    /// <summary>Whether the runtime brings the assembly of this simple name.</summary>
    public static bool IsFramework(string name) => s_frameworkFiles is null ? HasFrameworkName(name) : s_frameworkFiles.Contains(name);

    /// <summary>Whether the engine, or Akka, has this simple name.</summary>
    public static bool IsEngine(string name) => s_engine.Value.Contains(name);

    public static bool IsHost(string name) => IsFramework(name) || IsEngine(name);

    public static bool IsHost(Assembly assembly) => EntryOf(assembly).IsHost;

    public static string NameOf(Assembly assembly) => EntryOf(assembly).Name;

    /// <summary>The file that the default context would load for a simple name; null when it would load none.</summary>
    public static string? PlatformPathOf(string name) => s_platformPaths.GetValueOrDefault(name);

    /// <summary>The host's own assembly of a simple name, whatever its version.</summary>
    /// <exception cref="InvalidDataException">It is no host assembly, or this process has none.</exception>
    public static Assembly Find(string name)
    {
        if (s_found.TryGetValue(name, out var known))
            return known;
        if (!IsHost(name))
            throw new InvalidDataException($"[{name}] is not part of the runtime or the engine.");
        try
        {
            return s_found[name] = AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName(name));
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or ArgumentException)
        {
            throw new InvalidDataException($"This process has no assembly [{name}].", e);
        }
    }

    private static HostEntry EntryOf(Assembly assembly) => s_entries.GetValue(assembly, static a =>
    {
        var name = a.GetName().Name ?? "";
        return new HostEntry(name, IsHost(name));
    });

    private static HashSet<string>? FrameworkFiles()
    {
        // In a self-contained application the framework lies among the application's own files: then names have to tell.
        var directory = Path.GetDirectoryName(typeof(object).Assembly.Location);
        if (string.IsNullOrEmpty(directory) || SameDirectory(directory, AppContext.BaseDirectory))
            return null;
        return [.. Directory.EnumerateFiles(directory, "*.dll").Select(f => Path.GetFileNameWithoutExtension(f)!)];
    }

    private static bool SameDirectory(string a, string b) =>
        string.Equals(Path.TrimEndingDirectorySeparator(Path.GetFullPath(a)), Path.TrimEndingDirectorySeparator(Path.GetFullPath(b)), StringComparison.OrdinalIgnoreCase);

    private static bool HasFrameworkName(string name) =>
        name is "mscorlib" or "netstandard" or "System" or "WindowsBase" or "Microsoft.CSharp" or "Microsoft.VisualBasic" or "Microsoft.VisualBasic.Core"
        || name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.Win32.", StringComparison.Ordinal);

    private static Dictionary<string, string> PlatformPaths()
    {
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        var all = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        foreach (var path in all.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            paths.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        return paths;
    }

    // What a user's types and the engine's meet in: ActorPool itself, and Akka, whose actor references are in its API. Other libraries that they need, a caller may have
    // in another version: that one goes into the caller's own context.
    private static HashSet<string> EngineNames()
    {
        var engine = typeof(WorkerPool).Assembly;
        var akka = engine.GetReferencedAssemblies().Select(reference => reference.Name!).Where(name => name is "Akka" || name.StartsWith("Akka.", StringComparison.Ordinal));
        return [engine.GetName().Name!, .. akka];
    }

    private sealed record HostEntry(string Name, bool IsHost);
}
