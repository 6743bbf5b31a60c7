namespace ActorPool.Chunking;

/// <summary>A queue between the thread that reads the inputs and the coordinator that takes them.</summary>
/// <remarks>
/// One writer, one taker. Segments are handed on without copying. The writer publishes each input at once, so that one that arrives before
/// a long wait is not held back; while all workers are busy inputs gather, and the next chunk is as large as it should be. Bounded by
/// <see cref="Allow"/>: reading stops at the limit.
/// <para>
/// The source is the caller's code. An enumeration is one flow, which starts with the caller's context when the input is created: what the
/// source changes in an <c>AsyncLocal</c>, it finds again as in a plain <c>foreach</c> or <c>await foreach</c>.
/// </para>
/// </remarks>
internal abstract class BufferedInput<T> : Input<T>, IInputReader
{
    private const int FirstSegmentItems = 32;
    private const int MaxSegmentItems = 8192;

    private readonly CallerContext _caller = CallerContext.Capture();
    private Segment _writing = new(FirstSegmentItems);
    private Segment _taking;
    private int _takenOfSegment;
    private long _read;
    private long _limit;
    private int _awaited;
    private int _resting = 1;
    private volatile bool _stopped;
    private volatile bool _ended;

    protected BufferedInput() => _taking = _writing;

    public override long? Count => _ended ? Volatile.Read(ref _read) : null;

    public override IInputReader Reader => this;

    public bool HasEnded => _ended;

    public Exception? Error { get; private set; }

    public Action OnAvailable { get; set; } = static () => { };

    /// <summary>Whether one more input may be read.</summary>
    protected bool MayRead => _read < Volatile.Read(ref _limit) && !_stopped;

    public ValueTask ReadAsync() => _caller.Run(ReadPartAsync);

    public ValueTask DisposeAsync() => _caller.Run(ReleaseAsync);

    public virtual void Stop() => _stopped = true;

    public override ReadOnlyMemory<T> Take(int max)
    {
        var available = Volatile.Read(ref _taking.Count) - _takenOfSegment;
        if (available == 0)
        {
            if (_takenOfSegment < _taking.Items.Length || Volatile.Read(ref _taking.Next) is not { } next)
                return default;
            _taking = next;
            _takenOfSegment = 0;
            available = Volatile.Read(ref _taking.Count);
        }
        var slice = new ReadOnlyMemory<T>(_taking.Items, _takenOfSegment, Math.Min(max, available));
        _takenOfSegment += slice.Length;
        Taken += slice.Length;
        return slice;
    }

    public bool Allow(long limit)
    {
        if (limit <= Volatile.Read(ref _limit))
            return false;
        Interlocked.Exchange(ref _limit, limit);
        return Interlocked.Exchange(ref _resting, 0) == 1;
    }

    public bool TryRest()
    {
        Interlocked.Exchange(ref _resting, 1);
        return !MayRead || Interlocked.Exchange(ref _resting, 0) == 0;
    }

    public bool Await()
    {
        Volatile.Write(ref _awaited, 1);
        // The writer publishes and then reads _awaited, the taker does the reverse: both need a fence between their store and their load.
        // The taker's process-wide fence serves both, so that the writer pays nothing for each input.
        Interlocked.MemoryBarrierProcessWide();
        return !_ended && Volatile.Read(ref _read) == Taken;
    }

    /// <summary>Reads as far as it may, and ends with <see cref="KeepContext"/>.</summary>
    protected abstract ValueTask ReadPartAsync();

    /// <summary>Disposes of the source's enumerator, once.</summary>
    protected abstract ValueTask ReleaseAsync();

    /// <summary>Lets the next part begin in the context in which this one ends.</summary>
    protected void KeepContext() => _caller.Keep();

    protected void Append(T item)
    {
        var segment = _writing;
        var count = segment.Count;
        if (count == segment.Items.Length)
        {
            segment = new Segment(Math.Min(count * 2, MaxSegmentItems));
            Volatile.Write(ref _writing.Next, segment);
            _writing = segment;
            count = 0;
        }
        segment.Items[count] = item;
        Volatile.Write(ref segment.Count, count + 1);
        Volatile.Write(ref _read, _read + 1);
        if (Volatile.Read(ref _awaited) != 0)
            Announce();
    }

    protected void End(Exception? error = null)
    {
        Error = error;
        _ended = true;
    }

    private void Announce()
    {
        if (Interlocked.Exchange(ref _awaited, 0) == 1)
            OnAvailable();
    }

    private sealed class Segment(int size)
    {
        public readonly T[] Items = new T[size];
        public int Count;
        public Segment? Next;
    }
}
