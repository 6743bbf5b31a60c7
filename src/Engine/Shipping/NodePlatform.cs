using System.Runtime.InteropServices;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>Which native libraries this process can load.</summary>
internal static class NodePlatform
{
    private static readonly string s_suffix =
        OperatingSystem.IsWindows() ? ".dll" : OperatingSystem.IsMacOS() || OperatingSystem.IsIOS() ? ".dylib" : ".so";

    /// <summary>This process's runtime identifier without the name of a distribution, such as <c>linux-musl-x64</c>.</summary>
    public static string Runtime { get; } = $"{GetSystem()}-{GetArchitecture()}";

    /// <summary>The runtime identifiers that fit this process, the best one first.</summary>
    public static IReadOnlyList<string> Runtimes { get; } = GetRuntimes(Runtime);

    /// <summary>Lists what fits a runtime identifier, as the .NET host does with its portable graph.</summary>
    public static IReadOnlyList<string> GetRuntimes(string runtime)
    {
        var at = runtime.LastIndexOf('-');
        var (system, architecture) = (runtime[..at], runtime[(at + 1)..]);
        string[] unix = [$"unix-{architecture}", "unix", "any"];
        return system switch
        {
            "win" => [runtime, "win", "any"],
            "linux-musl" or "linux-bionic" => [runtime, system, $"linux-{architecture}", "linux", .. unix],
            _ => [runtime, system, .. unix],
        };
    }

    /// <summary>Lists the file names that the runtime tries for the name of a native library.</summary>
    /// <returns>Empty for paths: only the program that gave it knows what it means.</returns>
    public static IReadOnlyList<string> GetFileNames(string library)
    {
        if (!ModuleIdentity.IsFileName(library))
            return [];
        if (OperatingSystem.IsWindows())
            return IsLibrary(library) ? [library] : [library + s_suffix, library];
        return IsLibrary(library)
            ? [library, "lib" + library]
            : [library + s_suffix, "lib" + library + s_suffix, library, "lib" + library];
    }

    /// <summary>Whether a file has the suffix of a native library.</summary>
    public static bool IsLibrary(string fileName) =>
        fileName.EndsWith(s_suffix, StringComparison.OrdinalIgnoreCase)
        || !OperatingSystem.IsWindows() && fileName.Contains(s_suffix + ".", StringComparison.Ordinal);

    /// <summary>Whether the .NET runtime brings a native library of one of these names.</summary>
    public static bool HasOwn(IReadOnlyList<string> fileNames) =>
        FrameworkAssemblies.Folder is { } folder && fileNames.Any(name => File.Exists(Path.Combine(folder, name)));

    private static string GetSystem()
    {
        if (OperatingSystem.IsWindows())
            return "win";
        if (OperatingSystem.IsMacOS())
            return "osx";
        if (OperatingSystem.IsFreeBSD())
            return "freebsd";
        var full = RuntimeInformation.RuntimeIdentifier;
        return full.Contains("musl", StringComparison.Ordinal) || full.StartsWith("alpine", StringComparison.Ordinal)
            ? "linux-musl"
            : full.Contains("bionic", StringComparison.Ordinal) ? "linux-bionic" : "linux";
    }

    private static string GetArchitecture() => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => "x64",
        Architecture.X86 => "x86",
        Architecture.Arm64 => "arm64",
        Architecture.Arm => "arm",
        var other => other.ToString().ToLowerInvariant(),
    };
}
