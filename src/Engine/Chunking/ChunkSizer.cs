namespace ActorPool.Chunking;

/// <summary>Chooses how many inputs the next chunk of one job has, so that a chunk takes about the target time and the workers finish together.</summary>
/// <remarks>
/// Starts with one input, since nothing is known of the function, and grows at most <see cref="Growth"/>-fold from what was measured, since a few items may not
/// stand for the rest. Towards the end a chunk is at most 1 / (<see cref="Tail"/> × workers) of what is left (guided self-scheduling: Polychronopoulos and
/// Kuck, 1987), but never so small that dealing it costs more than running it.
/// </remarks>
internal sealed class ChunkSizer(int? fixedSize, TimeSpan target, int most)
{
    public const int Growth = 8;
    public const int Tail = 8;
    private const int TargetsToFloor = 32;
    private const int LongChunk = 4;

    private double _size = 1;
    private double _floor = 1;
    private double _mostByBytes = double.MaxValue;

    /// <summary>Inputs in a chunk of the target's length, as far as is known; at least 1.</summary>
    public int Current => fixedSize ?? (int)Math.Clamp(Math.Min(_size, _mostByBytes), 1, most);

    /// <summary>Whether chunks take about the target's time, so that one may wait for another; unknown before the first one has come back.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>The size of the next chunk.</summary>
    /// <param name="left">Inputs that were not dealt yet; null when nobody knows.</param>
    /// <param name="workers">Workers that share them; 1 or more.</param>
    public int Next(long? left, int workers)
    {
        if (fixedSize is { } size)
            return size;
        if (left is not { } rest)
            return Current;
        var share = Math.Max(rest / (Tail * workers), (long)_floor);
        return (int)Math.Clamp(share, 1, Current);
    }

    /// <summary>Learns from a chunk that was run.</summary>
    public void Record(int count, TimeSpan elapsed)
    {
        if (count <= 0)
            return;
        var perItem = Math.Max(elapsed.TotalMilliseconds / count, 1e-6);
        var wanted = target.TotalMilliseconds / perItem;
        _size = wanted < _size ? Math.Max(1, wanted) : Math.Max(_size, Math.Min(wanted, (double)count * Growth));
        _floor = Math.Min(_size, Math.Max(1, wanted / TargetsToFloor));
        IsSettled = elapsed <= target * LongChunk;
    }

    /// <summary>Learns what an item weighs on the network, so that a chunk stays below a limit of bytes.</summary>
    public void RecordBytes(int count, long bytes, long limit)
    {
        if (count > 0 && bytes > 0)
            _mostByBytes = Math.Max(1, limit / ((double)bytes / count));
    }
}
