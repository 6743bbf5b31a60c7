namespace ActorPool.Chunking;

/// <summary>Chooses how many inputs the next chunk of a job has.</summary>
/// <remarks>
/// A chunk should take about the target time, and the workers should finish together. The first chunk has one input, since nothing is known
/// of the function. The size grows at most <see cref="Growth"/>-fold from what was measured, since a few items may not represent the rest.
/// Towards the end a chunk is at most 1 / (<see cref="Tail"/> × workers) of the remaining inputs (guided self-scheduling: Polychronopoulos
/// and Kuck, 1987), but never so small that dispatching it costs more than running it. With many workers a chunk also takes longer than the
/// coordinator needs to hand one to each of them, since they would wait for it otherwise.
/// </remarks>
internal sealed class ChunkSizer(int? fixedSize, TimeSpan target, int max)
{
    public const int Growth = 8;
    public const int Tail = 8;
    private const int FloorDivisor = 32;
    private const int MaxSettledTargets = 4;
    private const double DispatchMilliseconds = 0.01; // measured with thousands of workers; fewer cost less

    private double _size = 1;
    private double _floor = 1;
    private double _maxByBytes = double.MaxValue;
    private double _perItem = double.PositiveInfinity; // in milliseconds
    private double _grown = 1; // the longest chunk that what was measured allows

    /// <summary>Inputs in a chunk of the target's length, as known so far; at least 1.</summary>
    public int Current => fixedSize ?? (int)Math.Clamp(Math.Min(_size, _maxByBytes), 1, max);

    /// <summary>Whether the last chunk took at most four target times.</summary>
    /// <remarks>Then a chunk may wait for another.</remarks>
    /// <value>False before the first chunk has come back.</value>
    public bool IsSettled { get; private set; }

    /// <summary>Returns the size of the next chunk.</summary>
    /// <param name="remaining">Inputs that were not dispatched yet; null while unknown.</param>
    /// <param name="workers">Workers that share them; 1 or more.</param>
    public int Next(long? remaining, int workers)
    {
        if (fixedSize is { } size)
            return size;
        if (remaining is not { } inputs)
            return Current;
        var round = Math.Min(workers * DispatchMilliseconds / _perItem, _grown);
        var share = Math.Max(inputs / (Tail * workers), (long)Math.Max(_floor, round));
        var longest = (int)Math.Min(Math.Min(2 * round, _grown), Math.Min(_maxByBytes, max));
        return (int)Math.Clamp(share, 1, Math.Max(Current, longest));
    }

    /// <summary>Learns from a chunk that was run.</summary>
    public void Record(int count, TimeSpan elapsed)
    {
        if (count <= 0)
            return;
        var perItem = Math.Max(elapsed.TotalMilliseconds / count, 1e-6);
        var ideal = target.TotalMilliseconds / perItem;
        _perItem = perItem;
        _grown = Math.Max(_grown, (double)count * Growth);
        _size = ideal < _size ? Math.Max(1, ideal) : Math.Max(_size, Math.Min(ideal, (double)count * Growth));
        _floor = Math.Min(_size, Math.Max(1, ideal / FloorDivisor));
        IsSettled = elapsed <= target * MaxSettledTargets;
    }

    /// <summary>Learns an item's size in bytes, so that a chunk stays below a limit.</summary>
    public void RecordBytes(int count, long bytes, long limit)
    {
        if (count > 0 && bytes > 0)
            _maxByBytes = Math.Max(1, limit / ((double)bytes / count));
    }
}
