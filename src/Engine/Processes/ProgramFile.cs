using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace ActorPool.Processes;

/// <summary>How this program is started again.</summary>
/// <remarks>
/// A program that needs an installed .NET is started by the same dotnet with the same files, whatever has started it: dotnet, its own
/// executable, a web server or a test runner. Other programs are started by their executable.
/// </remarks>
internal static class ProgramFile
{
    private const string DepsSuffix = ".deps.json";
    private const string ConfigSuffix = ".runtimeconfig.json";

    /// <summary>Whether the program's assemblies are inside of its executable.</summary>
    public static bool IsSingleFile => Hook.Length == 0;

    /// <summary>Whether .NET runs no startup hooks in this program, as trimming sets it.</summary>
    public static bool HasNoHooks => AppContext.TryGetSwitch("System.StartupHookProvider.IsSupported", out var isOn) && !isOn;

    /// <summary>The engine's assembly as a startup hook: its path, else its name.</summary>
    /// <remarks>A path that has the separator of paths cannot be in a list of them.</remarks>
    public static string HookName =>
        IsSingleFile || Hook.Contains(Path.PathSeparator, StringComparison.Ordinal) ? typeof(ProgramFile).Assembly.GetName().Name! : Hook;

    private static string Hook => typeof(ProgramFile).Assembly.Location;

    /// <exception cref="InvalidOperationException">No file of the program is known.</exception>
    public static ProcessStartInfo CreateStartInfo()
    {
        if (!IsSingleFile && FindMuxer() is { } muxer && FindProgram() is { } arguments)
            return new ProcessStartInfo(muxer, arguments);
        return new ProcessStartInfo(Environment.ProcessPath ?? throw new InvalidOperationException(
            "This program cannot be started again: the system does not tell the path of its executable."));
    }

    /// <summary>Finds the dotnet that runs this process; null if the program brings its own.</summary>
    private static string? FindMuxer()
    {
        // dotnet/shared/Microsoft.NETCore.App/10.0.0
        var framework = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory()));
        var shared = Path.GetDirectoryName(framework);
        if (shared is null || Path.GetFileName(framework) is not "Microsoft.NETCore.App" || Path.GetFileName(shared) is not "shared")
            return null;
        var muxer = Path.Combine(Path.GetDirectoryName(shared)!, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(muxer) ? muxer : null;
    }

    private static string[]? FindProgram()
    {
        // The program's own list comes first. For a test runner it is that of the test project.
        var lists = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries);
        if (lists is [var deps, ..] && deps.EndsWith(DepsSuffix, StringComparison.OrdinalIgnoreCase))
        {
            var program = deps[..^DepsSuffix.Length];
            if (File.Exists($"{program}.dll") && File.Exists($"{program}{ConfigSuffix}"))
                return ["exec", "--runtimeconfig", $"{program}{ConfigSuffix}", "--depsfile", deps, $"{program}.dll"];
        }
        var entry = Assembly.GetEntryAssembly()?.Location;
        return File.Exists(entry) && File.Exists(Path.ChangeExtension(entry, ConfigSuffix)) ? ["exec", entry] : null;
    }
}
