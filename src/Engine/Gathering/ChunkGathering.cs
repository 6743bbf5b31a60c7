using ActorPool.Chunking;

namespace ActorPool.Gathering;

/// <summary>Gathers one chunk of a job that another process has submitted: its results, its failures, and how many attempts its items took.</summary>
/// <param name="start">Position of the first item in the job.</param>
/// <param name="count">Items.</param>
/// <param name="shape">How many results there are.</param>
/// <param name="pooled">An array of that many at least, which may hold anything; null for one of its own.</param>
internal sealed class ChunkGathering<TOut>(long start, int count, ResultShape shape, TOut[]? pooled) : TaskGathering<TOut, ReadOnlyMemory<TOut>>(TaskCreationOptions.None)
{
    private readonly Memory<TOut> _results = shape switch
    {
        ResultShape.PerItem => (pooled ?? new TOut[count]).AsMemory(0, count),
        ResultShape.PerChunk => new TOut[1],
        _ => default,
    };

    private readonly List<WorkItemException> _failures = [];
    private readonly List<(int Offset, int Attempts)> _attempts = [];

    /// <summary>Items that failed for good; read when the job has ended.</summary>
    public IReadOnlyList<Transport.DataProtocol.ItemFailure> Failures => _failures.Count == 0 ? [] : [.. _failures.Select(Transport.DataProtocol.ItemFailure.Of)];

    /// <summary>Attempts of the items that took more than one, by their offset in the chunk.</summary>
    public IReadOnlyList<(int Offset, int Attempts)> Attempts => _attempts;

    /// <summary>Attempts that were followed by another one.</summary>
    public long Retried { get; private set; }

    public override Memory<TOut> RoomFor(long first, int length) => _results.Slice((int)(first - start), length);

    public override bool Accept(ChunkOutcome outcome)
    {
        foreach (var failure in outcome.Failures ?? [])
        {
            _failures.Add(failure);
            // What stands in a pooled array where no result was written may be another job's.
            if (shape == ResultShape.PerItem)
                _results.Span[(int)(failure.Index - start)] = default!;
        }
        Retried += outcome.Again?.Count ?? 0;
        foreach (var part in outcome.SettledParts())
        {
            if (shape == ResultShape.PerChunk)
                _results.Span[0] = ((ResultChunk<TOut>)part).Results.Span[0];
            for (var i = 0; outcome.Attempt > 1 && i < part.Count; i++)
                _attempts.Add(((int)(part.Start - start) + i, outcome.Attempt));
        }
        return true;
    }

    protected override ReadOnlyMemory<TOut> Finish() => _results;
}
