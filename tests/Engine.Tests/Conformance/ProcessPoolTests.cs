using System.Numerics;
using System.Runtime.CompilerServices;
using ActorPool.Tests.Support;
using Akka.Actor;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Conformance;

/// <summary>Cases PP and DL: tests of <c>ProcessPoolExecutor</c> that apply to one process.</summary>
public class ProcessPoolTests : ConformanceCases
{
    [Fact]
    public async Task PP_01_there_is_no_limit_of_61_workers()
    {
        await using var pool = await CreatePool(100);
        var gate = new Gate();
        var all = pool.ForEachAsync(_ => gate.Pass(), Enumerable.Range(0, 100), new JobOptions { ChunkSize = 1 });
        await gate.HasArrived(100, "all workers have an item at a time", pool);
        gate.Open();
        await all.Within("items", pool);
    }

    [FactAt(Places.Here)]
    public async Task PP_02_RY_28_the_item_of_a_killed_worker_runs_again_and_the_pool_heals_itself()
    {
        var system = ActorSystem.Create("pp-02", "akka.loglevel = OFF");
        try
        {
            await using var pool = WorkerPool.Create(system, new WorkerPoolOptions { Workers = 2, Name = "healing" });
            var gate = new Gate();
            var job = pool.StartMap(async (x, token) =>
            {
                await gate.PassAsync(token);
                return (Square: Sqr(x), Worker: ThisWorker(), WorkContext.Current!.Attempt);
            }, Enumerable.Range(0, 2), new JobOptions { ChunkSize = 1 });
            await gate.HasArrived(2, "both workers have an item", pool);
            system.ActorSelection("/user/healing/*/*/$a").Tell(Kill.Instance);
            await gate.HasArrived(3, "the item runs again", pool);
            gate.Open();
            var results = await job.Within("results", pool);
            Assert.Equal([0, 1], results.Select(result => result.Square));
            Assert.Equal(2, results.Select(result => result.Worker).Distinct().Count());
            await Deadline.Until(() => pool.Statistics is { Workers: 2, Lost: 1, Started: 3 }, "the replacement", pool);
            Assert.Equal(Squares, await pool.MapAsync(Sqr, Enumerable.Range(0, 10)).Within("later call", pool));
        }
        finally
        {
            await system.Terminate().Within("end of the system");
        }
    }

    [Theory]
    [InlineData(6)]
    [InlineData(50)]
    [InlineData(40)]
    public async Task PP_04_map_with_chunks_of_any_size(int chunkSize)
    {
        foreach (var workers in new[] { 1, 3, 4 })
        {
            await using var pool = await CreatePool(workers);
            var expected = Enumerable.Range(0, 40).Select(i => BigInteger.Pow(i, i)).ToArray();
            for (var round = 0; round < 2; round++)
            {
                var options = new JobOptions { ChunkSize = chunkSize };
                var powers = await pool.MapAsync(i => BigInteger.Pow(i, i), Enumerable.Range(0, 40), options).Within("map", pool);
                Assert.Equal(expected, powers);
            }
        }
    }

    [Fact]
    public async Task PP_05_a_negative_chunk_size_is_refused_at_the_call()
    {
        await using var pool = await CreatePool(1);
        var options = new JobOptions { ChunkSize = -1 };
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.MapAsync(Sqr, Enumerable.Range(0, 40), options); });
        Assert.Contains("[-1]", refused.Message, StringComparison.Ordinal);
    }

    [FactAt(Places.Here)]
    public async Task PP_08_an_argument_is_released_while_the_pool_lives_on()
    {
        await using var pool = await CreatePool(2);
        var (argument, result) = await CallWithArgument(pool);
        await Deadline.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !argument.IsAlive && !result.IsAlive;
        }, "collection of the argument and of the result", pool);
    }

    [FactAt(Places.Here | Places.Cluster)]
    public async Task PP_10_PP_11_idle_workers_are_reused_before_others_are_woken()
    {
        await using var pool = await CreatePool(5);
        await Deadline.Until(() => pool.Statistics.Workers == 5, "workers start", pool);
        var workers = new HashSet<int>();
        for (var round = 0; round < 3; round++)
        {
            var gate = new Gate();
            var calls = Enumerable.Range(0, 2).Select(_ => pool.ApplyAsync(() =>
            {
                gate.Pass();
                return ThisWorker();
            })).ToArray();
            await gate.HasArrived(2, "two at a time", pool);
            gate.Open();
            workers.UnionWith(await Task.WhenAll(calls).Within($"round {round}", pool));
            await Deadline.Until(() => pool.Statistics.Busy == 0, "workers are idle again", pool);
        }
        Assert.Equal(2, workers.Count);
    }

    [Fact]
    public async Task PP_16_calls_that_wait_for_replacements_end_while_the_pool_closes()
    {
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = 1, MaxTasksPerWorker = 1 });
        var gate = new Gate();
        var calls = Enumerable.Range(0, 3).Select(i => pool.ApplyAsync(x =>
        {
            gate.Pass();
            return (Value: x, Worker: ThisWorker());
        }, i)).ToArray();
        await gate.HasArrived(1, "the first one runs", pool);
        _ = pool.CloseAsync();
        gate.Open();
        var results = await Task.WhenAll(calls).Within("calls", pool);
        Assert.Equal([0, 1, 2], results.Select(result => result.Value));
        Assert.Equal(3, results.Select(result => result.Worker).Distinct().Count());
    }

    [FactAt(Places.Here)]
    public async Task PP_17_the_calls_of_an_unreferenced_pool_still_end()
    {
        var system = ActorSystem.Create("pp-17");
        try
        {
            var gate = new Gate();
            var calls = CallAndForget(system, gate);
            await gate.HasArrived(1, "the first one runs");
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            gate.Open();
            Assert.Equal([0, 1, 2], (await Task.WhenAll(calls).Within("calls of a forgotten pool")).AsEnumerable());
        }
        finally
        {
            await system.Terminate().Within("end of the system");
        }
    }

    [FactAt(Places.Here)]
    public async Task PP_19_a_replacement_that_cannot_start_fails_the_waiting_calls_at_once()
    {
        var starts = 0;
        var error = new IOException("spawn failed");
        await using var pool = await CreatePool(new WorkerPoolOptions
        {
            Workers = 1,
            MaxTasksPerWorker = 1,
            Initializer = () =>
            {
                if (Interlocked.Increment(ref starts) > 1)
                    throw error;
            },
        });
        var gate = new Gate();
        var calls = Enumerable.Range(0, 4).Select(i => pool.ApplyAsync(x =>
        {
            gate.Pass();
            return x;
        }, i)).ToArray();
        await gate.HasArrived(1, "the first one runs", pool);
        gate.Open();
        Assert.Equal(0, await calls[0].Within("the first one", pool));
        foreach (var call in calls.Skip(1))
            Assert.Same(error, (await Fails<NoWorkersException>(call, "a waiting one", pool)).InnerException);
        Assert.Equal(2, starts);
    }

    [FactAt(Places.Here)]
    public async Task PP_20_results_are_there_after_a_close_with_a_limit_of_one_task()
    {
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = 3, MaxTasksPerWorker = 1 });
        var calls = Enumerable.Range(0, 6).Select(i => pool.ApplyAsync(x => Mul(x, x), i)).ToArray();
        await pool.CloseAsync().Within("close", pool);
        Assert.Equal([0, 1, 4, 9, 16, 25], (await Task.WhenAll(calls).Within("results", pool)).AsEnumerable());
        Assert.InRange(pool.Statistics.Started, 6, 9);
    }

    [Fact]
    public async Task PP_25_a_broken_pool_can_be_terminated_any_number_of_times()
    {
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = 2, Initializer = () => throw new SayWhenException() });
        await Fails<NoWorkersException>(pool.ApplyAsync(Sqr, 5), "apply", pool);
        await pool.TerminateAsync().Within("terminate", pool);
        await pool.TerminateAsync().Within("second terminate", pool);
    }

    [Fact]
    public async Task PP_26_a_pool_can_be_terminated_before_its_workers_have_started()
    {
        for (var i = 0; i < 5; i++)
        {
            await using var pool = await CreatePool(3);
            await pool.TerminateAsync().Within("terminate", pool);
        }
        var gate = new Gate();
        await using var slow = await CreatePool(CreateImpatientOptions(1) with { Initializer = gate.Pass });
        await gate.HasArrived(1, "the initializer", slow);
        var call = slow.ApplyAsync(Sqr, 5);
        await slow.TerminateAsync().Within("terminate", slow);
        await Fails<PoolTerminatedException>(call, "call", slow);
        gate.Open();
    }

    [FactAt(Places.Here)]
    public async Task DL_07_a_throwing_function_stops_neither_its_worker_nor_the_pool()
    {
        await using var pool = await CreatePool(2);
        for (var i = 0; i < 20; i++)
            await FailsByItem<InvalidDataException>(pool.ApplyAsync(LargeError, i), $"call {i}", pool);
        Assert.Equal(Squares, await pool.MapAsync(Sqr, Enumerable.Range(0, 10)).Within("later call", pool));
        Assert.Equal((2L, 0L), (pool.Statistics.Started, pool.Statistics.Lost));
    }

    [Fact]
    public async Task DL_16_submitting_never_blocks_while_all_workers_are_busy()
    {
        await using var pool = await CreatePool(2);
        var gate = new Gate();
        var blocked = pool.ForEachAsync(_ => gate.Pass(), Enumerable.Range(0, 2), new JobOptions { ChunkSize = 1 });
        await gate.HasArrived(2, "all workers are busy", pool);
        var calls = Enumerable.Range(0, 1000).Select(i => pool.ApplyAsync(Identity, i)).ToArray();
        Assert.DoesNotContain(calls, call => call.IsCompleted);
        gate.Open();
        Assert.Equal(Enumerable.Range(0, 1000), await Task.WhenAll(calls).Within("calls", pool));
        await blocked.Within("the blocked ones", pool);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<(WeakReference Argument, WeakReference Result)> CallWithArgument(WorkerPool pool)
    {
        var argument = new object();
        var result = await pool.ApplyAsync(x => Tuple.Create(x), argument).Within("call", pool);
        Assert.Same(argument, result.Item1);
        return (new WeakReference(argument), new WeakReference(result));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<int>[] CallAndForget(ActorSystem system, Gate gate)
    {
        var pool = WorkerPool.Create(system, new WorkerPoolOptions { Workers = 1, MaxTasksPerWorker = 1 });
        return Enumerable.Range(0, 3).Select(i => pool.ApplyAsync(x =>
        {
            gate.Pass();
            return x;
        }, i)).ToArray();
    }
}
