using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorPool.Tests.Support;

/// <summary>Gives the tests and the processes that they start a development certificate of their own: the user's is left alone.</summary>
internal static class OwnHome
{
    public static string Directory { get; } = Path.Combine(Path.GetTempPath(), $"actorpool-tests-{Guid.NewGuid():N}");

    [ModuleInitializer]
    internal static void Move()
    {
        if (Assembly.GetEntryAssembly()?.GetName().Name is not "testhost")
            return; // a node, to which functions of these tests were sent
        System.IO.Directory.CreateDirectory(Directory);
        Environment.SetEnvironmentVariable("XDG_DATA_HOME", Directory);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.Directory.Delete(Directory, recursive: true);
    }
}
