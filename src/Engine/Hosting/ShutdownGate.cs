using Akka.Actor;

namespace ActorPool.Hosting;

/// <summary>Keeps Akka from ending an actor system of ours by itself.</summary>
/// <remarks>
/// One outbound TLS handshake that fails, with a stranger or because the network broke in its middle, is enough for Akka.Remote to run the coordinated shutdown of the whole system. It runs once, and waits
/// in its first phase until this gate is opened: by who really wants the system to end, or its node to leave.
/// </remarks>
internal sealed class ShutdownGate : IExtension
{
    /// <summary>The phase that waits.</summary>
    public const string Phase = CoordinatedShutdown.PhaseBeforeServiceUnbind;

    /// <summary>As HOCON; about the longest that a timer can be set to.</summary>
    public const string LongestWait = "40d";

    private readonly TaskCompletionSource<Akka.Done> _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static void Close(ActorSystem system)
    {
        var gate = GateOf(system);
        CoordinatedShutdown.Get(system).AddTask(Phase, "actorpool-gate", () => gate._open.Task);
    }

    /// <summary>From now on the system may end.</summary>
    public static void Open(ActorSystem system) => GateOf(system)._open.TrySetResult(Akka.Done.Instance);

    public static Task TerminateAsync(ActorSystem system)
    {
        Open(system);
        return system.Terminate();
    }

    private static ShutdownGate GateOf(ActorSystem system) => system.WithExtension<ShutdownGate, Provider>();

    private sealed class Provider : ExtensionIdProvider<ShutdownGate>
    {
        public override ShutdownGate CreateExtension(ExtendedActorSystem system) => new();
    }
}
