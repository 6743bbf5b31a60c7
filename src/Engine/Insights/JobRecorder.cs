using System.Runtime.InteropServices;
using ActorPool.Chunking;
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
    private InputTexts? _inputs; // null unless inputs are shown
    private long _omitted;
    private long _requeued;
    private double _working;
    private double _serializing;
    private double _transferring;
    private double _takenByOthers;

    /// <summary>Items that ran elsewhere, since their worker or node was lost.</summary>
    public long Requeued => Volatile.Read(ref _requeued);

    /// <summary>Records a chunk that came back.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="way">Time between its sending and its return that was not work; zero in this process.</param>
    /// <param name="requeued">Items of it that run again elsewhere.</param>
    /// <param name="inputs">Its inputs, if they are shown.</param>
    public void Record(in RecordedChunk chunk, RoundTrip way, int requeued, Chunk? inputs = null)
    {
        lock (_lock)
        {
            if (inputs is not null && chunk.State != ChunkState.Requeued)
                (_inputs ??= new InputTexts()).AddSlow(chunk.Start, chunk.Work / chunk.Count, inputs);
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
            _transferring += Math.Max(0, way.Total - chunk.Work - chunk.Waited - way.Serializing);
            _takenByOthers += way.TakenByOthers;
        }
    }

    /// <summary>Records items that failed for good.</summary>
    /// <param name="failures">The items.</param>
    /// <param name="inputs">The chunk that has them, if inputs are shown.</param>
    public void RecordFailures(IEnumerable<WorkItemException> failures, Chunk? inputs = null)
    {
        lock (_lock)
        {
            foreach (var failure in failures)
                Add(failure, inputs is null ? null : () => Describe(failure, inputs));
        }
    }

    /// <summary>Records that only these items have failed for good: others that did run again.</summary>
    public void ReplaceFailures(IReadOnlyCollection<WorkItemException> failures)
    {
        lock (_lock)
        {
            var before = _failures;
            _failures = null;
            foreach (var failure in failures)
                Add(failure, before?.FindInput(failure.Index) is { } known ? () => known : null);
        }
    }

    /// <summary>Waits for the texts of inputs that are being made, for a second at most.</summary>
    public void AwaitInputs() => Volatile.Read(ref _inputs)?.Await();

    private InputText Describe(WorkItemException failure, Chunk inputs) =>
        (_inputs ??= new InputTexts()).Add(inputs.GetInput((int)Math.Clamp(failure.Index - inputs.Start, 0, inputs.Count - 1)));

    /// <summary>Adds what is recorded to an empty description.</summary>
    /// <param name="insights">The job, without what is recorded.</param>
    /// <param name="running">Chunks that are in flight.</param>
    /// <param name="workers">Workers that the pool has, or had at the job's end.</param>
    /// <param name="available">The time that workers have had since the job's start, summed over them.</param>
    public JobInsights AddTo(JobInsights insights, IReadOnlyList<ChunkInsight> running, int workers, TimeSpan available)
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
                Time = DescribeTimes(available.TotalSeconds, AddWork(running, insights.Progress.Elapsed, workers)),
                Failures = _failures?.ToList() ?? [],
            };
            if (_inputs is not null)
                filled = filled with { Slowest = [.. filled.Slowest.Select(slow => slow with { Input = _inputs.FindSlow(slow.Start) })] };
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

    private void Add(WorkItemException failure, Func<InputText>? describeInput) =>
        (_failures ??= new FailureGroups()).Add(failure.Index, failure.InnerException ?? failure, describeInput);

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

    /// <param name="available">Seconds that workers had.</param>
    /// <param name="inFlight">Seconds in which they have run chunks that are not back yet.</param>
    /// <remarks>A chunk that waits at a node while the workers there run others costs nothing: only idle workers wait for chunks.</remarks>
    private JobTimes DescribeTimes(double available, double inFlight)
    {
        var working = Math.Max(_working, Math.Min(available, _working + inFlight));
        var idle = Math.Max(0, available - working);
        var waiting = Math.Min(_takenByOthers, idle);
        var transferring = Math.Min(_transferring, idle - waiting);
        return new JobTimes(
            TimeSpan.FromSeconds(working), TimeSpan.FromSeconds(_serializing), TimeSpan.FromSeconds(transferring),
            TimeSpan.FromSeconds(idle - waiting - transferring))
        {
            Waiting = TimeSpan.FromSeconds(waiting),
        };
    }

    /// <summary>Adds up how long the oldest chunks in flight have run, one for each worker.</summary>
    private static double AddWork(IReadOnlyList<ChunkInsight> running, TimeSpan now, int workers) =>
        running.Select(chunk => Math.Max(0, (now - chunk.Begin).TotalSeconds)).OrderDescending().Take(workers).Sum();

    private ChunkInsight Describe(KeptChunk chunk) => new(
        chunk.Start, chunk.Count, chunk.State, chunk.Attempt, GetHolder(chunk.Holder), TimeSpan.FromSeconds(chunk.Begin),
        TimeSpan.FromSeconds(chunk.End), TimeSpan.FromSeconds(chunk.Work))
    {
        SizeReason = chunk.SizeReason,
        Waited = TimeSpan.FromSeconds(chunk.Waited),
    };
}

/// <summary>How long a chunk was away, in seconds.</summary>
/// <param name="Total">Between its sending and its return; 0 in this process.</param>
/// <param name="Serializing">The part of it in which this process wrote inputs and read results.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RoundTrip(double Total, double Serializing)
{
    /// <summary>Time of the node's workers that other pools had while chunks waited there.</summary>
    public double TakenByOthers { get; init; }
}
