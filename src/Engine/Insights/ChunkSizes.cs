using System.Numerics;
using System.Runtime.InteropServices;

namespace ActorPool.Insights;

/// <summary>Records how the size of a job's chunks changed, by powers of two.</summary>
internal sealed class ChunkSizes(ChunkSizes? before)
{
    private const int MaxSteps = 64;
    private static readonly int s_reasons = Enum.GetValues<ChunkSizeReason>().Length;

    private readonly List<Step> _steps = [.. before?._steps ?? []];
    private readonly long[] _chunks = [.. before?._chunks ?? new long[s_reasons]]; // of the last step, by their reason

    /// <param name="start">The position of the first item of a chunk.</param>
    /// <param name="count">Its items.</param>
    /// <param name="reason">Why it had this many.</param>
    public void Add(long start, int count, ChunkSizeReason reason)
    {
        if (_steps.Count == 0 || (_steps.Count < MaxSteps && BitOperations.Log2((uint)_steps[^1].Size) != BitOperations.Log2((uint)count)))
        {
            _steps.Add(new Step(start, count) { Reason = reason });
            Array.Clear(_chunks);
        }
        ref var step = ref CollectionsMarshal.AsSpan(_steps)[^1];
        step.Count++;
        if (++_chunks[(int)reason] > _chunks[(int)step.Reason])
            step.Reason = reason;
    }

    public IReadOnlyList<ChunkSizeStep> ToList() =>
        [.. _steps.Select(step => new ChunkSizeStep(step.From, step.Size, step.Count) { Reason = step.Reason })];

    /// <summary>Changed in place: a job may have millions of chunks.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Step(long from, int size)
    {
        public readonly long From = from;
        public readonly int Size = size;
        public long Count;
        public ChunkSizeReason Reason;
    }
}
