using ActorPool.Diagnostics;
using ActorPool.Jobs;
using Akka.Actor;
using static ActorPool.Jobs.SupervisionProtocol;

namespace ActorPool.TestKit.Simulation;

/// <summary>Starts and replaces simulated workers as the supervisor of a pool does with real ones.</summary>
internal sealed class SimulatedSupervisor : ReceiveActor
{
    private const double LongestStart = 0.05; // seconds

    private readonly SimulatedPool _stage;
    private readonly PoolState _pool;
    private readonly IActorRef _coordinator;
    private readonly Dictionary<int, SimulatedWorker> _workers = [];
    private int _target;
    private int _starting;
    private bool _hasStopped;
    private bool _startsAreAwaited;

    public SimulatedSupervisor(SimulatedPool stage, PoolState pool, IActorRef coordinator, int workers)
    {
        (_stage, _pool, _coordinator, _target) = (stage, pool, coordinator, workers);
        stage.Lost = OnLost;
        Receive<DispatchRound>(OnDispatchRound);
        Receive<SetWorkerCount>(set =>
        {
            _target = set.Count;
            StartMissing();
        });
        Receive<RetireWorker>(retire => OnRetire(retire.WorkerId));
        Receive<AbandonWorker>(abandon => OnAbandon(abandon.WorkerId));
        Receive<StopReplacing>(_ => _hasStopped = true);
        Receive<AwaitStarts>(_ =>
        {
            _startsAreAwaited = true;
            AnswerStarts();
        });
    }

    protected override void PreStart() => StartMissing();

    protected override void PostStop()
    {
        _hasStopped = true;
        foreach (var worker in _workers.Values)
            worker.Die("ends with its pool");
    }

    private void StartMissing()
    {
        for (; !_hasStopped && _workers.Count + _starting < _target; _starting++)
            _stage.World.After(_stage.World.Between(0, LongestStart), Start);
    }

    private void Start()
    {
        _starting--;
        if (_hasStopped)
            return;
        var worker = new SimulatedWorker(_stage, _pool, _coordinator, _pool.NextWorkerId());
        try
        {
            worker.Initialize();
        }
        catch (Exception e)
        {
            _hasStopped = true;
            worker.Die("fails to start");
            _coordinator.Tell(new WorkerFailed(worker.Id, e));
            AnswerStarts();
            return;
        }
        _workers.Add(worker.Id, worker);
        _coordinator.Tell(new WorkerReady(worker.Id, worker.Actor));
        AnswerStarts();
    }

    private void AnswerStarts()
    {
        if (!_startsAreAwaited || _starting > 0)
            return;
        _startsAreAwaited = false;
        _coordinator.Tell(StartsEnded.Instance);
    }

    /// <summary>Gives the chunks of a round to its workers in a random order.</summary>
    /// <remarks>A router decides which worker gets which.</remarks>
    private void OnDispatchRound(DispatchRound round)
    {
        var leases = round.Leases.ToArray();
        _stage.World.Random.Shuffle(leases);
        for (var i = 0; i < leases.Length; i++)
        {
            if (_workers.TryGetValue(round.Workers[i], out var worker))
                worker.Actor.Tell(leases[i]);
        }
    }

    private void OnRetire(int id)
    {
        if (_workers.Remove(id, out var worker))
            worker.Die("retires");
        StartMissing();
    }

    private void OnAbandon(int id)
    {
        if (_workers.Remove(id))
            _stage.World.Note($"{WorkerName.Format(id)} is abandoned");
        StartMissing();
    }

    private void OnLost(SimulatedWorker worker)
    {
        worker.Die("is lost");
        if (!_workers.Remove(worker.Id))
            return;
        _coordinator.Tell(new WorkerLost(worker.Id));
        StartMissing();
    }
}
