using ActorPool.Chunking;
using ActorPool.Configuration;
using ActorPool.Coordination;
using ActorPool.Gathering;
using ActorPool.Jobs;

namespace ActorPool.Tests.Jobs;

/// <summary>Jobs that no pool runs, for tests of bookkeeping classes.</summary>
internal static class TestJobs
{
    private static readonly PoolState s_pool = Pool();

    /// <summary>A map of the identity over 0 .. n - 1 in memory.</summary>
    public static JobExecution Map(int items, JobOptions? options = null) =>
        JobFactory.Map(s_pool, new ItemFunction<int, int>(x => x), Enumerable.Range(0, items).ToArray(), options).Execution;

    public static JobExecution MapAsync(int items, JobOptions? options = null)
    {
        var function = new AsyncItemFunction<int, int>((x, _) => new ValueTask<int>(x));
        return JobFactory.Map(s_pool, function, Enumerable.Range(0, items).ToArray(), options).Execution;
    }

    /// <summary>A map over an input that the test chooses.</summary>
    public static JobExecution Map(Input<int> input, JobOptions options, bool awaitsConsumer = false)
    {
        var function = new ItemFunction<int, int>(x => x);
        var sink = new ArraySink<int>(count: null);
        return new JobExecution<int, int>(s_pool, options, input, function, sink) { AwaitsConsumer = awaitsConsumer };
    }

    /// <summary>A map in which no failure ends the job.</summary>
    public static JobExecution TryMap(int items, JobOptions? options = null) =>
        JobFactory.TryMap(s_pool, new ItemFunction<int, int>(x => x), Enumerable.Range(0, items).ToArray(), options).Execution;

    public static JobExecution Stream(int items, JobOptions options)
    {
        var input = new MemoryInput<int>(Enumerable.Range(0, items).ToArray());
        return JobFactory.Stream(s_pool, new ItemFunction<int, int>(x => x), input, options).Execution;
    }

    /// <summary>A function over whole chunks.</summary>
    public static JobExecution MapChunks(int items, JobOptions? options = null) =>
        JobFactory.MapChunks(
            s_pool, new WholeChunkFunction<int, int>(chunk => chunk.ToArray()), Enumerable.Range(0, items).ToArray(), options).Execution;

    public static JobLedger Ledger(JobExecution execution, int maxInWindow = 1000) =>
        new(execution, new ChunkSizer(execution.Options.ChunkSize, TimeSpan.FromMilliseconds(2), max: 1000), maxInWindow);

    public static Lease Lease(int items = 10, bool asynchronous = false, int losses = 0)
    {
        var execution = asynchronous ? MapAsync(items) : Map(items);
        return new Lease(execution, execution.Cut(items)!, attempt: 1, losses);
    }

    private static PoolState Pool()
    {
        var options = new WorkerPoolOptions { Workers = 2 };
        return new PoolState(PoolSettings.Read(options, PoolConfig.ForOwnSystem(options)));
    }
}
