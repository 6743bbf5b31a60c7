using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>The assemblies that each process of a cluster has: framework, engine, Akka, and loggers.</summary>
/// <remarks>
/// They are referred to by their simple names and never shipped: two processes may have different patches of them, and a process must have
/// only one of each.
/// </remarks>
internal static class HostAssemblies
{
    private const string Logging = "Microsoft.Extensions.Logging.Abstractions";

    private static readonly Dictionary<string, string> s_platformPaths = GetPlatformPaths();
    private static readonly Lazy<HashSet<string>> s_engine = new(GetEngineNames);
    private static readonly ConcurrentDictionary<string, Assembly> s_found = new(StringComparer.Ordinal);
    private static readonly ConditionalWeakTable<Assembly, HostEntry> s_entries = [];

    /// <summary>Whether the runtime includes an assembly of this simple name.</summary>
    public static bool IsFramework(string name) => FrameworkAssemblies.Contains(name);

    /// <summary>Whether the engine or an assembly of Akka has this simple name.</summary>
    public static bool IsEngine(string name) => s_engine.Value.Contains(name);

    public static bool IsHost(string name) => IsFramework(name) || IsEngine(name);

    public static bool IsHost(Assembly assembly) => GetEntry(assembly).IsHost;

    public static string GetName(Assembly assembly) => GetEntry(assembly).Name;

    /// <summary>Finds the file that the default context would load for a simple name, or null.</summary>
    public static string? FindPlatformPath(string name) => s_platformPaths.GetValueOrDefault(name);

    /// <summary>Whether this program brings its own, newer build of an assembly of the runtime.</summary>
    public static bool IsReplaced(string name) =>
        IsFramework(name) && !FrameworkAssemblies.IsSelfContained && FindPlatformPath(name) is { } path
        && !string.Equals(Path.GetDirectoryName(path), FrameworkAssemblies.Folder, StringComparison.OrdinalIgnoreCase);

    /// <summary>Finds this process's own host assembly of a simple name, whatever its version.</summary>
    /// <exception cref="InvalidDataException">It is not a host assembly, or this process does not have it.</exception>
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

    private static HostEntry GetEntry(Assembly assembly) => s_entries.GetValue(assembly, static a =>
    {
        var name = a.GetName().Name ?? "";
        return new HostEntry(name, IsHost(name));
    });

    private static Dictionary<string, string> GetPlatformPaths()
    {
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        var all = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        foreach (var path in all.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            paths.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        return paths;
    }

    // A process must have one of each assembly whose types the engine shares with a user's code: ActorPool itself; Akka, whose actor
    // references are in its API; and the interface of loggers. A caller may have other versions of the engine's other libraries; they go
    // into the caller's own context.
    private static HashSet<string> GetEngineNames()
    {
        var engine = typeof(HostAssemblies).Assembly;
        var shared = engine.GetReferencedAssemblies().Select(reference => reference.Name!)
            .Where(name => name is "Akka" or Logging || name.StartsWith("Akka.", StringComparison.Ordinal));
        return [engine.GetName().Name!, .. shared];
    }

    private sealed record HostEntry(string Name, bool IsHost);
}
