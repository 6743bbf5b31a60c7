using ActorPool.Diagnostics;
using ActorPool.Jobs;
using Akka.Actor;

namespace ActorPool.TestKit.Simulation;

/// <summary>A worker with random delays, which may be lost at any moment.</summary>
/// <remarks>
/// It takes a random time before and after each chunk. It runs the real functions; what it tells the coordinator is what a worker actor
/// tells it.
/// </remarks>
internal sealed class SimulatedWorker
{
    private const double LongDelays = 0.1; // of all
    private const double ShortDelay = 0.05; // of the longest one

    private readonly SimulatedPool _stage;
    private readonly World _world;
    private readonly PoolState _pool;
    private readonly IActorRef _coordinator;
    private readonly WorkerIdentity _identity;
    private Lease? _running;
    private long _started;

    public SimulatedWorker(SimulatedPool stage, PoolState pool, IActorRef coordinator, int id)
    {
        (_stage, _world, _pool, _coordinator) = (stage, stage.World, pool, coordinator);
        _identity = new WorkerIdentity(pool, id);
        Actor = stage.CreateActor(Props.Create(() => new Mailbox(this)).WithDispatcher(Stage.Dispatcher));
    }

    public IActorRef Actor { get; }

    public int Id => _identity.Id;

    public bool IsDead { get; private set; }

    private string Name => WorkerName.Format(Id);

    /// <summary>Runs the initializer and the factory of its state, as before a worker's first item.</summary>
    public void Initialize()
    {
        _pool.Settings.Initializer?.Invoke();
        _identity.State = _pool.Settings.WorkerState?.Invoke();
    }

    /// <summary>Ends it: what it runs has no outcome.</summary>
    public void Die(string reason)
    {
        if (IsDead)
            return;
        IsDead = true;
        if (_running is { } lease)
        {
            _world.Note($"{Name} {reason} with {Describe(lease)}");
            lease.MarkLost(); // before it is cancelled, as when an actor stops
            lease.CancelItem();
        }
        else
        {
            _world.Note($"{Name} {reason}");
        }
        _stage.Stop(Actor);
        _stage.Context.Run(() => _ = DisposeStateAsync());
    }

    private async Task DisposeStateAsync()
    {
        try
        {
            if (_identity.State is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync().ConfigureAwait(true);
            else
                (_identity.State as IDisposable)?.Dispose();
        }
        catch (Exception e)
        {
            _world.Note($"the state of {Name} could not be disposed of: {e.Message}"); // as a worker logs it
        }
    }

    private void OnLease(Lease lease)
    {
        if (!IsDead) // otherwise it is lost with the mailbox, and the coordinator revokes it
            _world.After(DrawDelay(), () => Begin(lease));
    }

    private void Begin(Lease lease)
    {
        if (IsDead)
            return;
        if (!lease.TryClaim(Id))
        {
            _coordinator.Tell(new WorkProtocol.Unclaimed(lease, Id));
            return;
        }
        _world.Note($"{Name} runs {Describe(lease)}");
        _running = lease;
        _started = _pool.Settings.TimeProvider.GetTimestamp();
        if (!lease.Job.IsGuarded)
            lease.BeginItem(_started);
        var delay = DrawDelay();
        if (_stage.DrawLoss())
            _world.After(_world.Between(0, 2 * delay.TotalSeconds), () => _stage.Lose(this));
        // Half of the time that it has the chunk lies before the function, and half after it: it may be lost in either.
        _world.After(delay / 2, () => Run(lease, delay / 2));
    }

    private void Run(Lease lease, TimeSpan after)
    {
        if (!IsDead)
            _stage.Context.Run(() => _ = RunAsync(lease, after));
    }

    private async Task RunAsync(Lease lease, TimeSpan after)
    {
        var context = new WorkContext(lease, _identity);
        WorkContext.Enter(context); // until this method returns to its caller
        try
        {
            await lease.Job.RunAsync(new ChunkRun(context)).ConfigureAwait(false); // on the thread on which the function ends
        }
        catch (Exception e)
        {
            _world.Report($"the engine's own code around a function threw: {e}");
        }
        _world.After(after, () => Report(lease));
    }

    private void Report(Lease lease)
    {
        if (IsDead)
            return;
        lease.Elapsed = _pool.Settings.TimeProvider.GetElapsedTime(_started);
        _running = null;
        if (lease.TryReport())
            lease.Job.Gatherer.Tell(lease);
        _coordinator.Tell(lease);
    }

    private TimeSpan DrawDelay()
    {
        var max = _stage.MaxDelay.TotalSeconds;
        return _world.Chance(LongDelays) ? _world.Between(0, max) : _world.Between(0, max * ShortDelay);
    }

    private static string Describe(Lease lease)
    {
        var (first, last) = (lease.Chunk.Start, lease.Chunk.Start + lease.Chunk.Count - 1);
        var items = first == last ? $"item {first}" : $"items {first} to {last}";
        return $"{lease.Job.Name}'s {items}";
    }

    private sealed class Mailbox : ReceiveActor
    {
        public Mailbox(SimulatedWorker worker) => Receive<Lease>(worker.OnLease);
    }
}
