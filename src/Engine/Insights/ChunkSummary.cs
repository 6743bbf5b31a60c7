namespace ActorPool.Insights;

/// <summary>Who ran many chunks, how long their items took, and how long they were.</summary>
internal sealed class ChunkSummary
{
    public const int MaxSlow = 20;

    private readonly Holders _holders;
    private readonly ItemTimes _times;
    private readonly ChunkSizes _sizes;
    private readonly List<KeptChunk> _slow; // slowest first

    /// <param name="before">Earlier chunks, which are added to those of this one; null for none.</param>
    public ChunkSummary(ChunkSummary? before = null)
    {
        (_holders, _times) = (new Holders(before?._holders), new ItemTimes(before?._times));
        (_sizes, _slow) = (new ChunkSizes(before?._sizes), [.. before?._slow ?? []]);
    }

    /// <summary>Adds a chunk that came back after those before it.</summary>
    public void Add(in KeptChunk chunk, string holder)
    {
        _holders.Add(chunk, holder);
        if (chunk.State == ChunkState.Requeued)
            return;
        _sizes.Add(chunk.Start, chunk.Count, chunk.SizeReason);
        _times.Add(chunk.Each, chunk.Count);
        var each = chunk.Each;
        if (_slow.Count == MaxSlow && each <= _slow[^1].Each)
            return;
        var place = _slow.FindIndex(slow => slow.Each < each);
        _slow.Insert(place < 0 ? _slow.Count : place, chunk);
        if (_slow.Count > MaxSlow)
            _slow.RemoveAt(MaxSlow);
    }

    /// <summary>Adds the summary to a description.</summary>
    public JobInsights AddTo(JobInsights insights, Func<int, string> getHolder) => insights with
    {
        Holders = _holders.ToList(),
        Histogram = _times.ToHistogram(),
        Slowest = [.. _slow.Select(slow => new SlowChunk(
            slow.Start, slow.Count, TimeSpan.FromSeconds(slow.Each), getHolder(slow.Holder)))],
        ChunkSizes = _sizes.ToList(),
    };
}
