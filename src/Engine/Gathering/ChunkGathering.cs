using ActorPool.Chunking;

namespace ActorPool.Gathering;

/// <summary>Gathers one chunk of a job that another process has submitted: its results, its failures, and how many attempts its items took.</summary>
internal sealed class ChunkGathering<TOut>(long start, int count, ResultShape shape) : TaskGathering<TOut, TOut[]>
{
    private readonly TOut[] _results = shape switch
    {
        ResultShape.PerItem => new TOut[count],
        ResultShape.PerChunk => new TOut[1],
        _ => [],
    };

    private readonly List<WorkItemException> _failures = [];
    private readonly List<(int Offset, int Attempts)> _attempts = [];

    /// <summary>Items that failed for good; read when the job has ended.</summary>
    public IReadOnlyList<Transport.DataProtocol.ItemFailure> Failures => _failures.Count == 0 ? [] : [.. _failures.Select(Transport.DataProtocol.ItemFailure.Of)];

    /// <summary>Attempts of the items that took more than one, by their offset in the chunk.</summary>
    public IReadOnlyList<(int Offset, int Attempts)> Attempts => _attempts;

    /// <summary>Attempts that were followed by another one.</summary>
    public long Retried { get; private set; }

    public override Memory<TOut> RoomFor(long first, int length) => _results.AsMemory((int)(first - start), length);

    public override bool Accept(ChunkOutcome outcome)
    {
        _failures.AddRange(outcome.Failures ?? []);
        Retried += outcome.Again?.Count ?? 0;
        foreach (var part in outcome.SettledParts())
        {
            if (shape == ResultShape.PerChunk)
                _results[0] = ((ResultChunk<TOut>)part).Results.Span[0];
            for (var i = 0; outcome.Attempt > 1 && i < part.Count; i++)
                _attempts.Add(((int)(part.Start - start) + i, outcome.Attempt));
        }
        return true;
    }

    protected override TOut[] Finish() => _results;
}
