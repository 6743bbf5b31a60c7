using ActorPool.Chunking;
using ActorPool.Jobs;
using ActorPool.Serialization;
using ActorPool.Wire;

namespace ActorPool.Gathering;

/// <summary>Gathers one chunk of a job that another process has submitted.</summary>
/// <remarks>It keeps the chunk's results, its failures, and how many attempts its items took.</remarks>
/// <param name="start">Position of the first item in the job.</param>
/// <param name="count">Items.</param>
/// <param name="shape">How many results there are.</param>
/// <param name="pooled">An array of at least that length, which may hold anything; null to allocate one.</param>
/// <param name="exceptions">Writes what the function threw.</param>
internal sealed class ChunkSink<TOut>(long start, int count, ResultShape shape, TOut[]? pooled, ExceptionFormat exceptions)
    : TaskSink<TOut, ReadOnlyMemory<TOut>>(TaskCreationOptions.None)
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
    public IReadOnlyList<DataProtocol.ItemFailure> Failures =>
        _failures.Count == 0 ? [] : [.. _failures.Select(failure => DataProtocol.ItemFailure.From(failure, exceptions))];

    /// <summary>Attempts of the items that took more than one, by their offset in the chunk.</summary>
    public IReadOnlyList<(int Offset, int Attempts)> Attempts => _attempts;

    /// <summary>Attempts that were followed by another one.</summary>
    public long Retried { get; private set; }

    /// <summary>How long the function ran, in all attempts that have returned.</summary>
    public TimeSpan Elapsed { get; private set; }

    public override Memory<TOut> GetRoom(long first, int length) => _results.Slice((int)(first - start), length);

    public override bool Accept(ChunkOutcome outcome)
    {
        foreach (var failure in outcome.Failures ?? [])
        {
            _failures.Add(failure);
            // Where no result was written, a pooled array may hold another job's.
            if (shape == ResultShape.PerItem)
                _results.Span[(int)(failure.Index - start)] = default!;
        }
        Retried += outcome.Retries?.Count ?? 0;
        Elapsed += outcome.Elapsed;
        foreach (var part in outcome.GetSettledParts())
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
