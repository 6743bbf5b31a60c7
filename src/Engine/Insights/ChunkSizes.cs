using System.Numerics;

namespace ActorPool.Insights;

/// <summary>Records how the size of a job's chunks changed, by powers of two.</summary>
internal sealed class ChunkSizes(ChunkSizes? before)
{
    private const int MaxSteps = 64;

    private readonly List<ChunkSizeStep> _steps = [.. before?._steps ?? []];

    /// <param name="start">The position of the first item of a chunk.</param>
    /// <param name="count">Its items.</param>
    /// <param name="reason">Why it had this many.</param>
    public void Add(long start, int count, ChunkSizeReason reason)
    {
        if (_steps.Count > 0 && (BitOperations.Log2((uint)_steps[^1].Size) == BitOperations.Log2((uint)count) || _steps.Count == MaxSteps))
            _steps[^1] = _steps[^1] with { Count = _steps[^1].Count + 1 };
        else
            _steps.Add(new ChunkSizeStep(start, count, 1) { Reason = reason });
    }

    public IReadOnlyList<ChunkSizeStep> ToList() => [.. _steps];
}
