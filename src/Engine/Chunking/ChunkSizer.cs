namespace ActorPool.Chunking;

/// <summary>Chooses how many inputs the next chunk of a job has.</summary>
/// <remarks>
/// A chunk should take about the target time, and the workers should finish together. The first chunk has one input, if nothing is known
/// of the function; if earlier jobs have shown what its items cost, it is at most half a worker's share, since this job's items may be
/// others, or the whole share if that takes no time to speak of. The size grows at most <see cref="Growth"/>-fold from what was measured,
/// since a few items may not represent the rest. Towards the end a chunk is at most 1 / (<see cref="Tail"/> × workers) of the remaining
/// inputs (guided self-scheduling: Polychronopoulos and Kuck, 1987), but never so small that dispatching it costs more than running it.
/// With many workers a chunk also takes longer than the coordinator needs to hand one to each of them, since they would wait for it
/// otherwise.
/// </remarks>
internal sealed class ChunkSizer
{
    public const int Growth = 8;
    public const int Tail = 8;
    private const int FloorDivisor = 32;
    private const int MaxSettledTargets = 4;
    private const double ShortJobMilliseconds = 0.1;
    private const double DispatchMilliseconds = 0.01; // measured with thousands of workers; fewer cost less

    private readonly int? _fixedSize;
    private readonly TimeSpan _target;
    private readonly int _max;
    private readonly FunctionCost? _known;
    private int? _maxOfFirst; // while chunks are as long as earlier jobs suggest; 0: not chosen yet
    private double _size = 1;
    private double _floor = 1;
    private double _maxByBytes = double.MaxValue;
    private double _perItem = double.PositiveInfinity; // in milliseconds
    private double _grown = 1; // the longest chunk that what was measured allows
    private ChunkSizeReason _learned = ChunkSizeReason.FirstItems;
    private bool? _hasFewItems; // null: no size was asked for yet

    /// <param name="fixedSize">The size of each chunk; null: it is chosen.</param>
    /// <param name="target">How long a chunk should take.</param>
    /// <param name="max">The longest chunk.</param>
    /// <param name="known">What earlier jobs have shown of the function; null: it is not remembered.</param>
    public ChunkSizer(int? fixedSize, TimeSpan target, int max, FunctionCost? known = null)
    {
        (_fixedSize, _target, _max, _known) = (fixedSize, target, max, known);
        if (fixedSize is not null || known?.PerItem is not { } perItem)
            return;
        _maxOfFirst = 0;
        _grown = (double)known.Longest * Growth;
        Learn(perItem, _grown);
        _learned = ChunkSizeReason.EarlierJobs;
    }

    /// <summary>Inputs in a chunk of the target's length, as known so far; at least 1.</summary>
    public int Current => _fixedSize ?? (int)Math.Clamp(Math.Min(_size, _maxByBytes), 1, _max);

    /// <summary>What decided the size that <see cref="Next"/> has last returned.</summary>
    public ChunkSizeReason Reason { get; private set; }

    /// <summary>What decides <see cref="Current"/>.</summary>
    private ChunkSizeReason CurrentReason => _fixedSize is not null ? ChunkSizeReason.Caller
        : Math.Min(_size, _maxByBytes) > _max ? ChunkSizeReason.Window
        : _maxByBytes < _size ? ChunkSizeReason.Bytes
        : _learned;

    /// <summary>Whether the last chunk took at most four target times.</summary>
    /// <remarks>Then a chunk may wait for another.</remarks>
    /// <value>False before the first chunk has come back.</value>
    public bool IsSettled { get; private set; }

    /// <summary>Returns the size of the next chunk.</summary>
    /// <param name="remaining">Inputs that were not dispatched yet; null while unknown.</param>
    /// <param name="workers">Workers that share them; 1 or more.</param>
    public int Next(long? remaining, int workers)
    {
        (Reason, var current) = (CurrentReason, Current);
        if (_fixedSize is not null || remaining is not { } inputs)
            return current;
        var size = Choose(inputs, workers, current);
        if (_hasFewItems ??= inputs <= workers)
            Reason = ChunkSizeReason.FewItems;
        return size;
    }

    private int Choose(long inputs, int workers, int current)
    {
        var round = Math.Min(workers * DispatchMilliseconds / _perItem, _grown);
        if (_maxOfFirst is { } first)
        {
            if (first == 0)
            {
                // Each message between actors counts in a job that is over before a thread has slept once.
                var isShort = _perItem * inputs / workers <= ShortJobMilliseconds;
                var parts = isShort ? workers : 2 * workers;
                _maxOfFirst = first = (int)Math.Clamp((inputs + parts - 1) / parts, 1, int.MaxValue);
            }
            var least = (int)Math.Min(round, _max);
            if (first <= Math.Max(current, least))
                Reason = ChunkSizeReason.EarlierJobs;
            else if (least > current)
                Reason = ChunkSizeReason.ManyWorkers;
            return Math.Min(first, Math.Max(current, least));
        }
        var part = inputs / (Tail * workers);
        var share = Math.Max(part, (long)Math.Max(_floor, round));
        var longest = (int)Math.Min(Math.Min(2 * round, _grown), Math.Min(_maxByBytes, _max));
        if (share < Math.Max(current, longest))
        {
            Reason = share <= Math.Max(1, part) ? ChunkSizeReason.Share
                : round > _floor ? ChunkSizeReason.ManyWorkers
                : ChunkSizeReason.Floor;
        }
        else if (longest > current)
        {
            Reason = ChunkSizeReason.ManyWorkers;
        }
        return (int)Math.Clamp(share, 1, Math.Max(current, longest));
    }

    /// <summary>Learns from a chunk that was run.</summary>
    public void Record(int count, TimeSpan elapsed)
    {
        if (count <= 0)
            return;
        var perItem = Math.Max(elapsed.TotalMilliseconds / count, 1e-6);
        _known?.Record(count, perItem);
        _maxOfFirst = null;
        _grown = Math.Max(_grown, (double)count * Growth);
        Learn(perItem, (double)count * Growth);
        IsSettled = elapsed <= _target * MaxSettledTargets;
    }

    /// <summary>Learns an item's size in bytes, so that a chunk stays below a limit.</summary>
    public void RecordBytes(int count, long bytes, long limit)
    {
        if (count > 0 && bytes > 0)
            _maxByBytes = Math.Max(1, limit / ((double)bytes / count));
    }

    private void Learn(double perItem, double longest)
    {
        var ideal = _target.TotalMilliseconds / perItem;
        _perItem = perItem;
        if (ideal < _size || ideal <= longest)
            _learned = ChunkSizeReason.TargetTime;
        else if (longest > _size)
            _learned = ChunkSizeReason.Growth;
        _size = ideal < _size ? Math.Max(1, ideal) : Math.Max(_size, Math.Min(ideal, longest));
        _floor = Math.Min(_size, Math.Max(1, ideal / FloorDivisor));
    }
}
