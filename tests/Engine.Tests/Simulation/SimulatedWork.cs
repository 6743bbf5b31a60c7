using System.Globalization;
using ActorPool.Chunking;
using ActorPool.Coordination;
using ActorPool.Gathering;

namespace ActorPool.Tests.Simulation;

/// <summary>What the simulated functions do with their items, and what became of each of them.</summary>
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

    /// <summary>As the engine's setting.</summary>
    public required int WorkerLosses { get; init; }

    public int NextNodeId() => ++_lastNode;

    public int RunsOf(JobPlan job, long index) => _runs.GetValueOrDefault((job.Id, index));

    public TimeSpan TimeOf(Lease lease) => lease.Chunk.Count * (world.Chance(0.1) ? world.Between(0.1, 3) : world.Between(0.001, 0.1));

    public bool Kills(Lease lease) => Indices(lease).Any(Poisonous.Contains);

    public void Ran(Lease lease) => Count(_runs, lease);

    /// <param name="lease">What was lost with a node.</param>
    /// <param name="ranAlone">Whether it was running there, and nothing else was.</param>
    public void Lost(Lease lease, bool ranAlone)
    {
        Count(_losses, lease);
        if (ranAlone && lease.Chunk.Count == 1)
            _lostAlone.Add((lease.Job.Id, lease.Chunk.Start));
    }

    /// <summary>Whether the item may be blamed: it was there when as many nodes were lost as it takes, and alone with one of them.</summary>
    public bool MayBeBlamed(JobPlan job, long index) => _losses.GetValueOrDefault((job.Id, index)) >= WorkerLosses && _lostAlone.Contains((job.Id, index));

    /// <summary>Writes the results to where they belong, as the connection's reader does.</summary>
    public ChunkOutcome OutcomeOf(Lease lease, string node)
    {
        var chunk = (Chunk<int, int>)lease.Chunk;
        for (var i = 0; i < chunk.Count; i++)
            chunk.Results.Span[i] = ResultOf(chunk.Inputs.Span[i]);
        var failures = Indices(lease).Where(Failing.Contains).Select(index => new WorkItemException(index, node, lease.Attempt, new InvalidOperationException(
            index.ToString(CultureInfo.InvariantCulture)))).ToList();
        return new ChunkOutcome(lease.Job, chunk, lease.Attempt, failures.Count > 0 ? failures : null, Again: null);
    }

    public static int ResultOf(int input) => (7 * input) + 1;

    private static IEnumerable<long> Indices(Lease lease)
    {
        for (var index = lease.Chunk.Start; index < lease.Chunk.Start + lease.Chunk.Count; index++)
            yield return index;
    }

    private static void Count(Dictionary<(long Job, long Index), int> counts, Lease lease)
    {
        foreach (var index in Indices(lease))
            counts[(lease.Job.Id, index)] = counts.GetValueOrDefault((lease.Job.Id, index)) + 1;
    }
}
