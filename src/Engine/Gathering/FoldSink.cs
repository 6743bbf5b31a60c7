using ActorPool.Chunking;
using ActorPool.Jobs;

namespace ActorPool.Gathering;

/// <summary>Merges the chunks' values in the inputs' order, while the job runs.</summary>
/// <remarks>The merge is the caller's code: it runs on a worker's thread, in the caller's context. The seed is a function.</remarks>
internal sealed class FoldSink<TAcc>(Func<TAcc> seed, Func<TAcc, TAcc, TAcc> merge) : TaskSink<TAcc, TAcc>
{
    private readonly ReorderBuffer<(TAcc Value, int Count)> _order = new();
    private readonly CallerContext _caller = CallerContext.Capture();
    private List<TAcc> _waiting = [];
    private long _waitingItems;
    private TAcc _merged = default!;
    private bool _hasMerged;

    public override bool Accept(ChunkOutcome outcome)
    {
        var accepted = true;
        foreach (var part in outcome.GetSettledParts())
            accepted &= _order.Add(part.Start, part.Count, (((ResultChunk<TAcc>)part).Results.Span[0], part.Count));
        while (_order.TryTake(out var next))
        {
            _waiting.Add(next.Value);
            _waitingItems += next.Count;
        }
        return accepted;
    }

    public override SinkWork? TakeWork(bool complete)
    {
        if (_waiting.Count == 0)
            return complete && !_hasMerged ? new SinkWork(() => Merge([seed()]), 0) : null;
        var values = _waiting;
        var items = _waitingItems;
        (_waiting, _waitingItems) = ([], 0);
        return new SinkWork(() => _caller.Run(() => Merge(values)), items);
    }

    protected override TAcc Finish() => _merged;

    // One call at a time; the gatherer's messages between two calls order their memory accesses.
    private void Merge(List<TAcc> values)
    {
        foreach (var value in values)
        {
            _merged = _hasMerged ? merge(_merged, value) : value;
            _hasMerged = true;
        }
    }
}
