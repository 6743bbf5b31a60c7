using System.Runtime.CompilerServices;

namespace ActorPool.Tests.Support;

/// <summary>Gives the tests and the processes that they start a development certificate of their own: the user's is left alone.</summary>
internal static class OwnHome
{
    public static string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("actorpool-tests-").FullName;

    [ModuleInitializer]
    internal static void Move()
    {
        Environment.SetEnvironmentVariable("XDG_DATA_HOME", Directory);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.Directory.Delete(Directory, recursive: true);
    }
}
