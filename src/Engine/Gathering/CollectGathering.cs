namespace ActorPool.Gathering;

/// <summary>Answers with all results at once.</summary>
internal sealed class CollectGathering<TOut, TResults, TResult>(TResults results, Func<TResults, TResult> finish) : TaskGathering<TOut, TResult>
    where TResults : IResultStore<TOut>
{
    public override Memory<TOut> RoomFor(long start, int count) => results.RoomFor(start, count);

    public override bool Accept(ChunkOutcome outcome) => results.Accept(outcome);

    protected override TResult Finish() => finish(results);
}

/// <summary>Answers with each item's value or error.</summary>
internal sealed class OutcomeGathering<TOut>(IResultStore<TOut> results) : TaskGathering<TOut, ItemResult<TOut>[]>
{
    private readonly Dictionary<long, WorkItemException> _failures = [];
    private readonly Dictionary<long, int> _attempts = [];

    public override Memory<TOut> RoomFor(long start, int count) => results.RoomFor(start, count);

    public override bool Accept(ChunkOutcome outcome)
    {
        if (!results.Accept(outcome))
            return false;
        foreach (var failure in outcome.Failures ?? [])
            _failures[failure.Index] = failure;
        if (outcome.Attempt > 1)
        {
            for (var i = 0; i < outcome.Chunk.Count; i++)
                _attempts[outcome.Chunk.Start + i] = outcome.Attempt;
        }
        return true;
    }

    protected override ItemResult<TOut>[] Finish()
    {
        var values = results.ToArray();
        var all = new ItemResult<TOut>[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            all[i] = _failures.TryGetValue(i, out var failure)
                ? new ItemResult<TOut>(failure)
                : new ItemResult<TOut>(i, values[i], _attempts.GetValueOrDefault(i, 1));
        }
        return all;
    }
}

/// <summary>Merges the chunks' values in the inputs' order, on a worker's thread, while the job runs.</summary>
internal sealed class MergeGathering<TAcc>(Func<TAcc> seed, Func<TAcc, TAcc, TAcc> merge) : TaskGathering<TAcc, TAcc>
{
    private readonly ReorderBuffer<(TAcc Value, int Count)> _order = new();
    private List<TAcc> _waiting = [];
    private long _waitingItems;
    private TAcc _merged = default!;
    private bool _hasMerged;

    public override bool Accept(ChunkOutcome outcome)
    {
        var accepted = true;
        foreach (var part in outcome.SettledParts())
            accepted &= _order.Add(part.Start, part.Count, (((Chunking.ResultChunk<TAcc>)part).Results.Span[0], part.Count));
        while (_order.TryTake(out var next))
        {
            _waiting.Add(next.Value);
            _waitingItems += next.Count;
        }
        return accepted;
    }

    public override GatheringWork? TakeWork(bool complete)
    {
        if (_waiting.Count == 0)
            return complete && !_hasMerged ? new GatheringWork(() => Merge([seed()]), 0) : null;
        var values = _waiting;
        var items = _waitingItems;
        (_waiting, _waitingItems) = ([], 0);
        return new GatheringWork(() => Merge(values), items);
    }

    protected override TAcc Finish() => _merged;

    // One call at a time, and the gatherer's messages between two calls order their memory.
    private void Merge(List<TAcc> values)
    {
        foreach (var value in values)
        {
            _merged = _hasMerged ? merge(_merged, value) : value;
            _hasMerged = true;
        }
    }
}
