using ActorPool.Insights;

namespace ActorPool.Jobs;

/// <summary>Remembers a pool's last ended jobs, without their inputs, results and functions.</summary>
/// <remarks>
/// A job that succeeded within <see cref="MinSeconds"/>, with all its items, is not kept: a service has thousands of them a second, and
/// each would pay for it. Any thread may call.
/// </remarks>
internal sealed class JobArchive
{
    /// <summary>Jobs that are kept.</summary>
    public const int MaxJobs = 64;

    private const double MinSeconds = 0.01;

    private readonly Lock _lock = new();
    private readonly Queue<ArchivedJob> _jobs = [];

    /// <summary>Adds a job that has just ended.</summary>
    public void Add(JobExecution job)
    {
        // Nothing is made for a short job.
        var elapsed = job.Meter.GetElapsed(job.Pool);
        if (job.State == JobState.Succeeded && job.Meter.Failed == 0 && elapsed.TotalSeconds < MinSeconds)
            return;
        var archived = new ArchivedJob(
            job.Id, job.Pool.Settings.TimeProvider.GetUtcNow() - elapsed, job.Summarize(), job.Recorder, job.End);
        lock (_lock)
        {
            if (_jobs.Count == MaxJobs)
                _jobs.Dequeue();
            _jobs.Enqueue(archived);
        }
    }

    /// <summary>Finds a job by its number; null if it is not kept.</summary>
    public ArchivedJob? Find(long id) => ToList().FirstOrDefault(job => job.Id == id);

    /// <summary>Copies the jobs, the oldest first.</summary>
    public IReadOnlyList<ArchivedJob> ToList()
    {
        lock (_lock)
            return [.. _jobs];
    }
}

/// <summary>A job that has ended.</summary>
/// <param name="Id">Its number in the pool.</param>
/// <param name="Started">When it was submitted.</param>
/// <param name="Summary">The job, without what was recorded.</param>
/// <param name="Recorder">What was recorded; null for a job of one chunk.</param>
/// <param name="End">How it ended.</param>
internal sealed record ArchivedJob(long Id, DateTimeOffset Started, JobInsights Summary, JobRecorder? Recorder, JobEnd End)
{
    public JobInsights Describe() => Recorder?.AddTo(Summary, [], End.Workers, End.WorkerTime) ?? Summary;
}
