#pragma warning disable MA0047 // .NET looks for this name outside of any namespace
/// <summary>Called by .NET in a process that the engine starts, before the program's <c>Main</c>.</summary>
/// <remarks>The process is a worker of a pool, or a second process of a check (<see cref="ActorPool.SecondProcess"/>).</remarks>
internal static class StartupHook
{
    public static void Initialize() => ActorPool.WorkerProcess.RunIfRequested([]);
}
