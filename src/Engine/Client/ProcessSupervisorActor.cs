using ActorPool.Configuration;
using ActorPool.Jobs;
using Akka.Actor;

namespace ActorPool.Client;

/// <summary>Has a link for each worker process of a pool.</summary>
internal sealed class ProcessSupervisorActor : HandlerActor
{
    private readonly PoolState _pool;
    private readonly ProcessSource _source;
    private readonly IActorRef _coordinator;

    public ProcessSupervisorActor(PoolState pool, ProcessSource source, IActorRef coordinator) =>
        (_pool, _source, _coordinator) = (pool, source, coordinator);

    public static Props PropsFor(PoolState pool, ProcessSource source, IActorRef coordinator) =>
        Props.Create(() => new ProcessSupervisorActor(pool, source, coordinator)).WithDispatcher(PoolSettings.CoordinationDispatcher);

    protected override void PreStart()
    {
        for (var i = 1; i <= _pool.Settings.Processes; i++)
            Context.ActorOf(ProcessLinkActor.PropsFor(_pool, _source, _coordinator), $"process-{i}");
    }

    // Also where no one waits for the pool's end: a pool that was forgotten leaves no directory.
    protected override void PostStop() => _ = _source.EndAsync();
}
