using Akka.Actor;
using Akka.Configuration;

namespace ActorPool.Remoting;

/// <summary>Keeps Akka from ending a pool's or node's actor system by itself.</summary>
/// <remarks>
/// A single outbound TLS handshake that fails, with a stranger or because the network broke during it, makes Akka.Remote run the
/// coordinated shutdown of the whole system. The shutdown runs once, and waits in its first phase until this gate is opened: when the
/// system should really end, or its node leave.
/// <para>
/// akka.net#7839 made it so on purpose; akka.net#7938 and #7939 changed it for incoming calls. Remove when a failed outbound call does not
/// shut the system down either.
/// </para>
/// </remarks>
internal sealed class ShutdownGate : IExtension
{
    /// <summary>The phase that waits.</summary>
    public const string Phase = CoordinatedShutdown.PhaseBeforeServiceUnbind;

    /// <summary>In HOCON; about the longest time that a timer can have.</summary>
    public const string MaxWait = "40d";

    /// <summary>Lets the phase wait that long.</summary>
    public static Config Config { get; } =
        ConfigurationFactory.ParseString($"akka.coordinated-shutdown.phases.{Phase}.timeout = {MaxWait}");

    private readonly TaskCompletionSource<Akka.Done> _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static void Close(ActorSystem system)
    {
        var gate = For(system);
        CoordinatedShutdown.Get(system).AddTask(Phase, "actorpool-gate", () => gate._open.Task);
    }

    /// <summary>Lets the system end from now on.</summary>
    public static void Open(ActorSystem system) => For(system)._open.TrySetResult(Akka.Done.Instance);

    public static Task TerminateAsync(ActorSystem system)
    {
        Open(system);
        return system.Terminate();
    }

    private static ShutdownGate For(ActorSystem system) => system.WithExtension<ShutdownGate, Provider>();

    private sealed class Provider : ExtensionIdProvider<ShutdownGate>
    {
        public override ShutdownGate CreateExtension(ExtendedActorSystem system) => new();
    }
}
