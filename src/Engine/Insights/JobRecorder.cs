using System.Runtime.InteropServices;

namespace ActorPool.Insights;

/// <summary>Records what became of a job's chunks and items.</summary>
/// <remarks>
/// The job's coordinator and its gatherer write, and any thread may read. A chunk costs some 50 ns; memory is bounded by the constants.
/// </remarks>
internal sealed class JobRecorder
{
    public const int MaxChunks = 2000;
    public const int MaxSlow = 20;

    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private readonly Holders _holders = new();
    private readonly ItemTimes _times = new();
    private readonly ChunkSizes _sizes = new();
    private readonly List<(Entry Entry, double Each)> _slow = []; // slowest first
    private FailureGroups? _failures;
    private int _oldest;
    private long _omitted;
    private long _requeued;
    private double _working;
    private double _serializing;
    private double _transferring;

    /// <summary>Items that ran elsewhere, since their worker or node was lost.</summary>
    public long Requeued => Volatile.Read(ref _requeued);

    /// <summary>Records a chunk that came back.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="way">Time between its sending and its return that was not work; zero in this process.</param>
    /// <param name="requeued">Items of it that run again elsewhere.</param>
    public void Record(in RecordedChunk chunk, RoundTrip way, int requeued)
    {
        lock (_lock)
        {
            var holder = _holders.Add(chunk);
            var entry = new Entry(chunk, holder);
            Keep(entry);
            Volatile.Write(ref _requeued, _requeued + requeued);
            if (chunk.State == ChunkState.Requeued)
                return;
            _sizes.Add(chunk.Start, chunk.Count);
            _working += chunk.Work;
            _serializing += way.Serializing;
            _transferring += Math.Max(0, way.Total - chunk.Work - way.Serializing);
            var each = chunk.Work / chunk.Count;
            _times.Add(each, chunk.Count);
            if (_slow.Count < MaxSlow || each > _slow[^1].Each)
                KeepSlow(entry, each);
        }
    }

    /// <summary>Records items that failed for good.</summary>
    public void RecordFailures(IEnumerable<WorkItemException> failures)
    {
        lock (_lock)
        {
            _failures ??= new FailureGroups();
            foreach (var failure in failures)
                _failures.Add(failure.Index, failure.InnerException ?? failure);
        }
    }

    /// <summary>Adds what is recorded to an empty description.</summary>
    /// <param name="insights">The job, without what is recorded.</param>
    /// <param name="running">Chunks that are in flight.</param>
    /// <param name="workers">Workers that the pool has, or had at the job's end.</param>
    public JobInsights AddTo(JobInsights insights, IReadOnlyList<ChunkInsight> running, int workers)
    {
        lock (_lock)
        {
            var filled = insights with
            {
                Requeued = _requeued,
                Chunks = [.. ReadEntries().Select(Describe), .. running],
                OmittedChunks = _omitted,
                Holders = _holders.ToList(),
                Histogram = _times.ToHistogram(),
                Slowest = [.. _slow.Select(slow => new SlowChunk(
                    slow.Entry.Start, slow.Entry.Count, TimeSpan.FromSeconds(slow.Each), _holders.GetName(slow.Entry.Holder)))],
                Time = DescribeTimes(workers * insights.Progress.Elapsed.TotalSeconds),
                Failures = _failures?.ToList() ?? [],
                ChunkSizes = _sizes.ToList(),
            };
            return filled with { Advice = JobAdvice.Create(filled, workers) };
        }
    }

    /// <summary>A description of a job of which nothing is recorded.</summary>
    public static JobInsights Describe(string function, string? error, JobProgress progress) => new()
    {
        Function = function,
        Error = error,
        Progress = progress,
        Chunks = [],
        Holders = [],
        Histogram = new ItemTimes().ToHistogram(),
        Slowest = [],
        Time = new JobTimes(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero),
        Failures = [],
        ChunkSizes = [],
    };

    private void Keep(Entry entry)
    {
        if (_entries.Count < MaxChunks)
        {
            _entries.Add(entry);
            return;
        }
        _entries[_oldest] = entry;
        _oldest = (_oldest + 1) % MaxChunks;
        _omitted++;
    }

    private void KeepSlow(Entry entry, double each)
    {
        var place = _slow.FindIndex(slow => slow.Each < each);
        _slow.Insert(place < 0 ? _slow.Count : place, (entry, each));
        if (_slow.Count > MaxSlow)
            _slow.RemoveAt(MaxSlow);
    }

    /// <param name="available">Seconds that the workers had.</param>
    /// <remarks>A chunk that waits at a node while the workers there run others costs nothing: only idle workers wait for chunks.</remarks>
    private JobTimes DescribeTimes(double available)
    {
        var idle = Math.Max(0, available - _working);
        var transferring = Math.Min(_transferring, idle);
        return new JobTimes(
            TimeSpan.FromSeconds(_working), TimeSpan.FromSeconds(_serializing), TimeSpan.FromSeconds(transferring),
            TimeSpan.FromSeconds(idle - transferring));
    }

    private IEnumerable<Entry> ReadEntries() => _entries.Skip(_oldest).Concat(_entries.Take(_oldest));

    private ChunkInsight Describe(Entry entry) => new(
        entry.Start, entry.Count, entry.State, entry.Attempt, _holders.GetName(entry.Holder), TimeSpan.FromSeconds(entry.Begin),
        TimeSpan.FromSeconds(entry.End), TimeSpan.FromSeconds(entry.Work));

    /// <summary>A chunk in as few bytes as it takes: a long job has 2,000.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly struct Entry(in RecordedChunk chunk, int holder)
    {
        public readonly long Start = chunk.Start;
        public readonly int Count = chunk.Count;
        public readonly float Begin = (float)chunk.Begin;
        public readonly float End = (float)chunk.End;
        public readonly float Work = (float)chunk.Work;
        public readonly ushort Holder = (ushort)holder;
        public readonly ushort Attempt = (ushort)Math.Min(chunk.Attempt, ushort.MaxValue);
        public readonly ChunkState State = chunk.State;
    }
}

/// <summary>A chunk that came back; times are seconds since the job's start.</summary>
/// <remarks>Its holder has a number, and a name if it is no worker of this process: making one for each chunk would cost memory.</remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RecordedChunk(
    long Start, int Count, int Attempt, ChunkState State, int HolderId, string? Holder, double Begin, double End, double Work);

/// <summary>How long a chunk was away, in seconds.</summary>
/// <param name="Total">Between its sending and its return; 0 in this process.</param>
/// <param name="Serializing">The part of it in which this process wrote inputs and read results.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RoundTrip(double Total, double Serializing);
