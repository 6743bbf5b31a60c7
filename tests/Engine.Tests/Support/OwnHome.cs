using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace ActorPool.Tests.Support;

/// <summary>Gives the tests a private data directory instead of the user's.</summary>
/// <remarks>So the tests and the processes that they start use another development certificate than the user's.</remarks>
internal static class OwnHome
{
    public static string Directory { get; } = Path.Combine(Path.GetTempPath(), $"actorpool-tests-{Guid.NewGuid():N}");

    [ModuleInitializer]
    internal static void Move()
    {
        // Not in a node that received functions of these tests, and not where a test loads this assembly a second time.
        if (Assembly.GetEntryAssembly()?.GetName().Name is not "testhost"
            || AssemblyLoadContext.GetLoadContext(typeof(OwnHome).Assembly) != AssemblyLoadContext.Default)
        {
            return;
        }
        System.IO.Directory.CreateDirectory(Directory);
        Environment.SetEnvironmentVariable("XDG_DATA_HOME", Directory);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.Directory.Delete(Directory, recursive: true);
    }
}
