#pragma warning disable MA0047 // .NET looks for this name outside of any namespace
/// <summary>Called by .NET in a process that <see cref="ActorPool.SecondProcess"/> starts, before the program's <c>Main</c>.</summary>
internal static class StartupHook
{
    public static void Initialize() => ActorPool.SecondProcess.RunIfRequested();
}
