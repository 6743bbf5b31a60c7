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
    private int _started;

    public ProcessSupervisorActor(PoolState pool, ProcessSource source, IActorRef coordinator)
    {
        (_pool, _source, _coordinator) = (pool, source, coordinator);
        Receive<JobProtocol.Grow>(grow => StartLinks(grow.Workers));
    }

    public static Props PropsFor(PoolState pool, ProcessSource source, IActorRef coordinator) =>
        Props.Create(() => new ProcessSupervisorActor(pool, source, coordinator)).WithDispatcher(PoolSettings.CoordinationDispatcher);

    protected override void PreStart() => StartLinks(_pool.Settings.Processes);

    // Also where no one waits for the pool's end: a pool that was forgotten leaves no directory.
    protected override void PostStop() => _ = _source.EndAsync();

    private void StartLinks(int count)
    {
        while (_started < count)
            Context.ActorOf(ProcessLinkActor.PropsFor(_pool, _source, _coordinator), $"process-{++_started}");
    }
}
