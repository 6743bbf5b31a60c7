namespace ActorPool.Chunking;

/// <summary>Reads a source ahead of the workers, on a thread that may block, as far as it is allowed to.</summary>
internal interface IInputReader
{
    /// <summary>Reads until the limit, the end or <see cref="Stop"/>; blocks where the source does.</summary>
    ValueTask ReadAsync();

    /// <summary>Whether the source has ended: no call of <see cref="ReadAsync"/> will read more.</summary>
    bool HasEnded { get; }

    /// <summary>What the source threw; it counts as its end.</summary>
    Exception? Error { get; }

    /// <summary>Called by the reader when an input arrived that the coordinator waits for. Set before the first read.</summary>
    Action OnAvailable { get; set; }

    /// <summary>Allows reading up to that many inputs in all.</summary>
    /// <returns>Whether the reader stands still and has to be told.</returns>
    bool Allow(long limit);

    /// <summary>Asks to be told of the next input; false when one has arrived in the meantime.</summary>
    bool Await();

    /// <summary>Whether the reader may go to rest: nothing is allowed that it has not read.</summary>
    bool TryRest();

    /// <summary>Ends the reading at the next input.</summary>
    void Stop();

    /// <summary>Lets go of the source; only when no read is under way.</summary>
    ValueTask DisposeAsync();
}

/// <summary>A queue of one writer (the reader's thread) and one taker (the coordinator), in segments that are handed on without copying.</summary>
/// <remarks>
/// The writer publishes each input at once, so that one that arrives before a long wait is not held back; while all workers are busy
/// inputs gather, and the next chunk is as large as it should be. Bounded by <see cref="Allow"/>: reading stops at the limit.
/// </remarks>
internal abstract class BufferedInput<T> : Input<T>, IInputReader
{
    private const int FirstSegment = 32;
    private const int LargestSegment = 8192;

    private Segment _writing = new(FirstSegment);
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

    public abstract ValueTask ReadAsync();

    public abstract ValueTask DisposeAsync();

    public virtual void Stop() => _stopped = true;

    public override ReadOnlyMemory<T> Take(int most)
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
        var slice = new ReadOnlyMemory<T>(_taking.Items, _takenOfSegment, Math.Min(most, available));
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
        // The writer publishes and then looks at _awaited, the taker the other way round: between a store and a load both need a fence.
        // The taker's process-wide one serves for both, so that the writer pays nothing for each input.
        Interlocked.MemoryBarrierProcessWide();
        return !_ended && Volatile.Read(ref _read) == Taken;
    }

    protected void Append(T item)
    {
        var segment = _writing;
        var count = segment.Count;
        if (count == segment.Items.Length)
        {
            segment = new Segment(Math.Min(count * 2, LargestSegment));
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
