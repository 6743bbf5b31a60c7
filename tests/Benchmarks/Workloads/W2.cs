namespace ActorPool.Benchmarks.Workloads;

/// <summary>Sums of a table's rows, the DataFrame example: as little work as W1, and memory read through references.</summary>
internal static class W2
{
    public static readonly Workload Rows = new("W2", "row sums of a table of 1,000,000 × 4 longs, a call a row", arena =>
    {
        var random = new Random(2);
        var work = new MapWork<long[], long>([.. Enumerable.Range(0, 1_000_000).Select(_ => Row(random))], WorkloadFunctions.RowSum);
        return arena.RangePeers.Select(work.Once);
    });

    // 0 to 99, but never four zeros.
    private static long[] Row(Random random) => [random.Next(1, 100), random.Next(100), random.Next(100), random.Next(100)];
}
