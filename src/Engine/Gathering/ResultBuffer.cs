using ActorPool.Chunking;
using ActorPool.Jobs;

namespace ActorPool.Gathering;

/// <summary>Keeps all results of a job until its end.</summary>
/// <remarks>
/// If their number is known, workers write into the array that the caller gets. Otherwise results stay in the arrays of their chunks.
/// </remarks>
internal sealed class ResultBuffer<TOut>
{
    private readonly TOut[]? _array;
    private readonly ReorderBuffer<Memory<TOut>>? _order;
    private readonly List<Memory<TOut>>? _segments;
    private HashSet<long>? _again; // items that have a place, and whose results are written there once more

    /// <param name="count">How many results there will be; null while unknown.</param>
    public ResultBuffer(long? count)
    {
        if (count is { } known)
            _array = GC.AllocateUninitializedArray<TOut>((int)known);
        else
            (_order, _segments) = (new ReorderBuffer<Memory<TOut>>(), []);
    }

    public Memory<TOut> GetRoom(long start, int count) => _array is null ? new TOut[count] : _array.AsMemory((int)start, count);

    /// <summary>Accepts a chunk's results; false for repeated ones.</summary>
    /// <remarks>Always true if the number of results is known: the workers have written them in place.</remarks>
    public bool Accept(ChunkOutcome outcome)
    {
        if (_order is null)
            return true;
        var accepted = true;
        foreach (var part in outcome.GetSettledParts())
            accepted &= TryAcceptAgain(part) || _order.Add(part.Start, part.Count, ((ResultChunk<TOut>)part).Results);
        while (_order.TryTake(out var next))
            _segments!.Add(next);
        return accepted;
    }

    /// <summary>Lets an item have another result, in the place of the one that it has.</summary>
    public void AcceptAgain(long index)
    {
        if (_order is not null)
            (_again ??= []).Add(index);
    }

    // A chunk of items that run again has no others.
    private bool TryAcceptAgain(Chunk part)
    {
        if (_again?.Contains(part.Start) is not true)
            return false;
        for (var i = 0; i < part.Count; i++)
            _again.Remove(part.Start + i);
        return true;
    }

    /// <summary>Returns all results in the inputs' order; called at the end of the job.</summary>
    public TOut[] ToArray()
    {
        if (_array is not null)
            return _array;
        var all = GC.AllocateUninitializedArray<TOut>(_segments!.Sum(segment => segment.Length));
        var rest = all.AsMemory();
        foreach (var segment in _segments!)
        {
            segment.CopyTo(rest);
            rest = rest[segment.Length..];
        }
        return all;
    }
}
