namespace ActorPool;

/// <summary>What a pool has done and is doing, at one moment; all counts since it was created.</summary>
/// <remarks>The workers of nodes count while the pool has them: a node that joins has started its workers, one that is lost has lost them. What becomes of single workers on a node, the node's log says.</remarks>
/// <param name="Workers">Workers that are ready or running an item, loaned ones included; abandoned ones are not.</param>
/// <param name="Busy">Workers that hold a chunk now.</param>
/// <param name="Jobs">Jobs that have not ended.</param>
/// <param name="Started">Workers that were ever started, replacements included.</param>
/// <param name="Lost">Workers that stopped without being asked to, and were replaced.</param>
/// <param name="Abandoned">Workers that were given up because their function did not come back in time, and were replaced; each keeps a thread until its function ends.</param>
/// <param name="ItemsDone">Items with an outcome, failed ones included.</param>
/// <param name="ItemsFailed">Items that failed.</param>
/// <param name="ItemsRetried">Attempts that were followed by another one.</param>
public sealed record PoolStatistics(int Workers, int Busy, int Jobs, long Started, long Lost, long Abandoned, long ItemsDone, long ItemsFailed, long ItemsRetried);
