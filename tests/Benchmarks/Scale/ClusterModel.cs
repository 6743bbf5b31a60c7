using ActorPool.Configuration;
using ActorPool.Coordination;
using ActorPool.Jobs;
using ActorPool.Routing;
using Akka.Actor;

namespace ActorPool.Benchmarks.Scale;

/// <summary>A pool and its nodes in virtual time.</summary>
/// <remarks>
/// <code>
/// coordinator ──► other processors ──► link ══latency══► node: queue, worker
///      ▲                                                        │
///      └── mailbox ◄── other processors ◄── link ◄══latency═════┘
/// </code>
/// Which chunk goes where, and how long it is, the engine decides: <see cref="NodeRoster"/>, <see cref="FairScheduler"/>,
/// <see cref="JobLedger"/> with its sizer, and <see cref="LagWatch"/>. A node's own work for a chunk is left out: it is spread over the
/// processors of all nodes.
/// </remarks>
internal sealed class ClusterModel
{
    private const double Spread = 0.1; // of an item's time, so that the workers do not run in step
    private const int MaxItems = 200_000_000;

    private readonly ScaleCase _case;
    private readonly ScaleCosts _costs;
    private readonly VirtualTime<(Step Step, Flight? Flight)> _time = new();
    private readonly Station _coordinator = new(1);
    private readonly Station _processors;
    private readonly Station _out = new(1);
    private readonly Station _in = new(1);
    private readonly NodeRoster _roster;
    private readonly FairScheduler _scheduler;
    private readonly RunningJob _job;
    private readonly LagWatch _lag = new();
    private readonly Node[] _nodes;
    private readonly Random _random = new(1);
    private long _ended;
    private double _ran;
    private double _maxDelay;
    private bool _isReported;

    private ClusterModel(ScaleCase what, ScaleCosts costs)
    {
        (_case, _costs) = (what, costs);
        _processors = new Station(Math.Max(1, costs.Processors - 1));
        var options = new WorkerPoolOptions { Workers = 1 };
        var settings = PoolSettings.Read(options, PoolConfig.ForOwnSystem(options)) with { Workers = 0, IsCluster = true };
        var losses = new LossPolicy(settings.WorkerLosses);
        _roster = new NodeRoster(settings.Cluster.Prefetch, settings.WorkerLosses);
        _scheduler = new FairScheduler(losses.LastChance);
        _nodes = [.. Enumerable.Range(0, what.Nodes).Select(_ => new Node(ScaleCosts.WorkersPerNode))];
        for (var node = 0; node < what.Nodes; node++)
            _roster.Enter(node, ScaleCosts.WorkersPerNode);
        // Enough for the time that is simulated, with what is in flight then; so long an input also keeps the end of the job away.
        var items = Math.Min(MaxItems, 4 * (what.WarmUp + ScaleCase.Measured) * what.Workers / what.ItemSeconds);
        var (execution, _) = JobFactory.ForEach(
            new PoolState(settings), new ItemAction<byte>(static _ => { }), new byte[(int)items + (8 * what.Workers)],
            new JobOptions { ChunkSize = what.IsAdaptive ? null : 1 });
        var sizer = new Chunking.ChunkSizer(execution.Options.ChunkSize, settings.Cluster.ChunkTarget, int.MaxValue);
        _job = new RunningJob(new JobLedger(execution, sizer, settings.StreamMaxWindow), new Gatherer(ActorRefs.Nobody));
    }

    /// <summary>The steps of a chunk, and the probe.</summary>
    private enum Step
    {
        LeavesCoordinator,
        ReachesLink,
        ReachesNode,
        HasRun,
        ReachesCaller,
        ReachesCoordinator,
        IsHandled,
        SendProbe,
        TakeProbe,
    }

    public static ScaleResult Run(ScaleCase what, ScaleCosts costs) => new ClusterModel(what, costs).Run();

    private ScaleResult Run()
    {
        _scheduler.Add(_job);
        Dispatch(isFirst: true);
        _time.Add(LagWatch.Interval.TotalSeconds, (Step.SendProbe, null));
        RunUntil(_case.WarmUp);
        var (ended, ran, coordinator, processors) = (_ended, _ran, _coordinator.Busy, _processors.Busy);
        _maxDelay = 0;
        RunUntil(_case.WarmUp + ScaleCase.Measured);
        var rate = (_ended - ended) / ScaleCase.Measured;
        return new ScaleResult(
            _case,
            rate,
            (_ran - ran) / Math.Max(1, _ended - ended),
            Math.Min(1, (_ran - ran) / (ScaleCase.Measured * _case.Workers)),
            Math.Min(1, (_coordinator.Busy - coordinator) / ScaleCase.Measured),
            Math.Min(1, (_processors.Busy - processors) / (ScaleCase.Measured * Math.Max(1, _costs.Processors - 1))),
            rate * Math.Max(_costs.LinkBytesOut, _costs.LinkBytesIn) * 8e-6,
            _roster.Held * _costs.LiveBytes,
            _maxDelay * 1e3,
            _isReported);
    }

    private void RunUntil(double end)
    {
        while (_time.TryNext(end, out var next))
            Do(next.Step, next.Flight!);
    }

    private void Do(Step step, Flight flight)
    {
        var now = _time.Now;
        switch (step)
        {
            case Step.LeavesCoordinator:
                _time.Add(_processors.Serve(now, _costs.Elsewhere / 2), (Step.ReachesLink, flight));
                break;
            case Step.ReachesLink:
                _time.Add(_out.Serve(now, _costs.LinkBytesOut * 8 / _costs.LinkBits) + _costs.Latency, (Step.ReachesNode, flight));
                break;
            case Step.ReachesNode:
                if (_nodes[flight.Node].TryEnter(flight))
                    Start(flight);
                break;
            case Step.HasRun:
                _ran += flight.Seconds;
                if (_nodes[flight.Node].Leave() is { } next)
                    Start(next);
                _time.Add(_in.Serve(now + _costs.Latency, _costs.LinkBytesIn * 8 / _costs.LinkBits), (Step.ReachesCaller, flight));
                break;
            case Step.ReachesCaller:
                _time.Add(_processors.Serve(now, _costs.Elsewhere / 2), (Step.ReachesCoordinator, flight));
                break;
            case Step.ReachesCoordinator:
                _time.Add(_coordinator.Serve(now, _costs.Coordinator[_case.Nodes] * 1e-6), (Step.IsHandled, flight));
                break;
            case Step.IsHandled:
                _ended++;
                _roster.TryRelease(flight.Node, flight.Lease);
                flight.Lease.Elapsed = TimeSpan.FromSeconds(flight.Seconds);
                _job.Ledger.TrySettle(flight.Lease);
                _scheduler.Update(_job);
                Dispatch(isFirst: false);
                break;
            case Step.SendProbe:
                var delay = _coordinator.GetDelay(now);
                _maxDelay = Math.Max(_maxDelay, delay);
                _time.Add(now + delay, (Step.TakeProbe, new Flight(null!, 0, delay)));
                break;
            default:
                _isReported |= _lag.Observe(TimeSpan.FromSeconds(flight.Seconds), _roster.Held, _scheduler.Taken, _time) is not null;
                _time.Add(now + LagWatch.Interval.TotalSeconds, (Step.SendProbe, null));
                break;
        }
    }

    /// <summary>Hands out chunks as the coordinator does.</summary>
    private void Dispatch(bool isFirst)
    {
        var handedOut = isFirst ? 1 : 0;
        foreach (var allowQueueing in new[] { false, true })
        {
            while (TryDispatch(allowQueueing, handedOut))
                handedOut++;
        }
    }

    private bool TryDispatch(bool allowQueueing, int handedOut)
    {
        foreach (var offer in _roster.GetOffers(allowQueueing, reserved: null))
        {
            if (_scheduler.TryTake(offer.NodeId, int.MaxValue, _case.Workers, allowQueueing, offer.MaxLosses) is not var (_, lease))
                continue;
            _roster.Occupy(offer.NodeId, lease);
            // The first is part of what the end of a chunk costs.
            var left = handedOut == 0 ? _time.Now : _coordinator.Serve(_time.Now, _costs.Coordinator[_case.Nodes] * 1e-6);
            var seconds = lease.Chunk.Count * _case.ItemSeconds * (1 + (Spread * ((2 * _random.NextDouble()) - 1)));
            _time.Add(left, (Step.LeavesCoordinator, new Flight(lease, offer.NodeId, seconds)));
            return true;
        }
        return false;
    }

    private void Start(Flight flight) => _time.Add(_time.Now + flight.Seconds, (Step.HasRun, flight));

    /// <summary>A chunk, where it goes and how long it runs.</summary>
    private sealed record Flight(Lease Lease, int Node, double Seconds);

    /// <summary>A node's workers and the chunks that wait for them.</summary>
    private sealed class Node(int workers)
    {
        private readonly Queue<Flight> _waiting = [];
        private int _free = workers;

        public bool TryEnter(Flight flight)
        {
            if (_free == 0)
            {
                _waiting.Enqueue(flight);
                return false;
            }
            _free--;
            return true;
        }

        /// <summary>Frees a worker, and returns the chunk that it runs next.</summary>
        public Flight? Leave()
        {
            if (_waiting.TryDequeue(out var next))
                return next;
            _free++;
            return null;
        }
    }
}
