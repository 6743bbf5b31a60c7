using Akka.Actor;

namespace ActorPool.Coordination;

/// <summary>Answers the pool's callers as soon as the coordinator is being stopped, by whomever: the pool, its actor system, or anybody who has its address.</summary>
/// <remarks>
/// An actor's children are stopped first, and it hears of its own end only when all of them have stopped. Workers stop when their functions return, which may be never, but
/// this child stops at once: callers get their answer, functions see their token cancelled, and after <c>actorpool.shutdown-timeout</c> nobody waits for them any more.
/// </remarks>
internal sealed class SentinelActor(PoolState pool) : UntypedActor
{
    public static Props PropsFor(PoolState pool) => Props.Create(() => new SentinelActor(pool)).WithDispatcher(Hosting.PoolSettings.CoordinationDispatcher);

    protected override void OnReceive(object message) => Unhandled(message);

    protected override void PostStop()
    {
        pool.End(new PoolTerminatedException());
        Context.System.Scheduler.Advanced.ScheduleOnce(pool.Settings.ShutdownTimeout, pool.MarkStopped);
    }
}
