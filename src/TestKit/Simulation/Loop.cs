using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace ActorPool.TestKit.Simulation;

/// <summary>Runs the actors of a system on the thread of its schedule.</summary>
/// <remarks>
/// A message from that thread is handled at once, inside the call that sends it. One from another thread is the next event: it comes from
/// code that has left the schedule. Without a schedule, messages are handled on the thread that sends them.
/// </remarks>
internal sealed class Loop
{
    private static readonly ConditionalWeakTable<Settings, Loop> s_bySystem = [];

    private Place? _place;

    public static Loop For(Settings settings) => s_bySystem.GetValue(settings, static _ => new Loop());

    /// <summary>Makes the calling thread the one of the world.</summary>
    public void Enter(World world) => Volatile.Write(ref _place, new Place(world, Environment.CurrentManagedThreadId));

    public void Leave() => Volatile.Write(ref _place, null);

    private void Execute(IRunnable run)
    {
        if (Volatile.Read(ref _place) is { } place && place.Thread != Environment.CurrentManagedThreadId)
            place.World.After(TimeSpan.Zero, run.Run);
        else
            run.Run();
    }

    private sealed record Place(World World, int Thread);

    /// <summary>Gives a dispatcher the loop of its system.</summary>
    /// <remarks>Akka creates it by the name in HOCON.</remarks>
    public sealed class Configurator(Config config, IDispatcherPrerequisites prerequisites)
        : ExecutorServiceConfigurator(config, prerequisites)
    {
        public override ExecutorService Produce(string id) => new Executor(id, For(Prerequisites.Settings));
    }

    private sealed class Executor(string id, Loop loop) : ExecutorService(id)
    {
        public override void Execute(IRunnable run) => loop.Execute(run);

        public override void Shutdown()
        {
            // It has no threads of its own.
        }
    }
}
