using ActorPool.Chunking;
using ActorPool.Jobs;

namespace ActorPool.Gathering;

/// <summary>Keeps failures until their job's end, and what it takes to run their items again.</summary>
/// <remarks>
/// Inputs in memory are there until the job's end. Of those that are read as the job runs, only the ones of failed items are kept, each
/// without its neighbours, and at most <paramref name="maxInputs"/> of them: as many as the job's largest window has in any case.
/// </remarks>
/// <param name="maxInputs">Inputs that are kept; null: all are in memory.</param>
internal sealed class KeptFailures(int? maxInputs)
{
    private readonly Dictionary<long, WorkItemException> _failures = [];
    private Dictionary<long, Chunk>? _inputs; // null until the first failure: most jobs never have one

    /// <summary>Adds the failure of an item.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="chunk">The chunk that has the item.</param>
    public void Add(WorkItemException failure, Chunk chunk)
    {
        var index = failure.Index;
        _failures[index] = failure;
        if (maxInputs is { } max && (_inputs ??= []).Count < max)
            _inputs[index] = chunk.CopyItem((int)(index - chunk.Start));
    }

    /// <summary>Gets the failure of an item; null if it has none.</summary>
    public WorkItemException? Find(long index) => _failures.GetValueOrDefault(index);

    /// <summary>Removes the failures whose items can run again.</summary>
    public TakenFailures Take()
    {
        if (maxInputs is null)
        {
            var runs = FindRuns([.. _failures.Keys.Order()]);
            _failures.Clear();
            return new TakenFailures(runs, [], []);
        }
        Chunk[] items = [.. (_inputs ?? []).Values.OrderBy(item => item.Start)];
        foreach (var item in items)
            _failures.Remove(item.Start);
        _inputs = null;
        return new TakenFailures([], items, [.. _failures.Values]);
    }

    private static List<ItemRun> FindRuns(long[] indices)
    {
        var runs = new List<ItemRun>();
        for (var from = 0; from < indices.Length;)
        {
            var to = from + 1;
            while (to < indices.Length && indices[to] == indices[to - 1] + 1)
                to++;
            runs.Add(new ItemRun(indices[from], to - from));
            from = to;
        }
        return runs;
    }
}
