using System.Globalization;
using ActorPool.Agent;
using ActorPool.Coordination;
using ActorPool.Jobs;
using ActorPool.TestKit.Simulation;
using Akka.Actor;

namespace ActorPool.Tests.Simulation;

/// <summary>A simulated node and the pool's link to it.</summary>
/// <remarks>
/// It has one connection at a time. A connection keeps the order of its messages, and loses those under way when it breaks.
/// The engine's <see cref="FairChunkQueue{TSession, TChunk}"/> decides which chunk runs next, as in a real agent.
/// </remarks>
internal sealed class SimulatedNode
{
    /// <summary>How long a silent node keeps its lease.</summary>
    private static readonly TimeSpan s_leaseTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_noticeDelay = TimeSpan.FromMilliseconds(50);

    private readonly World _world;
    private readonly SimulatedWork _work;
    private readonly IActorRef _coordinator;
    private readonly IActorRef _link;
    private readonly string _name;
    private readonly int _workers;
    private Connection? _connection;
    private FairChunkQueue<SimulatedNode, Held> _gate;
    private TimeSpan _frozenUntil;
    private bool _isDead;
    private bool _isLeaving;

    public SimulatedNode(World world, SimulatedWork work, IActorRef coordinator, IActorRef stage, int number, int workers)
    {
        (_world, _work, _coordinator, _workers) = (world, work, coordinator, workers);
        _name = string.Create(CultureInfo.InvariantCulture, $"node-{number}");
        _gate = new FairChunkQueue<SimulatedNode, Held>(workers);
        _link = Stage.CreateActor(stage, Props.Create(() => new Link(this)).WithDispatcher(Stage.Dispatcher));
    }

    public bool IsThere => !_isDead && !_isLeaving;

    public IActorRef LinkActor => _link;

    /// <summary>Opens a connection to the pool.</summary>
    public void Connect()
    {
        if (_isDead || _isLeaving || _connection is not null)
            return;
        _connection = new Connection(_work.NextNodeId());
        _gate = new FairChunkQueue<SimulatedNode, Held>(_workers);
        _world.Note($"{_name} is connected as {_connection.Id}");
        _coordinator.Tell(new NodeProtocol.NodeReady(_connection.Id, _link, _name, _workers));
    }

    /// <summary>Kills its process, and starts it again if there is a delay for that.</summary>
    public void Die(TimeSpan? restart)
    {
        if (_isDead)
            return;
        _world.Note($"{_name} dies");
        _isDead = true;
        Break(s_noticeDelay, "its process died");
        if (restart is { } after)
        {
            _world.After(after, () =>
            {
                (_isDead, _isLeaving) = (false, false);
                Connect();
            });
        }
    }

    /// <summary>Breaks the connection.</summary>
    /// <remarks>Messages under way are lost in both directions, even of chunks that have run.</remarks>
    public void BreakConnection()
    {
        _world.Note($"{_name}'s connection breaks");
        Break(s_noticeDelay, "the connection broke");
        _world.After(_world.Between(0.1, 1), Connect);
    }

    /// <summary>Stops the node for a while; it goes on with all that it had.</summary>
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

    /// <summary>Leaves in good order: hands back waiting chunks, finishes running ones, then ends.</summary>
    /// <param name="drain">How long it waits for running chunks; null: without a limit.</param>
    /// <param name="then">What becomes of chunks that still run after that.</param>
    public void Leave(TimeSpan? drain = null, Ending then = Ending.HandsBack)
    {
        if (_isDead || _isLeaving || _connection is null || _world.Now < _frozenUntil)
            return;
        _world.Note($"{_name} leaves{(drain is { } limit ? $" within {limit.TotalSeconds:F1} s, then {then}" : "")}");
        if (drain is not null)
            _world.After(drain.Value, () => End(then));
        _isLeaving = true;
        _coordinator.Tell(new NodeProtocol.NodeLeaving(_connection.Id));
        var connection = _connection;
        foreach (var held in _gate.TakeWaiting(this))
        {
            held.IsHandedBack = true;
            connection.Arrived.Remove(held);
            SendToPool(connection, () => Return(connection, held));
        }
        EndWhenDone(connection);
    }

    /// <summary>Ends in good order without notice, like a node that is disposed of.</summary>
    public void EndAtOnce()
    {
        if (_isDead || _isLeaving || _connection is null || _world.Now < _frozenUntil)
            return;
        _world.Note($"{_name} ends");
        _isLeaving = true;
        End(Ending.HandsBack);
    }

    private void End(Ending how)
    {
        if (_isDead || !_isLeaving || _connection is not { } connection)
            return;
        if (how == Ending.IsKilled)
        {
            Die(restart: null);
            return;
        }
        foreach (var held in connection.Arrived)
        {
            held.IsHandedBack = true;
            if (how == Ending.HandsBack)
                SendToPool(connection, () => Return(connection, held));
        }
        SayFarewell(connection);
    }

    private void OnLease(Lease lease)
    {
        _work.CheckCharges(lease);
        if (_connection is not { } connection)
        {
            _work.RecordLoss(lease, ranAlone: false); // the message that the node was lost or has left is under way
            _work.RecordHandBack(lease);
            return;
        }
        if (!lease.TryClaim(connection.Id, _name))
        {
            _coordinator.Tell(new WorkProtocol.Unclaimed(lease, connection.Id));
            return;
        }
        var held = new Held(lease);
        connection.Sent.Add(held);
        if (connection.Sent.Count > _workers * (1 + SimulatedWork.Prefetch))
            _world.Report($"{_name} got {connection.Sent.Count} chunks, and has {_workers} workers");
        SendToNode(connection, () => Arrive(connection, held));
    }

    private void OnJobEnded(JobExecution job)
    {
        if (_connection is { } connection)
            SendToNode(connection, () => connection.Ended.Add(job.Id));
    }

    private void Arrive(Connection connection, Held held)
    {
        if (_isLeaving)
        {
            held.IsHandedBack = true;
            SendToPool(connection, () => Return(connection, held));
            return;
        }
        connection.Arrived.Add(held);
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
        var time = _work.DrawRunTime(held.Lease);
        if (held.Lease.Losses + 1 >= _work.WorkerLosses)
            SendToPool(connection, () => held.Lease.MarkStarted());
        RunAtNode(connection, time, () =>
        {
            if (held.IsHandedBack)
                return;
            connection.Arrived.Remove(held);
            if (connection.Ended.Contains(held.Lease.Job.Id))
            {
                SendToPool(connection, () => Return(connection, held, LossCause.Stopped));
            }
            else if (_work.Kills(held.Lease))
            {
                _world.Note($"{_name} is killed by [{held.Lease.Chunk.Start}..{held.Lease.Chunk.Start + held.Lease.Chunk.Count})");
                Die(restart: TimeSpan.FromSeconds(1));
                return;
            }
            else
            {
                _work.RecordRun(held.Lease);
                SendToPool(connection, () => Report(connection, held, time));
            }
            gate.End(this);
            if (!_isLeaving)
                StartChunks(connection);
            EndWhenDone(connection);
        });
    }

    private void Report(Connection connection, Held held, TimeSpan time)
    {
        connection.Sent.Remove(held);
        held.Lease.Elapsed = time;
        if (held.Lease.TryReport())
            held.Lease.Job.Gatherer.Tell(_work.CreateOutcome(held.Lease, _name));
        _coordinator.Tell(held.Lease);
    }

    private void Return(Connection connection, Held held, LossCause? cause = null)
    {
        connection.Sent.Remove(held);
        cause ??= held.IsRunning ? LossCause.Interrupted : LossCause.HandedBack;
        if (LossPolicy.IsHandedBack(cause.Value))
            _work.RecordHandBack(held.Lease);
        _coordinator.Tell(new NodeProtocol.ChunkReturned(held.Lease, connection.Id, cause.Value));
    }

    private void EndWhenDone(Connection connection)
    {
        if (_isLeaving && _gate.IsEmpty && ReferenceEquals(connection, _connection))
            SayFarewell(connection);
    }

    private void SayFarewell(Connection connection)
    {
        SendToPool(connection, () =>
        {
            if (!ReferenceEquals(connection, _connection))
                return;
            _world.Note($"{_name} is gone");
            _isDead = true;
            Break(TimeSpan.Zero, "it has left", isOrderly: true);
        });
    }

    private void Break(TimeSpan noticedAfter, string reason, bool isOrderly = false)
    {
        if (_connection is not { } connection)
            return;
        _connection = null;
        connection.IsBroken = true;
        var isLeaving = _isLeaving; // the node may have started again when the loss is noticed
        _world.After(noticedAfter, () =>
        {
            foreach (var held in connection.Sent)
            {
                // No item is charged for the end of a node that leaves, even if the node is killed in the end.
                if (isLeaving)
                    _work.RecordHandBack(held.Lease);
                else
                    _work.RecordLoss(held.Lease, ranAlone: held.IsRunning && connection.Sent.Count == 1);
            }
            _coordinator.Tell(new NodeProtocol.NodeLost(connection.Id, reason, isOrderly));
            // A later answer must not count, whatever it says.
            foreach (var held in connection.Sent)
            {
                if (held.Lease.TryReport())
                    throw _world.CreateViolation($"a late answer for [{held.Lease.Chunk.Start}..) of a lost node was taken");
            }
        });
    }

    private void SendToNode(Connection connection, Action arrives) => RunAtNode(connection, connection.DrawDelayToNode(_world), arrives);

    private void SendToPool(Connection connection, Action arrives) => _world.After(connection.DrawDelayToPool(_world), () =>
    {
        if (!connection.IsBroken)
            arrives();
    });

    /// <summary>Runs an action at the node after a delay, but not while it is frozen.</summary>
    private void RunAtNode(Connection connection, TimeSpan delay, Action happens) => _world.After(delay, () =>
    {
        if (connection.IsBroken)
            return;
        if (_world.Now < _frozenUntil)
            RunAtNode(connection, _frozenUntil - _world.Now, happens);
        else
            happens();
    });

    /// <summary>What becomes of chunks that still run after a leaving node's drain time.</summary>
    public enum Ending
    {
        /// <summary>The node hands back each chunk.</summary>
        HandsBack,

        /// <summary>The node only says farewell.</summary>
        SaysFarewell,

        /// <summary>The node's process is killed.</summary>
        IsKilled,
    }

    /// <summary>A chunk that the node has.</summary>
    private sealed class Held(Lease lease)
    {
        public Lease Lease => lease;

        public bool IsRunning { get; set; }

        public bool IsHandedBack { get; set; }
    }

    private sealed class Connection(int id)
    {
        private TimeSpan _lastToNode;
        private TimeSpan _lastToPool;

        public int Id => id;

        public List<Held> Sent { get; } = [];

        /// <summary>Chunks of <see cref="Sent"/> that the node has received and not answered.</summary>
        public List<Held> Arrived { get; } = [];

        public HashSet<long> Ended { get; } = [];

        public bool IsBroken { get; set; }

        public TimeSpan DrawDelayToNode(World world) => DrawDelay(world, ref _lastToNode);

        public TimeSpan DrawDelayToPool(World world) => DrawDelay(world, ref _lastToPool);

        /// <summary>Draws a delay with which a later message does not arrive before an earlier one.</summary>
        private static TimeSpan DrawDelay(World world, ref TimeSpan last)
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
            Receive<Lease>(node.OnLease);
            Receive<NodeProtocol.JobEnded>(ended => node.OnJobEnded(ended.Job));
        }
    }
}
