using System.Runtime.InteropServices;
using ActorPool.Diagnostics;

namespace ActorPool.Insights;

/// <summary>Records what became of a job's chunks and items.</summary>
/// <remarks>
/// The job's coordinator and its gatherer write, and any thread may read. A chunk costs some 50 ns; memory is bounded by the constants.
/// </remarks>
internal sealed class JobRecorder
{
    private const int MaxNames = 2 * ChunkLog.MaxChunks; // each worker may be replaced after a chunk

    private readonly Lock _lock = new();
    private readonly ChunkLog _chunks = new();
    private Dictionary<int, string>? _names; // of nodes and worker processes, and of workers when they are asked for
    private ChunkSummary? _before; // of the chunks that are kept no longer
    private FailureGroups? _failures;
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
            if (chunk.Holder is { } name)
                Name(chunk.HolderId, name);
            if (_chunks.Add(new KeptChunk(chunk)) is { } oldest)
            {
                (_before ??= new ChunkSummary()).Add(oldest, GetHolder(oldest.Holder));
                _omitted++;
            }
            Volatile.Write(ref _requeued, _requeued + requeued);
            if (chunk.State == ChunkState.Requeued)
                return;
            _working += chunk.Work;
            _serializing += way.Serializing;
            _transferring += Math.Max(0, way.Total - chunk.Work - way.Serializing);
        }
    }

    /// <summary>Records items that failed for good.</summary>
    public void RecordFailures(IEnumerable<WorkItemException> failures)
    {
        lock (_lock)
            AddFailures(failures);
    }

    /// <summary>Records that only these items have failed for good: others that did run again.</summary>
    public void ReplaceFailures(IReadOnlyCollection<WorkItemException> failures)
    {
        lock (_lock)
        {
            _failures = null;
            AddFailures(failures);
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
            var summary = new ChunkSummary(_before);
            foreach (var chunk in _chunks.Read())
                summary.Add(chunk, GetHolder(chunk.Holder));
            var filled = summary.AddTo(insights, GetHolder) with
            {
                Requeued = _requeued,
                Chunks = [.. _chunks.Read().Select(Describe), .. running],
                OmittedChunks = _omitted,
                Time = DescribeTimes(workers * insights.Progress.Elapsed.TotalSeconds),
                Failures = _failures?.ToList() ?? [],
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
        Histogram = new ItemTimes(before: null).ToHistogram(),
        Slowest = [],
        Time = new JobTimes(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero),
        Failures = [],
        ChunkSizes = [],
    };

    private void AddFailures(IEnumerable<WorkItemException> failures)
    {
        foreach (var failure in failures)
            (_failures ??= new FailureGroups()).Add(failure.Index, failure.InnerException ?? failure);
    }

    private string GetHolder(int id)
    {
        if (_names?.GetValueOrDefault(id) is { } known)
            return known;
        var name = WorkerName.Format(id);
        Name(id, name);
        return name;
    }

    private void Name(int id, string name)
    {
        _names ??= [];
        if (_names.Count >= MaxNames && !_names.ContainsKey(id))
        {
            var kept = _chunks.Read().Select(chunk => chunk.Holder).ToHashSet();
            foreach (var other in _names.Keys.Where(other => !kept.Contains(other)).ToList())
                _names.Remove(other);
        }
        _names[id] = name;
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

    private ChunkInsight Describe(KeptChunk chunk) => new(
        chunk.Start, chunk.Count, chunk.State, chunk.Attempt, GetHolder(chunk.Holder), TimeSpan.FromSeconds(chunk.Begin),
        TimeSpan.FromSeconds(chunk.End), TimeSpan.FromSeconds(chunk.Work));
}

/// <summary>How long a chunk was away, in seconds.</summary>
/// <param name="Total">Between its sending and its return; 0 in this process.</param>
/// <param name="Serializing">The part of it in which this process wrote inputs and read results.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RoundTrip(double Total, double Serializing);
