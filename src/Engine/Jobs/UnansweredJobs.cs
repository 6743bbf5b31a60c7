namespace ActorPool.Jobs;

/// <summary>The jobs of a pool whose callers wait for an answer, in no order.</summary>
/// <remarks>A job knows its neighbours, so that adding and removing one takes no memory. Any thread may call.</remarks>
internal sealed class UnansweredJobs
{
    private readonly Lock _lock = new();
    private JobExecution? _first;

    public void Add(JobExecution job)
    {
        lock (_lock)
        {
            job.NextUnanswered = _first;
            if (_first is not null)
                _first.PreviousUnanswered = job;
            _first = job;
        }
    }

    /// <summary>Removes a job; does nothing if it is not here.</summary>
    public void Remove(JobExecution job)
    {
        lock (_lock)
        {
            var (previous, next) = (job.PreviousUnanswered, job.NextUnanswered);
            if (previous is not null)
                previous.NextUnanswered = next;
            else if (ReferenceEquals(_first, job))
                _first = next;
            if (next is not null)
                next.PreviousUnanswered = previous;
            (job.PreviousUnanswered, job.NextUnanswered) = (null, null);
        }
    }

    /// <summary>Copies the jobs that are here now.</summary>
    public List<JobExecution> ToList()
    {
        var jobs = new List<JobExecution>();
        lock (_lock)
        {
            for (var job = _first; job is not null; job = job.NextUnanswered)
                jobs.Add(job);
        }
        return jobs;
    }
}
