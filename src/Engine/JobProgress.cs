namespace ActorPool;

/// <summary>How far a job has come, at one moment.</summary>
/// <param name="Done">
/// Items with an outcome, failed ones included; 0 or more. It falls only when <see cref="Job{TResult}.RetryFailedAsync"/>, or an operator,
/// lets failed items run again.
/// </param>
/// <param name="Failed">Items among them that failed; 0 or more.</param>
/// <param name="Retried">
/// Attempts that were followed by another one: after an exception, by order, or since their worker or node was lost, or had to leave while
/// it ran them; 0 or more. Of a lost node's chunk each item counts. What a node hands back before it begins is no attempt.
/// </param>
/// <param name="Total">All items of the job; <see langword="null"/> while the source has not ended and its length is unknown.</param>
/// <param name="Elapsed">Time since the job was submitted, until its end.</param>
public sealed record JobProgress(long Done, long Failed, long Retried, long? Total, TimeSpan Elapsed)
{
    /// <summary>The job's name.</summary>
    /// <value>
    /// <see cref="JobOptions.Name"/> or a generated one, as in <see cref="Job{TResult}.Name"/>; empty if a program made the object.
    /// </value>
    public string Name { get; init; } = "";

    /// <summary>Whether the job runs, or how it has ended.</summary>
    /// <value>
    /// <see cref="JobState.Running"/> in all reports to <see cref="JobOptions.Progress"/> but the last one, which says how the job ended.
    /// </value>
    public JobState State { get; init; }

    /// <summary>Workers that the pool has now, in this process and on nodes.</summary>
    /// <value>0 or more; 0 while the job waits for some, because they start or all nodes are gone.</value>
    public int Workers { get; init; }

    /// <summary>Items a second, over the whole job so far.</summary>
    /// <value>0 before the first item is done.</value>
    public double Rate => Elapsed > TimeSpan.Zero ? Done / Elapsed.TotalSeconds : 0;

    /// <summary>The time that the remaining items will take at the same rate.</summary>
    /// <value><see langword="null"/> while the total is unknown or no item is done.</value>
    public TimeSpan? Remaining => Total is { } total && Done > 0 ? Elapsed * ((double)(total - Done) / Done) : null;
}
