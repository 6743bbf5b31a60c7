using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace ActorPool.Tests.Support;

/// <summary>Gives the tests and the processes that they start a development certificate of their own: the user's is left alone.</summary>
internal static class OwnHome
{
    public static string Directory { get; } = Path.Combine(Path.GetTempPath(), $"actorpool-tests-{Guid.NewGuid():N}");

    [ModuleInitializer]
    internal static void Move()
    {
        // Not in a node to which functions of these tests were sent, nor where a test loads this assembly once more.
        if (Assembly.GetEntryAssembly()?.GetName().Name is not "testhost" || AssemblyLoadContext.GetLoadContext(typeof(OwnHome).Assembly) != AssemblyLoadContext.Default)
            return;
        System.IO.Directory.CreateDirectory(Directory);
        Environment.SetEnvironmentVariable("XDG_DATA_HOME", Directory);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.Directory.Delete(Directory, recursive: true);
    }
}
