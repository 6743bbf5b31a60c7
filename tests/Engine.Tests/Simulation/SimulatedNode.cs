using System.Globalization;
using Akka.Actor;
using ActorPool.Chunking;
using ActorPool.Coordination;
using ActorPool.Gathering;
using ActorPool.Routing;

namespace ActorPool.Tests.Simulation;

/// <summary>A node and the pool's link to it: one connection after the other, each of which keeps the order of what it carries, and loses what it carries when it breaks.</summary>
/// <remarks>Which chunk may run next says the engine's own <see cref="ChunkGate{TSession, TChunk}"/>, as in a real agent.</remarks>
internal sealed class SimulatedNode
{
    /// <summary>The lease of a node that is silent.</summary>
    private static readonly TimeSpan s_leaseTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_noticed = TimeSpan.FromMilliseconds(50);

    private readonly World _world;
    private readonly SimulatedWork _work;
    private readonly IActorRef _coordinator;
    private readonly IActorRef _link;
    private readonly string _name;
    private readonly int _workers;
    private Connection? _connection;
    private ChunkGate<SimulatedNode, Held> _gate;
    private TimeSpan _frozenUntil;
    private bool _isDead;
    private bool _isLeaving;

    public SimulatedNode(World world, SimulatedWork work, IActorRef coordinator, IActorRef stage, int number, int workers)
    {
        (_world, _work, _coordinator, _workers) = (world, work, coordinator, workers);
        _name = string.Create(CultureInfo.InvariantCulture, $"node-{number}");
        _gate = new ChunkGate<SimulatedNode, Held>(workers);
        _link = Stage.Actor(stage, Props.Create(() => new Link(this)).WithDispatcher(CallingThread));
    }

    public const string CallingThread = "simulation-dispatcher";

    public bool IsThere => !_isDead && !_isLeaving;

    public IActorRef LinkActor => _link;

    /// <summary>The link gets a session.</summary>
    public void Connect()
    {
        if (_isDead || _isLeaving || _connection is not null)
            return;
        _connection = new Connection(_work.NextNodeId());
        _gate = new ChunkGate<SimulatedNode, Held>(_workers);
        _world.Note($"{_name} is connected as {_connection.Id}");
        _coordinator.Tell(new NodeProtocol.NodeReady(_connection.Id, _link, _name, _workers));
    }

    /// <summary>Its process dies, and perhaps starts again.</summary>
    public void Die(TimeSpan? restart)
    {
        if (_isDead)
            return;
        _world.Note($"{_name} dies");
        _isDead = true;
        Break(s_noticed, "its process died");
        if (restart is { } after)
        {
            _world.After(after, () =>
            {
                (_isDead, _isLeaving) = (false, false);
                Connect();
            });
        }
    }

    /// <summary>The connection breaks: what is on its way is lost in both directions, though some of it was run.</summary>
    public void BreakConnection()
    {
        _world.Note($"{_name}'s connection breaks");
        Break(s_noticed, "the connection broke");
        _world.After(_world.Between(0.1, 1), Connect);
    }

    /// <summary>It stands still for a while, and wakes with all that it had.</summary>
    public void Freeze(TimeSpan time)
    {
        if (_isDead)
            return;
        _world.Note($"{_name} freezes for {time.TotalSeconds:F1} s");
        _frozenUntil = _world.Now + time;
        var connection = _connection;
        if (time <= s_leaseTimeout)
            return;
        _world.After(s_leaseTimeout, () =>
        {
            if (ReferenceEquals(connection, _connection))
                Break(TimeSpan.Zero, "its lease ran out");
        });
        _world.After(time, Connect);
    }

    /// <summary>It leaves in good order: hands back what waits, finishes what runs, and goes.</summary>
    public void Leave()
    {
        if (_isDead || _isLeaving || _connection is null || _world.Now < _frozenUntil)
            return;
        _world.Note($"{_name} leaves");
        _isLeaving = true;
        _coordinator.Tell(new NodeProtocol.NodeLeaving(_connection.Id));
        var connection = _connection;
        foreach (var held in _gate.TakeWaiting(this))
            ToPool(connection, () => Return(connection, held));
        GoWhenDone(connection);
    }

    private void OnRunChunk(WorkProtocol.RunChunk run)
    {
        if (_connection is not { } connection)
        {
            _work.Lost(run.Lease, ranAlone: false); // its loss is on its way
            return;
        }
        if (!run.Lease.TryClaim(connection.Id, _name))
        {
            _coordinator.Tell(new WorkProtocol.ChunkEnded(run.Lease, connection.Id, TimeSpan.Zero));
            return;
        }
        var held = new Held(run);
        connection.Sent.Add(held);
        if (connection.Sent.Count > _workers * (1 + SimulatedWork.Prefetch))
            throw _world.Violation($"{_name} was dealt {connection.Sent.Count} chunks, and has {_workers} workers");
        ToNode(connection, () => Arrive(connection, held));
    }

    private void OnJobEnded(JobPlan job)
    {
        if (_connection is { } connection)
            ToNode(connection, () => connection.Ended.Add(job.Id));
    }

    private void Arrive(Connection connection, Held held)
    {
        if (_isLeaving)
        {
            ToPool(connection, () => Return(connection, held));
            return;
        }
        _gate.Add(this, held);
        StartChunks(connection);
    }

    private void StartChunks(Connection connection)
    {
        while (_gate.TryStart(out _, out var held))
            Run(connection, held);
    }

    private void Run(Connection connection, Held held)
    {
        var gate = _gate;
        held.IsRunning = true;
        var time = _work.TimeOf(held.Lease);
        if (held.Lease.Losses + 1 >= _work.WorkerLosses)
            ToPool(connection, held.Lease.NoteBegun);
        Later(connection, time, () =>
        {
            if (connection.Ended.Contains(held.Lease.Job.Id))
            {
                ToPool(connection, () => Return(connection, held));
            }
            else if (_work.Kills(held.Lease))
            {
                _world.Note($"{_name} is killed by [{held.Lease.Chunk.Start}..{held.Lease.Chunk.Start + held.Lease.Chunk.Count})");
                Die(restart: TimeSpan.FromSeconds(1));
                return;
            }
            else
            {
                _work.Ran(held.Lease);
                ToPool(connection, () => Report(connection, held, time));
            }
            gate.End(this);
            if (!_isLeaving)
                StartChunks(connection);
            GoWhenDone(connection);
        });
    }

    private void Report(Connection connection, Held held, TimeSpan time)
    {
        connection.Sent.Remove(held);
        if (held.Lease.TryReport())
            held.Gatherer.Tell(_work.OutcomeOf(held.Lease, _name));
        _coordinator.Tell(new WorkProtocol.ChunkEnded(held.Lease, connection.Id, time));
    }

    private void Return(Connection connection, Held held)
    {
        connection.Sent.Remove(held);
        _coordinator.Tell(new NodeProtocol.ChunkReturned(held.Lease, connection.Id));
    }

    private void GoWhenDone(Connection connection)
    {
        if (!_isLeaving || !_gate.IsEmpty || !ReferenceEquals(connection, _connection))
            return;
        ToPool(connection, () =>
        {
            if (!ReferenceEquals(connection, _connection))
                return;
            _world.Note($"{_name} is gone");
            _isDead = true;
            Break(TimeSpan.Zero, "it has left");
        });
    }

    private void Break(TimeSpan noticedAfter, string reason)
    {
        if (_connection is not { } connection)
            return;
        _connection = null;
        connection.IsBroken = true;
        _world.After(noticedAfter, () =>
        {
            foreach (var held in connection.Sent)
                _work.Lost(held.Lease, ranAlone: held.IsRunning && connection.Sent.Count == 1);
            _coordinator.Tell(new NodeProtocol.NodeLost(connection.Id, reason));
            // An answer that comes after that must not count, whatever it says.
            foreach (var held in connection.Sent)
            {
                if (held.Lease.TryReport())
                    throw _world.Violation($"a late answer for [{held.Lease.Chunk.Start}..) of a lost node was taken");
            }
        });
    }

    private void ToNode(Connection connection, Action arrives) => Later(connection, connection.DelayToNode(_world), arrives);

    private void ToPool(Connection connection, Action arrives) => _world.After(connection.DelayToPool(_world), () =>
    {
        if (!connection.IsBroken)
            arrives();
    });

    /// <summary>Something happens at the node, when it is not frozen.</summary>
    private void Later(Connection connection, TimeSpan delay, Action happens) => _world.After(delay, () =>
    {
        if (connection.IsBroken)
            return;
        if (_world.Now < _frozenUntil)
            Later(connection, _frozenUntil - _world.Now, happens);
        else
            happens();
    });

    /// <summary>A chunk that the node has.</summary>
    private sealed class Held(WorkProtocol.RunChunk run)
    {
        public Lease Lease => run.Lease;

        public IActorRef Gatherer => run.Gatherer;

        public bool IsRunning { get; set; }
    }

    private sealed class Connection(int id)
    {
        private TimeSpan _lastToNode;
        private TimeSpan _lastToPool;

        public int Id => id;

        public List<Held> Sent { get; } = [];

        public HashSet<long> Ended { get; } = [];

        public bool IsBroken { get; set; }

        public TimeSpan DelayToNode(World world) => Delay(world, ref _lastToNode);

        public TimeSpan DelayToPool(World world) => Delay(world, ref _lastToPool);

        /// <summary>What is sent later does not arrive sooner.</summary>
        private static TimeSpan Delay(World world, ref TimeSpan last)
        {
            var arrives = world.Now + (world.Chance(0.05) ? world.Between(0, 2) : world.Between(0, 0.02));
            last = arrives > last ? arrives : last;
            return last - world.Now;
        }
    }

    private sealed class Link : ReceiveActor
    {
        public Link(SimulatedNode node)
        {
            Receive<WorkProtocol.RunChunk>(node.OnRunChunk);
            Receive<NodeProtocol.JobEnded>(ended => node.OnJobEnded(ended.Job));
        }
    }
}
