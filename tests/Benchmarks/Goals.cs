using ActorPool.Benchmarks.Workloads;

namespace ActorPool.Benchmarks;

/// <summary>A bound that a measured value must meet.</summary>
internal sealed record Goal(string Id, string Text, double Measured, bool AtLeast, double Bound, int Decimals)
{
    public bool IsMet => AtLeast ? Measured >= Bound : Measured <= Bound;
}

/// <summary>Evaluates the goals of the workloads that were run.</summary>
internal static class Goals
{
    private static readonly string s_time = Metric.Time.Name;

    /// <summary>How many times as long as ActorPool another contender takes, at least.</summary>
    private sealed record Speed(
        string Id,
        string Text,
        string Workload,
        string Peer,
        double Bound,
        string Of = Names.ActorPool,
        string? Metric = null,
        int Decimals = 2);

    /// <summary>A value of ActorPool: the median of the rounds, or the largest for limits.</summary>
    private sealed record Own(
        string Id, string Text, string Workload, string Metric, bool AtLeast, double Bound, int Decimals, bool UseLargest = false);

    private static readonly Speed[] s_speeds =
    [
        new("G1", "W1 speed, caller's buffer, by Parallel.ForEach(Partitioner)", "W1", Names.Partitioner, 0.95),
        new("G1", "W1 speed, caller's buffer, by Parallel.For", "W1", Names.ParallelFor, 1.5),
        new("G1", "W1 speed, caller's buffer, by PLINQ ordered (which makes its array)", "W1", Names.Plinq, 2.5),
        new("G1", "  the same, ActorPool also makes its array", "W1", Names.Plinq, 2.5, Names.ActorPoolFresh),
        // Within 2 % of its time.
        new("G2", "W3 speed by Parallel.For", "W3", Names.ParallelFor, 1 / 1.02, Decimals: 3),
        new("G2", "W3 speed by sequential", "W3", Names.Sequential, 1.93),
        new("G4", "W5-1 p50, speed by one plain Akka Ask", "W5-1", Names.AkkaAsk, 1, Metric: "p50"),
        new("G4", "  the same, the caller blocks its own thread", "W5-1-blocking", Names.AkkaAsk, 1, Metric: "p50"),
        new("G4", "W5-100000 p50, speed by Parallel.For", "W5-100000", Names.ParallelFor, 1, Metric: "p50"),
        new("G5", "W6in speed by raw TCP", "W6in", Names.RawTcp, 0.6),
        new("G5", "W6out speed by raw TCP", "W6out", Names.RawTcp, 0.6),
        new("G5", "W6in speed with TLS by a bare SslStream", "W6in", Names.RawTls, 0.6, Names.ActorPoolTls),
        new("G5", "W6out speed with TLS by a bare SslStream", "W6out", Names.RawTls, 0.6, Names.ActorPoolTls),
        // At most 2.5 times its time.
        new("G6", "W1 between processes, speed by local sequential", "W1-cluster", Names.Sequential, 1 / 2.5),
        new("G6", "W1 between processes, speed by Akka.Remote", "W1-cluster", Names.AkkaRemote, 5),
        new("G6", "W1 between processes, speed by Orleans", "W1-cluster", Names.Orleans, 5),
        // At most three times its time.
        new("G7", "W5-1 between processes, p50, speed by a raw TCP round trip", "W5-1-cluster", Names.RawTcp, 1 / 3.0, Metric: "p50"),
        new("G8", "W3 over two nodes of one worker, speed by sequential", "W3-cluster", Names.Sequential, 1.88),
        new("G9", "W7 speed by PLINQ ordered", "W7", Names.Plinq, 1),
        new("G9", "W7 between processes, speed by Python's imap", "W7-cluster", Names.PythonImap, 3),
        // At most twice its time.
        new(
            "G12", "W8 with worker processes, from Create to the first result, speed by workers in the process", "W8-process",
            Names.ActorPool, 1 / 2.0, Names.ActorPoolProcesses, ColdStartWorkload.FromCreate),
        new(
            "G12", "W5-1 with worker processes, p50, speed by Python's Pool", "W5-1-process", Names.PythonPool, 3,
            Names.ActorPoolProcesses, "p50"),
        new("G12", "W1 with worker processes, speed by Python's Pool", "W1-process", Names.PythonPool, 15, Names.ActorPoolProcesses),
        new(
            "G12", "W3 with worker processes, speed by workers in the process", "W3-process", Names.ActorPool, 0.97,
            Names.ActorPoolProcesses, Decimals: 3),
        new("G12", "W6in with worker processes, speed by a raw Unix socket", "W6in-process", Names.RawUnix, 0.6, Names.ActorPoolProcesses),
        new(
            "G12", "W6out with worker processes, speed by a raw Unix socket", "W6out-process", Names.RawUnix, 0.6,
            Names.ActorPoolProcesses),
    ];

    private static readonly Own[] s_owns =
    [
        new("G3", "W4t balance, heavy items last", "W4t", UnevenWorkload.Balance, true, 0.98, 3),
        new("G3", "W4s balance, heavy items spread", "W4s", UnevenWorkload.Balance, true, 0.98, 3),
        new("G3", "W4h balance, heavy items first", "W4h", UnevenWorkload.Balance, true, 0.98, 3),
        new("G9", "W7 caller's peak memory, MiB", "W7", StreamWorkload.Peak, false, 100, 1, UseLargest: true),
        new("G9", "W7 caller's peak memory with a slow consumer, MiB", "W7-slow", StreamWorkload.Peak, false, 100, 1, UseLargest: true),
        new("G10", "W8 from Create to the first result, ms", "W8", ColdStartWorkload.FromCreate, false, 250, 0),
        new("G9", "W7 between processes, caller's peak memory, MiB", "W7-cluster", StreamWorkload.Peak, false, 100, 1, UseLargest: true),
        new(
            "G10", "W8 two processes, from the first one's start to the first result, ms", "W8-cluster", ColdStartWorkload.FromProcessStart,
            false, 1000, 0),
        new("G11", "W9 p99 of Task.Run with the pool saturated, ms", "W9", "p99", false, 2, 2),
    ];

    /// <summary>Gets the ids of the workloads that a goal needs.</summary>
    /// <returns>No ids for an unknown goal.</returns>
    public static IEnumerable<string> GetWorkloads(string goal) =>
        s_speeds.Select(s => (s.Id, s.Workload)).Concat(s_owns.Select(o => (o.Id, o.Workload)))
            .Where(g => g.Id.Equals(goal, StringComparison.OrdinalIgnoreCase)).Select(g => g.Workload);

    public static IEnumerable<Goal> Evaluate(IReadOnlyDictionary<string, Results> all)
    {
        var ratios =
            from s in s_speeds
            let metric = s.Metric ?? s_time
            let results = all.GetValueOrDefault(s.Workload)
            where results is not null && results.Has(s.Of, metric) && results.Has(s.Peer, metric)
            select new Goal(s.Id, s.Text, results.GetRatio(s.Peer, s.Of, metric), AtLeast: true, s.Bound, s.Decimals);
        var values =
            from o in s_owns
            let results = all.GetValueOrDefault(o.Workload)
            where results is not null && results.Has(Names.ActorPool, o.Metric)
            let value = o.UseLargest ? results.GetMax(Names.ActorPool, o.Metric) : results.GetMedian(Names.ActorPool, o.Metric)
            select new Goal(o.Id, o.Text, value, o.AtLeast, o.Bound, o.Decimals);
        return ratios.Concat(values).OrderBy(g => int.Parse(g.Id.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture));
    }
}
