using System.Globalization;
using ActorPool.Jobs;
using ActorPool.TestKit.Simulation;
using Akka.Actor;

namespace ActorPool.Tests.Simulation;

/// <summary>A simulated worker process and the pool's link to it.</summary>
/// <remarks>
/// It runs one chunk at a time, item after item, and dies at any moment. What it sent before it died arrives before the news of its death,
/// as a link reads a connection to its end. Another process takes its place after a while.
/// </remarks>
internal sealed class SimulatedProcess
{
    private const int MaxChunks = 1;

    private readonly World _world;
    private readonly ProcessWork _work;
    private readonly IActorRef _coordinator;
    private readonly TimeSpan _abandonAfter;
    private readonly string _name;
    private Life? _life;

    public SimulatedProcess(World world, ProcessWork work, IActorRef coordinator, IActorRef stage, int number, TimeSpan abandonAfter)
    {
        (_world, _work, _coordinator, _abandonAfter) = (world, work, coordinator, abandonAfter);
        _name = string.Create(CultureInfo.InvariantCulture, $"process-{number}");
        LinkActor = Stage.CreateActor(stage, Props.Create(() => new Link(this)).WithDispatcher(Stage.Dispatcher));
    }

    public IActorRef LinkActor { get; }

    public void Start()
    {
        _life = new Life(_work.NextProcessId());
        _world.Note($"{_name} starts as {_life.Id}");
        _coordinator.Tell(new NodeProtocol.NodeReady(_life.Id, LinkActor, _name, Workers: 1));
    }

    /// <summary>Kills it from outside.</summary>
    public void Kill()
    {
        if (_life is { IsDead: false } life)
            Die(life, ProcessLossCause.Died, "was killed");
    }

    private void OnLease(Lease lease)
    {
        _work.CheckLease(lease);
        if (_life is not { } life)
            return; // the news of its death is under way
        if (!lease.TryClaim(life.Id, _name))
        {
            _coordinator.Tell(new WorkProtocol.Unclaimed(lease, life.Id));
            return;
        }
        life.Sent.Add(lease);
        if (life.Sent.Count > MaxChunks)
            _world.Report($"{_name} got {life.Sent.Count} chunks");
        AtProcess(life, life.DrawDelay(_world), () =>
        {
            if (_work.Unreadable.Overlaps(GetIndices(lease)))
            {
                if (lease.Losses >= lease.Job.Pool.Settings.WorkerLosses - 1)
                    lease.MarkStarted();
                AtProcess(life, _world.Between(0, 0.01), () => Die(life, ProcessLossCause.Died, "could not read its inputs"));
                return;
            }
            life.Waiting.Enqueue(lease);
            RunNext(life);
        });
    }

    private void OnJobEnded(JobExecution job)
    {
        if (_life is not { IsDead: false } life)
            return;
        AtProcess(life, life.DrawDelay(_world), () =>
        {
            life.Ended.Add(job.Id);
            // Its function sees that at its next item, or goes on.
            life.IsDeaf = life.Running?.Job == job && _world.Chance(0.3);
        });
        var sent = life.Sent.FindAll(lease => lease.Job == job);
        _world.After(_abandonAfter, () =>
        {
            if (!life.IsDead && life.Running is { } running && sent.Contains(running))
                Die(life, ProcessLossCause.Overdue, "did not return after the end of its job");
        });
    }

    private void OnRetire()
    {
        if (_life is { IsDead: false } life)
            Die(life, ProcessLossCause.Stopped, "has run its items");
    }

    private void RunNext(Life life)
    {
        if (life.Running is not null || !life.Waiting.TryDequeue(out var lease))
            return;
        (life.Running, life.Offset, life.IsDeaf) = (lease, 0, false);
        RunItem(life, lease);
    }

    private void RunItem(Life life, Lease lease)
    {
        if (life.Ended.Contains(lease.Job.Id) && !life.IsDeaf)
        {
            Answer(life, lease, () => _coordinator.Tell(new NodeProtocol.ChunkReturned(lease, life.Id, LossCause.Stopped)));
            return;
        }
        if (life.Offset == lease.Chunk.Count)
        {
            var hasEnded = life.Ended.Contains(lease.Job.Id);
            // A process may die after its last item and before its answer: then it runs nothing.
            Answer(life, lease, () =>
            {
                if (hasEnded)
                    _coordinator.Tell(new NodeProtocol.ChunkReturned(lease, life.Id, LossCause.Stopped));
                else
                    Report(lease);
            });
            return;
        }
        var index = lease.Chunk.Start + life.Offset;
        _work.RecordRun(lease.Job, index);
        if (_work.Hangs(lease.Job, index))
        {
            AtProcess(life, lease.Job.Options.ItemTimeout!.Value + _abandonAfter, () =>
                Die(life, ProcessLossCause.TimedOut, "took too long"));
            return;
        }
        AtProcess(life, _work.DrawItemTime(), () =>
        {
            if (_work.Poisonous.Contains(index))
            {
                Die(life, ProcessLossCause.Died, "ended itself");
                return;
            }
            life.Offset++;
            RunItem(life, lease);
        });
    }

    private void Answer(Life life, Lease lease, Action arrives)
    {
        life.Running = null;
        var delay = life.DrawDelay(_world);
        life.Answers.Enqueue(() =>
        {
            life.Sent.Remove(lease);
            arrives();
        });
        _world.After(delay, () =>
        {
            if (life.Answers.TryDequeue(out var answer))
                answer();
        });
        RunNext(life);
    }

    private void Report(Lease lease)
    {
        if (lease.TryReport())
            lease.Job.Gatherer.Tell(_work.CreateOutcome(lease, _name));
        _coordinator.Tell(lease);
    }

    private void Die(Life life, ProcessLossCause cause, string reason)
    {
        life.IsDead = true;
        var place = life.Running is { } lease ? $" at {lease.Job.Name}'s {lease.Chunk.Start + life.Offset}" : "";
        _world.Note($"{_name} {reason} [{cause}]{place}");
        _world.After(_world.Between(0, 0.1), () =>
        {
            while (life.Answers.TryDequeue(out var answer))
                answer();
            _life = null;
            _work.RecordLoss(cause, life.Running, life.Offset);
            _coordinator.Tell(CreateLoss(life, cause, reason));
            // A later answer must not count, whatever it says.
            foreach (var late in life.Sent.Where(late => late.TryReport()))
                _world.Report($"a late answer for [{late.Chunk.Start}..) of a dead process was taken");
            _world.After(_world.Between(0.05, 1.5), Start);
        });
    }

    private static IEnumerable<long> GetIndices(Lease lease) =>
        Enumerable.Range(0, lease.Chunk.Count).Select(offset => lease.Chunk.Start + offset);

    private static NodeProtocol.ProcessLost CreateLoss(Life life, ProcessLossCause cause, string reason) =>
        new(life.Id, cause, life.Running, life.Offset, reason, Output: []);

    private void AtProcess(Life life, TimeSpan delay, Action happens) => _world.After(delay, () =>
    {
        if (!life.IsDead)
            happens();
    });

    /// <summary>One process from its start to its end.</summary>
    private sealed class Life(int id)
    {
        private TimeSpan _last;

        public int Id => id;

        /// <summary>Chunks whose answer has not arrived at the pool.</summary>
        public List<Lease> Sent { get; } = [];

        /// <summary>Chunks that have arrived and do not run yet.</summary>
        public Queue<Lease> Waiting { get; } = [];

        /// <summary>Answers under way to the pool, in order.</summary>
        public Queue<Action> Answers { get; } = [];

        public HashSet<long> Ended { get; } = [];

        public Lease? Running { get; set; }

        /// <summary>The position in the chunk of the item that runs.</summary>
        public int Offset { get; set; }

        /// <summary>Whether the function goes on though its job has ended.</summary>
        public bool IsDeaf { get; set; }

        public bool IsDead { get; set; }

        /// <summary>Draws a delay with which a later message does not arrive before an earlier one.</summary>
        public TimeSpan DrawDelay(World world)
        {
            var arrives = world.Now + (world.Chance(0.05) ? world.Between(0, 0.5) : world.Between(0, 0.002));
            _last = arrives > _last ? arrives : _last;
            return _last - world.Now;
        }
    }

    private sealed class Link : ReceiveActor
    {
        public Link(SimulatedProcess process)
        {
            Receive<Lease>(process.OnLease);
            Receive<NodeProtocol.JobEnded>(ended => process.OnJobEnded(ended.Job));
            Receive<NodeProtocol.RetireProcess>(_ => process.OnRetire());
        }
    }
}
