namespace ActorPool.Insights;

/// <summary>One job, as lists show it.</summary>
/// <param name="Key">Identifies it in the cluster: the key of its pool, a hyphen and its number.</param>
/// <param name="Pool">The key of its pool.</param>
/// <param name="PoolName">The name of its pool.</param>
/// <param name="Caller">The machine and process of its pool.</param>
/// <param name="Id">Its number in the pool.</param>
/// <param name="Name">Its name.</param>
/// <param name="Function">The function in its author's words.</param>
/// <param name="State">Whether it runs, or how it ended.</param>
/// <param name="Error">Why it failed, in one line.</param>
/// <param name="Total">Its items; null while unknown.</param>
/// <param name="Done">Items with an outcome.</param>
/// <param name="Failed">Items among them that failed.</param>
/// <param name="Retried">Attempts that were followed by another one.</param>
/// <param name="Requeued">Items that ran elsewhere, since their worker or node was lost.</param>
/// <param name="Rate">Items a second, over the whole job.</param>
/// <param name="Remaining">The time that the other items will take at that rate.</param>
/// <param name="Started">When it was submitted.</param>
/// <param name="Elapsed">Time since then, or until its end.</param>
/// <param name="Running">Chunks in flight.</param>
internal sealed record JobSummary(
    string Key, string Pool, string PoolName, string Caller, long Id, string Name, string Function, JobState State, string? Error,
    long? Total, long Done, long Failed, long Retried, long Requeued, double Rate, TimeSpan? Remaining, DateTimeOffset Started,
    TimeSpan Elapsed, int Running)
{
    /// <summary>Whether its failed items can be run again now.</summary>
    public bool CanRetry { get; init; }

    /// <summary>Makes the summary of a job.</summary>
    public static JobSummary Create(PoolKey pool, long id, JobInsights insights, DateTimeOffset started, long requeued, int running)
    {
        var progress = insights.Progress;
        return new JobSummary(
            pool.GetJobKey(id), pool.Key, pool.Name, pool.Caller, id, insights.Name, insights.Function, insights.State, insights.Error,
            progress.Total, progress.Done, progress.Failed, progress.Retried, requeued, progress.Rate,
            insights.State == JobState.Running ? progress.Remaining : null, started, progress.Elapsed, running);
    }
}

/// <summary>By what observers know a pool.</summary>
/// <param name="Key">Unique in the cluster: 12 characters of 0–9 and a–f.</param>
/// <param name="Name">Its name.</param>
/// <param name="Host">The name of its machine.</param>
/// <param name="Process">The number of its process there.</param>
internal sealed record PoolKey(string Key, string Name, string Host, int Process)
{
    public string Caller => $"{Host}:{Process}";

    public static PoolKey Create(string name) => new($"{Guid.NewGuid():N}"[..12], name, Environment.MachineName, Environment.ProcessId);

    public string GetJobKey(long id) => FormattableString.Invariant($"{Key}-{id}");

    /// <summary>Splits the key of a job.</summary>
    /// <returns>False if it is none.</returns>
    public static bool TryParseJob(string key, out string pool, out long id)
    {
        var at = key.IndexOf('-', StringComparison.Ordinal);
        (pool, id) = (at < 0 ? "" : key[..at], 0);
        return at > 0 && long.TryParse(
            key.AsSpan(at + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out id);
    }
}
