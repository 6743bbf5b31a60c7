namespace ActorPool.Benchmarks.Workloads;

/// <summary>Row sums of a table: as little work as W1, but memory behind references.</summary>
/// <remarks>This is the DataFrame example.</remarks>
internal static class RowSumsWorkload
{
    public static readonly Workload Rows = new("W2", "row sums of a table of 1,000,000 × 4 longs, one call for each row", arena =>
    {
        var random = new Random(2);
        var work = new MapWork<long[], long>([.. Enumerable.Range(0, 1_000_000).Select(_ => CreateRow(random))], WorkloadFunctions.RowSum);
        return arena.RangePeers.Select(work.CreateContender);
    });

    // 0 to 99, but never four zeros.
    private static long[] CreateRow(Random random) => [random.Next(1, 100), random.Next(100), random.Next(100), random.Next(100)];
}
