using System.Globalization;
using ActorPool.Chunking;
using ActorPool.Diagnostics;
using ActorPool.Insights;
using ActorPool.Serialization;
using ActorPool.Shipping;
using Akka.Actor;

namespace ActorPool.Jobs;

/// <summary>One job from its call to its answer: inputs, function, sink and options.</summary>
/// <remarks>Coordinator, workers and gatherer share it. It is also the message that starts the job.</remarks>
internal abstract partial class JobExecution : IPoolMessage
{
    private const string UnnamedPrefix = "job-";

    private ProgressMeter _meter;
    private JobRecorder? _recorder;
    private readonly WorkerTime _workersAtStart;

    protected JobExecution(PoolState pool, JobOptions options, long? total)
    {
        PublicId = Id = pool.NextJobId();
        Pool = pool;
        Options = options;
        Reports = options.Progress is null ? null : new ProgressReports(options.Progress);
        _workersAtStart = pool.Counters.WorkerTime;
        _meter = new ProgressMeter(pool.Settings.TimeProvider.GetTimestamp(), total);
    }

    public long Id { get; }

    /// <summary>The number that functions see.</summary>
    /// <remarks>On a node, it is the number that the job has at its caller.</remarks>
    public long PublicId { get; init; }

    /// <summary>The number of its items' first attempt.</summary>
    /// <remarks>It is more than 1 on a node, for items that have failed elsewhere before.</remarks>
    public int FirstAttempt { get; init; } = 1;

    public string Name => Options.Name ?? $"{UnnamedPrefix}{Id}";

    public bool IsNamed => Options.Name is not null;

    public PoolState Pool { get; }

    public JobOptions Options { get; }

    /// <summary>What the progress handler gets; null without one.</summary>
    public ProgressReports? Reports { get; }

    public ref ProgressMeter Meter => ref _meter;

    /// <summary>The pool object, which a running job keeps from being collected.</summary>
    public object? Owner { get; set; }

    /// <summary>The actor that gathers its outcomes; set when the coordinator starts the job.</summary>
    public IActorRef Gatherer { get; set; } = ActorRefs.Nobody;

    /// <summary>The lease whose function submitted this job to its own pool; null otherwise.</summary>
    public Lease? Parent { get; set; }

    /// <summary>Its neighbours in <see cref="UnansweredJobs"/>, which alone writes them.</summary>
    public JobExecution? PreviousUnanswered { get; set; }

    /// <inheritdoc cref="PreviousUnanswered"/>
    public JobExecution? NextUnanswered { get; set; }

    /// <summary>Whether it is a chunk of a job of another process.</summary>
    public bool IsPart { get; init; }

    /// <summary>The trace of its spans; null for none.</summary>
    public JobTrace? Trace { get; set; }

    /// <summary>Describes the function in its author's words.</summary>
    public abstract string FunctionName { get; }

    /// <summary>Whether the first failing item ends the job.</summary>
    public bool FailsFast { get; init; } = true;

    /// <summary>Whether results are written to memory that the caller may reuse after the job.</summary>
    /// <remarks>The job must not end while a worker writes there.</remarks>
    public bool WritesToCaller { get; init; }

    /// <summary>Whether an item counts against the window until a consumer has taken it.</summary>
    /// <remarks>Otherwise it counts until it is done.</remarks>
    public bool AwaitsConsumer { get; init; }

    /// <summary>Whether the source's exception follows the results of the inputs before it.</summary>
    public bool EndsAtSourceError { get; init; }

    public abstract Input Input { get; }

    public abstract JobSink Sink { get; }

    /// <summary>Whether a chunk is one item: it fails, retries and times out as a whole.</summary>
    public abstract bool ChunkIsItem { get; }

    public abstract bool IsAsync { get; }

    /// <summary>What the user wrote, if the pool remembers how long its items take; null otherwise.</summary>
    public abstract Delegate? Remembered { get; }

    /// <summary>Whether outcomes are published item by item; see <see cref="Lease"/>.</summary>
    public bool IsGuarded => IsAsync || HasItemLimit;

    /// <summary>Whether an item may be given up while the user's code runs for it.</summary>
    public bool HasItemLimit => Options.ItemTimeout is not null || Options.RetryWhen is not null;

    /// <summary>Keeps the outcomes of finished items for the parent of this worker process.</summary>
    /// <value>Null in other processes, and for a function whose chunk is one item.</value>
    public ItemKeeper? Keeper { get; init; }

    /// <summary>The job for nodes, ready to be sent; null in a pool without nodes.</summary>
    public WireJob? Wire { get; private set; }

    /// <summary>Starts the job's span in the context of the calling code.</summary>
    /// <remarks>The trace of a part came with it.</remarks>
    public void BeginTrace()
    {
        if (!IsPart)
            Trace = JobTrace.Start(this);
    }

    /// <summary>Records what becomes of its chunks; made when the first one comes back.</summary>
    /// <value>Null before that, and for a job of one chunk.</value>
    public JobRecorder? Recorder => Volatile.Read(ref _recorder);

    /// <summary>Gets the recorder, and makes it if there is none.</summary>
    /// <remarks>Coordinator and gatherer may call at the same moment.</remarks>
    public JobRecorder GetRecorder() =>
        Volatile.Read(ref _recorder) ?? Interlocked.CompareExchange(ref _recorder, new JobRecorder(), null) ?? _recorder;

    /// <summary>Records the outcome of items, for progress, results, statistics, instruments and insights.</summary>
    /// <remarks>Only what gathers the job's outcomes calls. Nothing else counts its items, so that all of these agree.</remarks>
    public void Record(in ChunkOutcome outcome)
    {
        Sink.Settled += outcome.Settled;
        if (outcome.Failures is { Count: > 0 } failures && !IsPart)
            GetRecorder().RecordFailures(failures, Options.ShowInputs ? outcome.Chunk : null);
        CountItems(outcome.Settled, outcome.Failures?.Count ?? 0, (outcome.Retries?.Count ?? 0) + outcome.Retried);
    }

    /// <summary>Records attempts that were followed by another one, ahead of their chunk's outcome.</summary>
    public void RecordRetries(int attempts) => CountItems(done: 0, failed: 0, attempts);

    /// <summary>Records failed items that run again, as if they had no outcome yet.</summary>
    public void RecordTaken(TakenFailures taken)
    {
        var count = taken.Count;
        Sink.Settled -= count;
        _meter.Add(-count, -count, count);
        // The pool's counts only grow, as instruments must: there, an item has had two outcomes.
        Pool.Counters.Items(done: 0, failed: 0, count);
        GetRecorder().ReplaceFailures(taken.Left);
    }

    private void CountItems(int done, int failed, int retried)
    {
        _meter.Add(done, failed, retried);
        Pool.Counters.Items(done, failed, retried);
    }

    /// <summary>Describes what has happened in it so far.</summary>
    /// <param name="running">Its chunks in flight, as far as the caller knows them.</param>
    public JobInsights Describe(IReadOnlyList<ChunkInsight> running)
    {
        var (workers, time) = HasEnded ? (End.Workers, End.WorkerTime) : (Pool.Counters.LiveWorkers, GetWorkerTime());
        return (Recorder ?? new JobRecorder()).AddTo(Summarize(), running, workers, time);
    }

    /// <summary>Gets the time that workers have had since its start, summed over them.</summary>
    private TimeSpan GetWorkerTime() =>
        Pool.Counters.WorkerTime.Until(_meter.GetEnd(Pool)) - _workersAtStart.Until(_meter.Started);

    /// <summary>Describes it without what was recorded.</summary>
    public JobInsights Summarize() => JobRecorder.Describe(FunctionName, End.Error, GetProgress());

    /// <summary>Prepares the job for nodes.</summary>
    /// <exception cref="FunctionNotShippableException">The function cannot be sent, or the guard refuses it.</exception>
    /// <exception cref="PayloadException">The inputs or results are of a type that cannot be sent.</exception>
    public void PrepareForNodes(PayloadSerializer serializer, LostWriteGuard? guard)
    {
        Wire = ToWire(serializer);
        foreach (var function in Wire.Functions.Concat(Wire.Code.InnerFunctions))
            guard?.Check(function);
        guard?.Check(Options.RetryWhen);
        if (guard is not null && Wire.Code.CapturedInputs is not null)
            Wire.OnCapturedInput = (index, input) => guard.CheckCaptured(Wire.Functions[0], index, input);
    }

    protected abstract WireJob ToWire(PayloadSerializer serializer);

    /// <summary>Takes the next chunk of at most <paramref name="max"/> inputs.</summary>
    /// <returns>Null when no input is there yet, or none is left.</returns>
    public abstract Chunk? Cut(int max);

    /// <summary>Cuts a chunk that was cut before, of inputs in memory.</summary>
    public abstract Chunk CutAgain(long start, int count);

    public abstract ValueTask RunAsync(ChunkRun run);

    /// <summary>Decides whether an item that threw runs again, and what its failure is if not.</summary>
    /// <remarks>It runs the caller's predicate, so never call it in an actor that others wait for.</remarks>
    public (bool ShouldRetry, Exception Error) ShouldRetry(int attempt, Exception error)
    {
        try
        {
            return (attempt <= Options.Retries && (Options.RetryWhen is not { } when || when(error)), error);
        }
        catch (Exception e)
        {
            return (false, new AggregateException("JobOptions.RetryWhen threw while it judged the item's exception.", e, error));
        }
    }

    /// <summary>Decides about the running item of a lease, which says since when.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="error">What the item threw.</param>
    /// <param name="note">Tells the parent of a worker process; null in other processes.</param>
    public (bool ShouldRetry, Exception Error) ShouldRetry(Lease lease, Exception error, WorkNote? note)
    {
        if (Options.RetryWhen is null)
            return ShouldRetry(lease.Attempt, error);
        var now = Pool.Settings.TimeProvider.GetTimestamp();
        lease.Question = new RetryQuestion(error, now);
        note?.Asked = now;
        try
        {
            return ShouldRetry(lease.Attempt, error);
        }
        finally
        {
            note?.Asked = 0;
            lease.Question = null;
        }
    }

    /// <summary>Reads the id from the name of a job without a name of its own.</summary>
    public static bool TryGetId(string name, out long id)
    {
        id = 0;
        return name.StartsWith(UnnamedPrefix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(UnnamedPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }

    public static WorkItemException CreateFailure(
        Lease lease, int offset, Exception error, ItemFailureCause cause = ItemFailureCause.Thrown) =>
        new(lease.Chunk.Start + offset, lease.WorkerName, lease.Attempt, error) { Cause = cause };

    public JobProgress GetProgress() => GetProgress(State);

    /// <param name="state">The state to report: how the job will have ended after its last report.</param>
    public JobProgress GetProgress(JobState state) => _meter.Snapshot(Pool, Name, state);
}
