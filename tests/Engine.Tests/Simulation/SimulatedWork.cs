using System.Globalization;
using ActorPool.Chunking;
using ActorPool.Jobs;
using ActorPool.TestKit.Simulation;

namespace ActorPool.Tests.Simulation;

/// <summary>The simulated functions, and a record of what became of each item.</summary>
internal sealed class SimulatedWork(World world)
{
    public const int Prefetch = 2;

    private readonly Dictionary<(long Job, long Index), int> _runs = [];
    private readonly Dictionary<(long Job, long Index), int> _losses = [];
    private readonly HashSet<(long Job, long Index)> _lostAlone = [];
    private int _lastNode;

    /// <summary>Indices, of all jobs, whose function throws.</summary>
    public HashSet<long> Failing { get; } = [];

    /// <summary>Indices, of all jobs, whose function kills its process.</summary>
    public HashSet<long> Poisonous { get; } = [];

    /// <summary>The engine's setting <c>actorpool.worker-losses</c>.</summary>
    public required int WorkerLosses { get; init; }

    public int NextNodeId() => ++_lastNode;

    public int GetRuns(JobExecution job, long index) => _runs.GetValueOrDefault((job.Id, index));

    public TimeSpan DrawRunTime(Lease lease) =>
        lease.Chunk.Count * (world.Chance(0.1) ? world.Between(0.1, 3) : world.Between(0.001, 0.1));

    public bool Kills(Lease lease) => GetIndices(lease).Any(Poisonous.Contains);

    public void RecordRun(Lease lease) => Count(_runs, lease);

    /// <summary>Items that leaving nodes have handed back.</summary>
    public long ItemsHandedBack { get; private set; }

    public void RecordHandBack(Lease lease) => ItemsHandedBack += lease.Chunk.Count;

    /// <summary>Checks that no item is charged with more sudden losses than it was involved in.</summary>
    public void CheckCharges(Lease lease)
    {
        foreach (var index in GetIndices(lease))
        {
            if (_losses.GetValueOrDefault((lease.Job.Id, index)) is var losses && lease.Losses > losses)
                world.Report($"{lease.Job.Name}'s item {index} is charged with {lease.Losses} losses, but was involved in {losses}");
        }
    }

    /// <param name="lease">The chunk that was lost with a node.</param>
    /// <param name="ranAlone">Whether it was running there and was the only chunk.</param>
    public void RecordLoss(Lease lease, bool ranAlone)
    {
        Count(_losses, lease);
        if (ranAlone && lease.Chunk.Count == 1)
            _lostAlone.Add((lease.Job.Id, lease.Chunk.Start));
    }

    /// <summary>Whether the item may be given up as a poison item.</summary>
    /// <remarks>It was involved in at least <see cref="WorkerLosses"/> losses of nodes, and alone in one of them.</remarks>
    public bool MayBeGivenUp(JobExecution job, long index) =>
        _losses.GetValueOrDefault((job.Id, index)) >= WorkerLosses && _lostAlone.Contains((job.Id, index));

    /// <summary>Writes the results into their places, as the connection's reader does.</summary>
    public ChunkOutcome CreateOutcome(Lease lease, string node)
    {
        var chunk = (Chunk<int, int>)lease.Chunk;
        for (var i = 0; i < chunk.Count; i++)
            chunk.Results.Span[i] = GetResult(chunk.Inputs.Span[i]);
        var failures = GetIndices(lease).Where(Failing.Contains)
            .Select(index => new WorkItemException(
                index, node, lease.Attempt, new InvalidOperationException(index.ToString(CultureInfo.InvariantCulture))))
            .ToList();
        return new ChunkOutcome(lease.Job, chunk, lease.Attempt, failures.Count > 0 ? failures : null, Retries: null);
    }

    public static int GetResult(int input) => (7 * input) + 1;

    private static IEnumerable<long> GetIndices(Lease lease)
    {
        for (var index = lease.Chunk.Start; index < lease.Chunk.Start + lease.Chunk.Count; index++)
            yield return index;
    }

    private static void Count(Dictionary<(long Job, long Index), int> counts, Lease lease)
    {
        foreach (var index in GetIndices(lease))
            counts[(lease.Job.Id, index)] = counts.GetValueOrDefault((lease.Job.Id, index)) + 1;
    }
}
