namespace ActorPool.Coordination;

/// <summary>Finds jobs by the names that their callers gave them.</summary>
/// <remarks>Several may have the same name. A job without one is found by its id.</remarks>
internal sealed class JobNames
{
    private readonly Dictionary<string, HashSet<RunningJob>> _named = new(StringComparer.Ordinal);

    public void Add(RunningJob job)
    {
        if (!job.Execution.IsNamed)
            return;
        if (!_named.TryGetValue(job.Execution.Name, out var jobs))
            _named.Add(job.Execution.Name, jobs = []);
        jobs.Add(job);
    }

    public void Remove(RunningJob job)
    {
        if (job.Execution.IsNamed && _named.TryGetValue(job.Execution.Name, out var jobs) && jobs.Remove(job) && jobs.Count == 0)
            _named.Remove(job.Execution.Name);
    }

    /// <summary>Gets the jobs with a name, in no order.</summary>
    /// <returns>A copy, which stays as it is while they end.</returns>
    public IReadOnlyList<RunningJob> Find(string name) => _named.TryGetValue(name, out var jobs) ? [.. jobs] : [];
}
