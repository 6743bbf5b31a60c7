using ActorPool.Jobs;
using Akka.Actor;

namespace ActorPool.TestKit.Simulation;

/// <summary>The stage of one schedule: simulated workers under the engine's coordinator.</summary>
internal sealed class SimulatedPool(World world, IActorRef stage, ScheduleOptions options, WorldContext context) : PoolStage
{
    private const double LossProbability = 0.15; // of each chunk, as long as there may be losses

    private readonly int _maxLosses = world.Random.Next(options.MaxLosses + 1);
    private int _losses;

    public World World => world;

    /// <summary>The context of the functions.</summary>
    public WorldContext Context => context;

    public TimeSpan MaxDelay => options.MaxDelay;

    /// <summary>Tells the supervisor of a loss.</summary>
    public Action<SimulatedWorker> Lost { get; set; } = _ => { };

    public override IActorRef StartCoordinator(Props props, string name) => Stage.CreateActor(stage, props, name);

    public override Props SupervisorPropsFor(PoolState pool, IActorRef coordinator, int workers) =>
        Props.Create(() => new SimulatedSupervisor(this, pool, coordinator, workers)).WithDispatcher(Stage.Dispatcher);

    public IActorRef CreateActor(Props props) => Stage.CreateActor(stage, props);

    public void Stop(IActorRef actor) => stage.Tell(actor);

    /// <summary>Draws whether the worker that begins a chunk is lost around that time.</summary>
    public bool DrawLoss()
    {
        if (_losses >= _maxLosses || !world.Chance(LossProbability))
            return false;
        _losses++;
        return true;
    }

    public void Lose(SimulatedWorker worker)
    {
        if (!worker.IsDead)
            Lost(worker);
    }
}
