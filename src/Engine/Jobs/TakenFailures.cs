using System.Runtime.InteropServices;
using ActorPool.Chunking;

namespace ActorPool.Jobs;

/// <summary>Failed items of a job that run again, as if they had never run.</summary>
/// <param name="Runs">Neighbouring items whose inputs are in memory until the job's end, by position.</param>
/// <param name="Items">Items whose inputs were kept since they failed, each in a chunk of its own, by position.</param>
/// <param name="Left">Failures that stay, since the inputs of their items are gone.</param>
internal sealed record TakenFailures(
    IReadOnlyList<ItemRun> Runs, IReadOnlyList<Chunk> Items, IReadOnlyCollection<WorkItemException> Left)
{
    /// <summary>Items that run again.</summary>
    public int Count => Runs.Sum(run => run.Count) + Items.Count;

    /// <summary>Positions of the items that run again.</summary>
    public IEnumerable<long> Indices => Runs.SelectMany(run => run.Indices).Concat(Items.Select(item => item.Start));
}

/// <summary>Neighbouring items of a job.</summary>
/// <param name="Start">Position of the first.</param>
/// <param name="Count">Items; 1 or more.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ItemRun(long Start, int Count)
{
    public IEnumerable<long> Indices
    {
        get
        {
            for (var i = 0; i < Count; i++)
                yield return Start + i;
        }
    }
}
