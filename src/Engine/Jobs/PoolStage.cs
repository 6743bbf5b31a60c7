using Akka.Actor;

namespace ActorPool.Jobs;

/// <summary>Takes the place of the router's supervisor and its workers, for simulations on one thread.</summary>
/// <remarks>
/// Coordinator and gatherers are those of any pool. With a stage, nothing of a pool that has its workers in this process uses another
/// thread: tokens are cancelled, and streams read, on the thread that causes it.
/// </remarks>
internal abstract class PoolStage
{
    /// <summary>Starts the coordinator on the thread of the simulation.</summary>
    public abstract IActorRef StartCoordinator(Props props, string name);

    /// <summary>Describes the actor that speaks <see cref="SupervisionProtocol"/> for simulated workers.</summary>
    public abstract Props SupervisorPropsFor(PoolState pool, IActorRef coordinator, int workers);
}
