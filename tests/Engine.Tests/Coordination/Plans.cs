using ActorPool.Chunking;
using ActorPool.Coordination;
using ActorPool.Functions;
using ActorPool.Gathering;
using ActorPool.Hosting;

namespace ActorPool.Tests.Coordination;

/// <summary>Jobs that no pool runs, for tests of the books.</summary>
internal static class Plans
{
    private static readonly PoolState s_pool = Pool();

    /// <summary>A map of the identity over 0 .. n - 1 in memory.</summary>
    public static JobPlan Map(int items, JobOptions? options = null) =>
        JobFactory.Map(s_pool, new ItemFunction<int, int>(x => x), Enumerable.Range(0, items).ToArray(), options).Plan;

    public static JobPlan MapAsync(int items, JobOptions? options = null) =>
        JobFactory.Map(s_pool, new AsyncItemFunction<int, int>((x, _) => new ValueTask<int>(x)), Enumerable.Range(0, items).ToArray(), options).Plan;

    /// <summary>A map over an input that the test chooses.</summary>
    public static JobPlan Map(Input<int> input, JobOptions options, bool awaitsConsumer = false)
    {
        var gathering = new CollectGathering<int, SegmentedResults<int>, int[]>(new SegmentedResults<int>(), results => results.ToArray());
        return new JobPlan<int, int>(s_pool, options, input, new ItemFunction<int, int>(x => x), gathering) { AwaitsConsumer = awaitsConsumer };
    }

    /// <summary>A function over whole chunks.</summary>
    public static JobPlan MapChunks(int items, JobOptions? options = null) =>
        JobFactory.MapChunks(s_pool, new WholeChunkFunction<int, int>(chunk => chunk.ToArray()), Enumerable.Range(0, items).ToArray(), options).Plan;

    public static JobLedger Ledger(JobPlan plan, int mostInWindow = 1000) =>
        new(plan, new ChunkSizer(plan.Options.ChunkSize, TimeSpan.FromMilliseconds(2), most: 1000), mostInWindow);

    public static Lease Lease(int items = 10, bool asynchronous = false, int losses = 0)
    {
        var plan = asynchronous ? MapAsync(items) : Map(items);
        return new Lease(plan, plan.Cut(items)!, attempt: 1, losses);
    }

    private static PoolState Pool()
    {
        var options = new WorkerPoolOptions { Workers = 2 };
        return new PoolState(PoolSettings.Read(options, PoolConfig.ForOwnSystem(options)));
    }
}
