namespace ActorPool.Benchmarks.Workloads;

/// <summary>Uneven work: 2,000 items, of which 20 take a hundred times as long.</summary>
internal static class UnevenWorkload
{
    public const string Balance = "balance";

    private const int Count = 2_000;
    private const int Heavy = 20;
    private const int Rounds = 125_000;
    private const int HeavyRounds = 100 * Rounds;

    public static readonly Workload[] All =
    [
        CreateWorkload("W4t", "the last 20", i => i >= Count - Heavy),
        CreateWorkload("W4s", "every hundredth", i => i % (Count / Heavy) == 0),
        CreateWorkload("W4h", "the first 20", i => i < Heavy),
    ];

    private static Workload CreateWorkload(string id, string which, Func<int, bool> isHeavy)
    {
        var workers = 0;
        return new Workload(id, $"2,000 items of about 250 µs, {which} a hundred times as long", arena =>
        {
            workers = arena.Workers;
            var rounds = Enumerable.Range(0, Count).Select(i => isHeavy(i) ? HeavyRounds : Rounds);
            return arena.WorkPeers.Select(new MapWork<int, ulong>([.. rounds], WorkloadFunctions.Spin).CreateContender);
        })
        {
            Metrics = [Metric.Time, new(Balance, "", 3)],
            Note = "balance: the sequential time of the same round / (workers × time).",
            Derive = (results, round) => AddBalance(results, round, workers),
        };
    }

    private static void AddBalance(Results results, int round, int workers)
    {
        var time = Metric.Time.Name;
        if (!results.Has(Names.Sequential, time))
            return;
        foreach (var contender in results.Contenders.Where(c => c is not Names.Sequential && results.Has(c, time)))
        {
            var sequential = results.GetValue(Names.Sequential, round, time);
            results.Add(contender, round, Balance, sequential / (workers * results.GetValue(contender, round, time)));
        }
    }
}
