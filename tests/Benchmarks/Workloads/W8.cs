using ActorPool.Benchmarks.Children;

namespace ActorPool.Benchmarks.Workloads;

/// <summary>A cold start: a fresh process until its pool's first result.</summary>
internal static class W8
{
    public const string FromCreate = "from create";

    public static readonly Workload Start = new("W8", "start of the pool to the first result of one call, fresh process", arena =>
        new[] { Names.ActorPool, Names.ParallelFor, Names.AkkaAsk }.Select(c => new Contender(c, () => StartChild.MeasureAsync(c, arena.Workers))))
    {
        Metrics = [new(FromCreate, "ms", 1), new("from process start", "ms", 1)],
        WarmUp = TimeSpan.Zero,
    };
}
