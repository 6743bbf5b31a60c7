using ActorPool.Chunking;
using ActorPool.Functions;

namespace ActorPool.Gathering;

/// <summary>Keeps all results of a job until its end.</summary>
internal interface IResultStore<TOut>
{
    Memory<TOut> RoomFor(long start, int count);

    bool Accept(ChunkOutcome outcome);

    TOut[] ToArray();
}

/// <summary>Results that the workers write where the caller reads them; nothing is left to do.</summary>
internal sealed class InPlaceResults<TOut>(Memory<TOut> results) : IResultStore<TOut>
{
    private readonly TOut[]? _array;

    public InPlaceResults(TOut[] results) : this(results.AsMemory()) => _array = results;

    public Memory<TOut> RoomFor(long start, int count) => results.Slice((int)start, count);

    public bool Accept(ChunkOutcome outcome) => true;

    public TOut[] ToArray() => _array ?? results.ToArray();
}

/// <summary>Results whose number is not known before the end: kept in the chunks' own arrays.</summary>
internal sealed class SegmentedResults<TOut> : IResultStore<TOut>
{
    private readonly ReorderBuffer<Memory<TOut>> _order = new();
    private readonly List<Memory<TOut>> _segments = [];

    public Memory<TOut> RoomFor(long start, int count) => new TOut[count];

    public bool Accept(ChunkOutcome outcome)
    {
        var accepted = true;
        foreach (var part in outcome.SettledParts())
            accepted &= _order.Add(part.Start, part.Count, ((ResultChunk<TOut>)part).Results);
        while (_order.TryTake(out var next))
            _segments.Add(next);
        return accepted;
    }

    public TOut[] ToArray()
    {
        var all = GC.AllocateUninitializedArray<TOut>(_segments.Sum(segment => segment.Length));
        var rest = all.AsMemory();
        foreach (var segment in _segments)
        {
            segment.CopyTo(rest);
            rest = rest[segment.Length..];
        }
        return all;
    }
}

/// <summary>Keeps nothing.</summary>
internal sealed class NoResults : IResultStore<Nothing>
{
    public Memory<Nothing> RoomFor(long start, int count) => default;

    public bool Accept(ChunkOutcome outcome) => true;

    public Nothing[] ToArray() => [];
}

/// <summary>Joins arrays of results.</summary>
internal static class ResultStoreExtensions
{
    public static TOut[] Flatten<TOut>(this SegmentedResults<TOut[]> results)
    {
        var slices = results.ToArray();
        var all = GC.AllocateUninitializedArray<TOut>(slices.Sum(slice => slice.Length));
        var start = 0;
        foreach (var slice in slices)
        {
            slice.CopyTo(all, start);
            start += slice.Length;
        }
        return all;
    }
}
