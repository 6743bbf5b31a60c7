using ActorPool.Jobs;
using ActorPool.TestKit.Simulation;

namespace ActorPool.Tests.Simulation;

/// <summary>The simulated functions of worker processes, and a record of what became of each item.</summary>
internal sealed class ProcessWork(World world)
{
    private readonly SimulatedWork _work = new(world) { WorkerLosses = int.MaxValue };
    private readonly Dictionary<(long Job, long Index), int> _runs = [];
    private readonly Dictionary<(long Job, long Index), int> _deaths = [];
    private readonly Dictionary<(long Job, long Index), int> _timeouts = [];
    private int _lastProcess;

    /// <summary>Indices, of all jobs, whose function throws.</summary>
    public HashSet<long> Failing => _work.Failing;

    /// <summary>Indices, of all jobs, whose function ends its process.</summary>
    public HashSet<long> Poisonous { get; } = [];

    /// <summary>Indices, of all jobs, whose input ends the process that reads it.</summary>
    public HashSet<long> Unreadable { get; } = [];

    /// <summary>Indices, of all jobs with a limit, whose function does not return.</summary>
    public HashSet<long> Hanging { get; } = [];

    /// <summary>Processes that were lost with a cause that counts as a loss.</summary>
    public int Losses { get; private set; }

    /// <summary>Processes that were killed because a function went on after the end of its job.</summary>
    public int Overdue { get; private set; }

    public int NextProcessId() => ++_lastProcess;

    public TimeSpan DrawItemTime() => world.Chance(0.02) ? world.Between(0.1, 3) : world.Between(0.001, 0.05);

    public bool Hangs(JobExecution job, long index) => job.Options.ItemTimeout is not null && Hanging.Contains(index);

    public int GetRuns(JobExecution job, long index) => _runs.GetValueOrDefault((job.Id, index));

    /// <summary>How often a process has died while it ran the item.</summary>
    public int GetDeaths(JobExecution job, long index) => _deaths.GetValueOrDefault((job.Id, index));

    /// <summary>How often a process was killed because the item took too long.</summary>
    public int GetTimeouts(JobExecution job, long index) => _timeouts.GetValueOrDefault((job.Id, index));

    public void RecordRun(JobExecution job, long index) => Count(_runs, job, index);

    public void RecordLoss(ProcessLossCause cause, Lease? running, int offset)
    {
        Losses += cause is ProcessLossCause.Died or ProcessLossCause.TimedOut ? 1 : 0;
        Overdue += cause is ProcessLossCause.Overdue ? 1 : 0;
        if (running is null || running.ShouldStop)
            return;
        var index = running.Chunk.Start + offset;
        if (cause is ProcessLossCause.Died)
            Count(_deaths, running.Job, index);
        else if (cause is ProcessLossCause.TimedOut)
            Count(_timeouts, running.Job, index);
    }

    /// <summary>Checks that an item that ran when a process died runs alone.</summary>
    public void CheckLease(Lease lease)
    {
        for (var i = 0; i < lease.Chunk.Count && lease.Chunk.Count > 1; i++)
        {
            if (GetDeaths(lease.Job, lease.Chunk.Start + i) + GetTimeouts(lease.Job, lease.Chunk.Start + i) > 0)
                world.Report($"{lease.Job.Name}'s item {lease.Chunk.Start + i} has lost a process, and is sent with others");
        }
    }

    public ChunkOutcome CreateOutcome(Lease lease, string process) => _work.CreateOutcome(lease, process);

    private static void Count(Dictionary<(long Job, long Index), int> counts, JobExecution job, long index) =>
        counts[(job.Id, index)] = counts.GetValueOrDefault((job.Id, index)) + 1;
}
