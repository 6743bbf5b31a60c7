using System.Numerics;

namespace ActorPool.Insights;

/// <summary>Records how the size of a job's chunks changed, by powers of two.</summary>
internal sealed class ChunkSizes(ChunkSizes? before)
{
    private const int MaxSteps = 64;
    private static readonly int s_reasons = Enum.GetValues<ChunkSizeReason>().Length;

    private readonly List<ChunkSizeStep> _steps = [.. before?._steps ?? []];
    private readonly long[] _chunks = [.. before?._chunks ?? new long[s_reasons]]; // of the last step, by their reason

    /// <param name="start">The position of the first item of a chunk.</param>
    /// <param name="count">Its items.</param>
    /// <param name="reason">Why it had this many.</param>
    public void Add(long start, int count, ChunkSizeReason reason)
    {
        var isNew = _steps.Count == 0
            || (_steps.Count < MaxSteps && BitOperations.Log2((uint)_steps[^1].Size) != BitOperations.Log2((uint)count));
        if (isNew)
        {
            _steps.Add(new ChunkSizeStep(start, count, 0) { Reason = reason });
            Array.Clear(_chunks);
        }
        var step = _steps[^1];
        var most = ++_chunks[(int)reason] > _chunks[(int)step.Reason] ? reason : step.Reason;
        _steps[^1] = step with { Count = step.Count + 1, Reason = most };
    }

    public IReadOnlyList<ChunkSizeStep> ToList() => [.. _steps];
}
