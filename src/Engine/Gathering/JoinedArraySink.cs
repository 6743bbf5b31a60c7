using ActorPool.Jobs;

namespace ActorPool.Gathering;

/// <summary>Answers with the results, which are arrays, joined to one.</summary>
internal sealed class JoinedArraySink<TOut> : TaskSink<TOut[], TOut[]>
{
    private readonly ResultBuffer<TOut[]> _slices = new(count: null);

    public override bool Accept(ChunkOutcome outcome) => _slices.Accept(outcome);

    protected override TOut[] Finish()
    {
        var slices = _slices.ToArray();
        var joined = GC.AllocateUninitializedArray<TOut>(slices.Sum(slice => slice.Length));
        var start = 0;
        foreach (var slice in slices)
        {
            slice.CopyTo(joined, start);
            start += slice.Length;
        }
        return joined;
    }
}
