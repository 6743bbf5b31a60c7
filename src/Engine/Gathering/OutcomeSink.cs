using ActorPool.Jobs;

namespace ActorPool.Gathering;

/// <summary>Answers with each item's value or error.</summary>
/// <param name="count">How many items there will be; null while unknown.</param>
/// <param name="maxInputs">As in <see cref="KeptFailures"/>.</param>
internal sealed class OutcomeSink<TOut>(long? count, int? maxInputs) : TaskSink<TOut, ItemResult<TOut>[]>
{
    private readonly ResultBuffer<TOut> _results = new(count);
    private readonly KeptFailures _failures = new(maxInputs);
    private readonly Dictionary<long, int> _attempts = [];

    public override bool KeepsFailures => true;

    public override Memory<TOut> GetRoom(long start, int count) => _results.GetRoom(start, count);

    public override bool Accept(ChunkOutcome outcome)
    {
        if (!_results.Accept(outcome))
            return false;
        foreach (var failure in outcome.Failures ?? [])
            _failures.Add(failure, outcome.Chunk);
        if (outcome.Attempt > 1)
        {
            for (var i = 0; i < outcome.Chunk.Count; i++)
                _attempts[outcome.Chunk.Start + i] = outcome.Attempt;
        }
        return true;
    }

    public override TakenFailures TakeFailures()
    {
        var taken = _failures.Take();
        foreach (var index in taken.Indices)
        {
            _attempts.Remove(index);
            _results.AcceptAgain(index);
        }
        return taken;
    }

    protected override ItemResult<TOut>[] Finish()
    {
        var values = _results.ToArray();
        var all = new ItemResult<TOut>[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            all[i] = _failures.Find(i) is { } failure
                ? new ItemResult<TOut>(failure)
                : new ItemResult<TOut>(i, values[i], _attempts.GetValueOrDefault(i, 1));
        }
        return all;
    }
}
