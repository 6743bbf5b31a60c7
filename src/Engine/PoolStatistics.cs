namespace ActorPool;

/// <summary>Counts of what a pool has done since it was created, and is doing now.</summary>
/// <remarks>
/// The workers of nodes count while the pool has them: a node that joins counts as starting its workers, one that is lost as losing them.
/// The node's log says what happens to single workers on it.
/// </remarks>
/// <param name="Workers">Workers that are ready or hold a chunk, including those added for nested calls; not abandoned ones.</param>
/// <param name="Busy">Workers that hold a chunk now.</param>
/// <param name="Jobs">Jobs that have not ended.</param>
/// <param name="Started">Workers that were ever started, replacements included.</param>
/// <param name="Lost">
/// Workers that stopped without being asked to; those of this process are replaced, and those of nodes that leave in good order do not
/// count.
/// </param>
/// <param name="Abandoned">
/// Workers of this process that were given up because their function did not return in time, and were replaced. A function that is not
/// asynchronous keeps its thread until it returns.
/// </param>
/// <param name="ItemsDone">
/// Items with an outcome, failed ones included; one that <see cref="Job{TResult}.RetryFailedAsync"/> ran again counts for each outcome.
/// </param>
/// <param name="ItemsFailed">Items that failed, also those that were run again afterwards.</param>
/// <param name="ItemsRetried">
/// Attempts that were followed by another one, as in <see cref="JobProgress.Retried"/>.
/// </param>
public sealed record PoolStatistics(
    int Workers, int Busy, int Jobs, long Started, long Lost, long Abandoned, long ItemsDone, long ItemsFailed, long ItemsRetried)
{
    /// <summary>Nodes that the pool has a session with now, including those that leave.</summary>
    /// <value>0 or more; 0 in a pool of one process.</value>
    public int Nodes { get; init; }

    /// <summary>Items that nodes handed back because they left or joined their cluster again.</summary>
    /// <value>0 or more.</value>
    /// <remarks>
    /// They are dispatched to other nodes, and no loss is charged to them. Those whose attempt had started, or may have, also count among
    /// <see cref="ItemsRetried"/>.
    /// </remarks>
    public long ItemsHandedBack { get; init; }
}
