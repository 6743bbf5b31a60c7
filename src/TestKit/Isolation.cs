using ActorPool.Configuration;
using Akka.Actor;

namespace ActorPool.TestKit;

/// <summary>Refuses pools whose workers are processes.</summary>
internal static class Isolation
{
    /// <summary>Checks the settings of a pool, of code and of HOCON.</summary>
    /// <param name="system">The actor system that the pool is to run in.</param>
    /// <param name="options">The pool's settings.</param>
    /// <exception cref="ArgumentException">Workers are to be processes, or a setting is not valid.</exception>
    public static void Refuse(ActorSystem system, WorkerPoolOptions options)
    {
        var settings = PoolSettings.Read(options, PoolConfig.ForCallersSystem(system, options));
        if (settings.Isolation is not WorkerIsolation.Process)
            return;
        var place = options.Isolation is null ? "actorpool.isolation" : "WorkerPoolOptions.Isolation";
        throw new ArgumentException(
            $"{place} is [{settings.Isolation}]. Set None, or leave it out: worker processes have no virtual time, and a function that the "
            + "test controls cannot go to them. Test what depends on worker processes with WorkerPool.Create and real time.",
            nameof(options));
    }
}
