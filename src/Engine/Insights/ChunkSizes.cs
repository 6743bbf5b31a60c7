using System.Numerics;

namespace ActorPool.Insights;

/// <summary>Records how the size of a job's chunks changed, by powers of two.</summary>
internal sealed class ChunkSizes(ChunkSizes? before)
{
    private const int MaxSteps = 64;

    private readonly List<(long From, int Size, long Count)> _steps = [.. before?._steps ?? []];

    public void Add(long start, int count)
    {
        if (_steps.Count > 0 && (BitOperations.Log2((uint)_steps[^1].Size) == BitOperations.Log2((uint)count) || _steps.Count == MaxSteps))
            _steps[^1] = _steps[^1] with { Count = _steps[^1].Count + 1 };
        else
            _steps.Add((start, count, 1));
    }

    public IReadOnlyList<ChunkSizeStep> ToList() => [.. _steps.Select(step => new ChunkSizeStep(step.From, step.Size, step.Count))];
}
