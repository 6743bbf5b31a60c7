namespace ActorPool.Benchmarks.Workloads;

/// <summary>Honest work: how much of two processors arrives.</summary>
internal static class W3
{
    public const int Count = 20_000;
    public const int Rounds = 50_000;

    public static readonly Workload Items = new("W3", "20,000 items of about 100 µs, 50,000 rounds of xorshift64 each", arena =>
    {
        var work = Work();
        return arena.WorkPeers.Append(arena.AkkaItems).Select(work.Once);
    });

    public static MapWork<int, ulong> Work() => new([.. Enumerable.Repeat(Rounds, Count)], WorkloadFunctions.Spin);
}
