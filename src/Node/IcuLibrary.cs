using System.Globalization;
using System.Runtime.InteropServices;
using ActorPool.Node.Nodes;

namespace ActorPool.Node;

/// <summary>ICU, the library from which .NET gets its cultures.</summary>
/// <remarks>On Linux the system provides it, and small images lack it.</remarks>
internal static class IcuLibrary
{
    private const string InvariantVariable = "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT";
    private const string AppLocalVariable = "DOTNET_SYSTEM_GLOBALIZATION_APPLOCALICU";
    private const string AppLocalSwitch = "System.Globalization.AppLocalIcu";

    /// <summary>Makes the runtime use cultures if ICU is present, and run without them if not.</summary>
    /// <remarks>
    /// <c>Main</c> must call this first: the runtime decides at its first use of a culture, and writing a line is one. It runs without
    /// cultures if an environment variable says so, and container images set that variable for every .NET program in them. If the variable
    /// is not set and there is no library, the runtime aborts with a dump. So the runtime's own function looks for the library first.
    /// <see cref="Nodes.NodeCultures"/> then refuses to start a node; the other commands need no cultures. Afterwards the variable gets its
    /// old value back, for functions and the processes that they start.
    /// </remarks>
    public static void UseIfPresent()
    {
        var variable = Environment.GetEnvironmentVariable(InvariantVariable);
        Environment.SetEnvironmentVariable(InvariantVariable, OperatingSystem.IsLinux() && !IsAppLocal && !CanLoad() ? "1" : "0");
        CultureInfo.InvariantCulture.CompareInfo.IsPrefix("a", "a");
        Environment.SetEnvironmentVariable(InvariantVariable, variable);
    }

    /// <summary>Whether the runtime is set to load an ICU beside the program, not the system's.</summary>
    private static bool IsAppLocal =>
        AppContext.GetData(AppLocalSwitch) is not null || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(AppLocalVariable));

    private static bool CanLoad()
    {
        try
        {
            return LoadICU() != 0;
        }
        catch (TypeLoadException)
        {
            // This runtime has no such library or function: then it decides by itself and writes its own message.
            return true;
        }
    }

    [DllImport("libSystem.Globalization.Native", EntryPoint = "GlobalizationNative_LoadICU")]
    private static extern int LoadICU();
}
