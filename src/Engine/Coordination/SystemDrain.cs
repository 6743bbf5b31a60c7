using System.Collections.Concurrent;
using Akka;
using Akka.Actor;

namespace ActorPool.Coordination;

/// <summary>Lets pools in a caller's actor system end their jobs before that system shuts down.</summary>
/// <remarks>
/// A task of <c>CoordinatedShutdown</c> does it. Tasks cannot be removed from a phase, so there is one for each system, and not one for
/// each pool. <c>ActorSystem.Terminate()</c> does not wait: who calls it means it, a TestKit for example.
/// </remarks>
internal sealed class SystemDrain : IExtension
{
    /// <summary>The phase that waits.</summary>
    public const string Phase = CoordinatedShutdown.PhaseServiceRequestsDone;

    private readonly ConcurrentDictionary<Func<Task>, bool> _pools = new();

    private SystemDrain(ActorSystem system)
    {
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(Phase, "actorpool-drain", () => DrainAsync(shutdown));
    }

    /// <summary>Adds a pool until it has stopped.</summary>
    /// <param name="system">The system that the pool runs in.</param>
    /// <param name="close">Closes the pool; the task completes when its jobs have ended.</param>
    /// <param name="stopped">Completes when the pool has stopped.</param>
    public static void Add(ActorSystem system, Func<Task> close, Task stopped)
    {
        var pools = system.WithExtension<SystemDrain, Provider>()._pools;
        pools[close] = true;
        stopped.ContinueWith(_ => pools.TryRemove(close, out var _), TaskScheduler.Default);
    }

    private async Task<Done> DrainAsync(CoordinatedShutdown shutdown)
    {
        if (shutdown.ShutdownReason is not CoordinatedShutdown.ActorSystemTerminateReason)
        {
            var closed = Task.WhenAll(_pools.Keys.Select(close => close()));
            // In real time: the timer of Akka's own limit may be that of a test's scheduler.
            await closed.WaitAsync(shutdown.Timeout(Phase)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return Done.Instance;
    }

    private sealed class Provider : ExtensionIdProvider<SystemDrain>
    {
        public override SystemDrain CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
