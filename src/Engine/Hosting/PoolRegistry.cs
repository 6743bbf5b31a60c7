using System.Collections.Concurrent;
using Akka.Actor;
using ActorPool.Coordination;

namespace ActorPool.Hosting;

/// <summary>The pools of one actor system, so that its end is theirs: their callers are answered before the system waits for functions that run.</summary>
internal sealed class PoolRegistry : IExtension
{
    private readonly ConcurrentDictionary<PoolState, IActorRef> _pools = new();

    private PoolRegistry(ExtendedActorSystem system) =>
        // One task for the system, not one a pool: tasks of the coordinated shutdown cannot be taken back.
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "end-actorpools", () =>
        {
            foreach (var (pool, coordinator) in _pools)
            {
                pool.End(new PoolTerminatedException("The actor system of the pool was terminated while the job ran."));
                coordinator.Tell(CoordinatorActor.Terminate.Instance);
            }
            return Task.FromResult(Akka.Done.Instance);
        });

    public static PoolRegistry Of(ActorSystem system) => Id.Instance.Apply(system);

    public void Add(PoolState pool, IActorRef coordinator) => _pools[pool] = coordinator;

    public void Remove(PoolState pool) => _pools.TryRemove(pool, out _);

    private sealed class Id : ExtensionIdProvider<PoolRegistry>
    {
        public static readonly Id Instance = new();

        public override PoolRegistry CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
