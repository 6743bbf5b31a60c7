namespace ActorPool.Benchmarks;

/// <summary>A bound that a measured value has to keep.</summary>
internal sealed record Goal(string Id, string Text, double Measured, bool AtLeast, double Bound, int Decimals)
{
    public bool IsMet => AtLeast ? Measured >= Bound : Measured <= Bound;
}

/// <summary>The goals that can be answered within one machine and without the network, each from the workloads that were run.</summary>
internal static class Goals
{
    private static readonly string Time = Metric.Time.Name;

    /// <summary>How many times longer than ActorPool another contender takes, at least.</summary>
    private sealed record Speed(
        string Id, string Text, string Workload, string Peer, double Bound, string Of = Names.ActorPool, string? Metric = null, int Decimals = 2);

    /// <summary>A value of ActorPool's own: the median of the rounds, or the largest where the goal is a limit.</summary>
    private sealed record Own(string Id, string Text, string Workload, string Metric, bool AtLeast, double Bound, int Decimals, bool Worst = false);

    private static readonly Speed[] Speeds =
    [
        new("G1", "W1 speed, caller's buffer, by Parallel.ForEach(Partitioner)", "W1", Names.Partitioner, 0.95),
        new("G1", "W1 speed, caller's buffer, by Parallel.For", "W1", Names.ParallelFor, 1.5),
        new("G1", "W1 speed, caller's buffer, by PLINQ ordered (which makes its array)", "W1", Names.Plinq, 2.5),
        new("G1", "  the same, ActorPool making its array too", "W1", Names.Plinq, 2.5, Names.ActorPoolFresh),
        // Within 2 % of its time.
        new("G2", "W3 speed by Parallel.For", "W3", Names.ParallelFor, 1 / 1.02, Decimals: 3),
        new("G2", "W3 speed by sequential", "W3", Names.Sequential, 1.93),
        new("G4", "W5-1 p50, speed by one plain Akka Ask", "W5-1", Names.AkkaAsk, 1, Metric: "p50"),
        new("G4", "  the same, the caller blocking on a thread of its own", "W5-1-blocking", Names.AkkaAsk, 1, Metric: "p50"),
        new("G4", "W5-100000 p50, speed by Parallel.For", "W5-100000", Names.ParallelFor, 1, Metric: "p50"),
        new("G9", "W7 speed by PLINQ ordered", "W7", Names.Plinq, 1),
    ];

    private static readonly Own[] Owns =
    [
        new("G3", "W4t balance, heavy items last", "W4t", Workloads.W4.Balance, true, 0.98, 3),
        new("G3", "W4s balance, heavy items spread", "W4s", Workloads.W4.Balance, true, 0.98, 3),
        new("G3", "W4h balance, heavy items first", "W4h", Workloads.W4.Balance, true, 0.98, 3),
        new("G9", "W7 caller's peak memory, MiB", "W7", Workloads.W7.Peak, false, 100, 1, Worst: true),
        new("G9", "W7 caller's peak memory with a slow consumer, MiB", "W7-slow", Workloads.W7.Peak, false, 100, 1, Worst: true),
        new("G10", "W8 from Create to the first result, ms", "W8", Workloads.W8.FromCreate, false, 250, 0),
        new("G11", "W9 p99 of Task.Run with the pool saturated, ms", "W9", "p99", false, 2, 2),
    ];

    public static IEnumerable<Goal> Measured(IReadOnlyDictionary<string, Results> all)
    {
        var ratios =
            from s in Speeds
            let metric = s.Metric ?? Time
            let results = all.GetValueOrDefault(s.Workload)
            where results is not null && results.Has(s.Of, metric) && results.Has(s.Peer, metric)
            select new Goal(s.Id, s.Text, results.Ratio(s.Peer, s.Of, metric), AtLeast: true, s.Bound, s.Decimals);
        var values =
            from o in Owns
            let results = all.GetValueOrDefault(o.Workload)
            where results is not null && results.Has(Names.ActorPool, o.Metric)
            let value = o.Worst ? results.Max(Names.ActorPool, o.Metric) : results.Median(Names.ActorPool, o.Metric)
            select new Goal(o.Id, o.Text, value, o.AtLeast, o.Bound, o.Decimals);
        return ratios.Concat(values).OrderBy(g => int.Parse(g.Id.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture));
    }
}
