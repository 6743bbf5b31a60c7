using System.Collections.Concurrent;
using ActorPool.Tests.Support;
using Akka.Actor;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Conformance;

/// <summary>Cases RY and RA: Ray's <c>multiprocessing.Pool</c> and <c>ActorPool</c>.</summary>
public class RayTests : ConformanceCases
{
    [Fact]
    public async Task RY_01_a_pool_starts_what_it_needs_and_two_items_reach_two_workers()
    {
        await using var pool = await CreatePool(2);
        Assert.Equal(2, (await GetBusyWorkerIds(pool, 2)).Distinct().Count());
    }

    [FactAt(Places.Here)]
    public async Task RY_02_a_pool_joins_an_actor_system_that_is_there_and_leaves_it_running()
    {
        var system = ActorSystem.Create("ry-02");
        try
        {
            await using (var pool = WorkerPool.Create(system, new WorkerPoolOptions { Workers = 2 }))
            {
                await using var other = WorkerPool.Create(system, new WorkerPoolOptions { Workers = 3 });
                Assert.Equal((2, 3), (pool.Workers, other.Workers));
                Assert.Equal(2, (await GetBusyWorkerIds(pool, 2)).Distinct().Count());
                Assert.Equal(3, (await GetBusyWorkerIds(other, 3)).Distinct().Count());
            }
            Assert.False(system.WhenTerminated.IsCompleted);
            await using var later = WorkerPool.Create(system, new WorkerPoolOptions { Workers = 1 });
            Assert.Equal(25, await later.ApplyAsync(Sqr, 5).Within("a pool after the others", later));
        }
        finally
        {
            await system.Terminate().Within("end of the system");
        }
    }

    [Fact]
    public async Task RY_07_close_waits_for_blocked_tasks_and_all_have_their_result()
    {
        await using var pool = await CreatePool(4);
        var gate = new Gate();
        var job = pool.StartMap(_ =>
        {
            gate.Pass();
            return "hello";
        }, Enumerable.Range(0, 4), new JobOptions { ChunkSize = 1 });
        var closed = pool.CloseAsync();
        await gate.HasArrived(4, "four blocked tasks", pool);
        Assert.False(job.Completion.IsCompleted);
        Assert.False(closed.IsCompleted);
        gate.Open();
        await closed.Within("close", pool);
        Assert.True(job.Completion.IsCompletedSuccessfully);
        Assert.All(await job, text => Assert.Equal("hello", text));
    }

    [Fact]
    public async Task RY_08_terminate_ends_tasks_that_are_blocked_forever_with_an_error()
    {
        await using var pool = await CreatePool(4);
        var started = new Gate();
        started.Open();
        var job = pool.StartMap(x =>
        {
            started.Pass();
            WaitForCancellation();
            return x;
        }, Enumerable.Range(0, 4), new JobOptions { ChunkSize = 1 });
        await started.HasArrived(4, "four blocked tasks", pool);
        await pool.TerminateAsync().Within("terminate", pool);
        Assert.True(job.Completion.IsFaulted);
        await Fails<PoolTerminatedException>(job.Completion, "the job", pool);
    }

    [Fact]
    public async Task RY_10_a_call_is_not_ready_before_its_function_is()
    {
        await using var pool = await CreatePool(4);
        var gate = new Gate();
        var call = pool.ApplyAsync(val =>
        {
            gate.Pass();
            return 10 / val;
        }, 10);
        await gate.HasArrived(1, "the call", pool);
        Assert.False(call.IsCompleted);
        await Assert.ThrowsAsync<TimeoutException>(() => call.WaitAsync(TimeSpan.FromMilliseconds(1)));
        gate.Open();
        Assert.Equal(1, await call.Within("the call", pool));
        await FailsByItem<DivideByZeroException>(pool.ApplyAsync(val => 10 / val, 0), "division by zero", pool);
    }

    [FactAt(Places.Here)]
    public async Task RY_13_every_worker_has_its_share_of_a_map()
    {
        await using var pool = await CreatePool(4);
        // In each round four items wait for each other: a chunk dispatched to a busy worker while another is idle would stop them all.
        using var round = new Barrier(4);
        var results = await pool.MapAsync(x =>
        {
            Assert.True(round.SignalAndWait(Deadline.Limit));
            return (Value: x, Worker: ThisWorker());
        }, Enumerable.Range(0, 1000), new JobOptions { ChunkSize = 1 }).Within("map", pool);
        Assert.Equal(Enumerable.Range(0, 1000), results.Select(result => result.Value));
        Assert.All(results.CountBy(result => result.Worker), worker => Assert.True(worker.Value > 100));
        Assert.Equal(4, results.Select(result => result.Worker).Distinct().Count());
    }

    [Theory]
    [InlineData(false)] // RY-14: every item fails
    [InlineData(true)] // RY-16: only item 50 does
    public async Task RY_14_RY_16_a_map_fails_with_the_exception_of_an_item(bool onlyOne)
    {
        await using var pool = await CreatePool(4);
        var job = pool.StartMap(x => onlyOne && x != 50 ? x : throw new InvalidDataException("test_map failure"), Enumerable.Range(0, 100));
        var failure = await FailsByItem<InvalidDataException>(job.Completion, "map", pool);
        Assert.Equal("test_map failure", failure.InnerException!.Message);
        Assert.True(job.Completion.IsFaulted);
        if (onlyOne)
            Assert.Equal(50, failure.Index);
    }

    [Fact]
    public async Task RY_17_star_map_takes_tuples_and_lambdas()
    {
        await using var pool = await CreatePool(4);
        var two = await pool.StarMapAsync((int x, int y) => x + y, Inputs(1, 2).Zip(Inputs(3, 4))).Within("pairs", pool);
        Assert.Equal([4, 6], two.AsEnumerable());
        var three = await pool.StarMapAsync((int x, string y, bool z) => (x, y, z), Inputs((1, "a", true), (2, "b", false)))
            .Within("triples", pool);
        Assert.Equal([(1, "a", true), (2, "b", false)], three.AsEnumerable());
        var four = await pool.StarMapAsync(
            (int w, int x, int y, int z) => (w * x) + (y * z), Enumerable.Range(0, 100).Select(i => (i, 1, i, 2)))
            .Within("quadruples", pool);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => 3 * i), four);
        var arrays = Enumerable.Range(0, 100).Select(n => Enumerable.Range(0, n).ToArray()).ToArray();
        Assert.Equal(arrays, await pool.MapAsync(numbers => numbers.ToArray(), arrays).Within("tuples of any length", pool));
    }

    [Fact]
    public async Task RY_19_there_is_one_answer_the_whole_list_or_one_exception()
    {
        await using var pool = await CreatePool(4);
        var answers = new ConcurrentQueue<Task<int[]>>();
        var good = pool.StartMap(Sqr, Enumerable.Range(0, 100));
        var bad = pool.StartMap(x => x is 2 or 50 or 98 ? throw new SayWhenException() : x, Enumerable.Range(0, 100));
        var callbacks = new[] { good, bad }.Select(job => job.Completion.ContinueWith(answers.Enqueue, TaskScheduler.Default));
        await Task.WhenAll(callbacks).Within("callbacks", pool);
        Assert.Equal(2, answers.Count);
        Assert.Equal(100, (await good).Length);
        Assert.Single(bad.Completion.Exception!.InnerExceptions);
        var failure = await FailsByItem<SayWhenException>(bad.Completion, "map", pool);
        Assert.Contains(failure.Index, new long[] { 2, 50, 98 });
    }

    [Theory]
    [InlineData(true, JobOrder.Input)] // RY-20
    [InlineData(false, JobOrder.Input)]
    [InlineData(true, JobOrder.Completion)] // RY-22
    [InlineData(false, JobOrder.Completion)]
    public async Task RY_20_RY_22_a_stream_of_outcomes_has_values_and_errors_in_their_places(bool list, JobOrder order)
    {
        await using var pool = await CreatePool(4);
        IEnumerable<int> inputs = list ? Enumerable.Range(0, 100).ToList() : Generated(Enumerable.Range(0, 100));
        var outcomes = await pool.TryStreamAsync(
            x => x is 2 or 50 or 98 ? throw new SayWhenException($"item {x}") : Sqr(x),
            inputs, new JobOptions { ChunkSize = 11, Order = order }).ReadAll("outcomes", pool);
        if (order == JobOrder.Input)
            Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), outcomes.Select(outcome => outcome.Index));
        var sorted = outcomes.OrderBy(outcome => outcome.Index).ToArray();
        Assert.Equal(100, sorted.Length);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(i, sorted[i].Index);
            Assert.Equal(i is not (2 or 50 or 98), sorted[i].IsSuccess);
            if (sorted[i].IsSuccess)
                Assert.Equal(i * i, sorted[i].Value);
            else
                Assert.Equal($"item {i}", Assert.IsType<SayWhenException>(sorted[i].Error!.InnerException).Message);
        }
        Assert.Same(sorted[2].Error, Assert.Throws<WorkItemException>(() => sorted[2].Value));
    }

    [Fact]
    public async Task RY_23_a_wait_that_ran_out_of_time_consumes_no_item()
    {
        await using var pool = await CreatePool(4);
        var gate = new Gate();
        await using var results = pool.StreamAsync(x =>
        {
            if (x == 23)
                gate.Pass();
            return x;
        }, Generated(Enumerable.Range(0, 100)), new JobOptions { ChunkSize = 1 }).GetAsyncEnumerator();
        for (var i = 0; i < 23; i++)
            Assert.Equal(i, await results.Next($"pull {i}", pool));
        var pull = results.MoveNextAsync().AsTask();
        await gate.HasArrived(1, "item 23", pool);
        await Assert.ThrowsAsync<TimeoutException>(() => pull.WaitAsync(TimeSpan.FromMilliseconds(1)));
        gate.Open();
        Assert.True(await pull.Within("the same pull", pool));
        Assert.Equal(23, results.Current);
        for (var i = 24; i < 100; i++)
            Assert.Equal(i, await results.Next($"pull {i}", pool));
        Assert.False(await results.MoveNextAsync().Within("end", pool));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task RY_25_with_a_limit_of_one_task_each_item_has_its_own_worker(int? chunkSize)
    {
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = 5, MaxTasksPerWorker = 1 });
        var ids = await pool.MapAsync(_ => ThisWorker(), Enumerable.Range(0, 20), new JobOptions { ChunkSize = chunkSize })
            .Within("map", pool);
        Assert.Equal(20, ids.Distinct().Count());
    }

    [FactAt(Places.Here)]
    public async Task RY_26_pools_inside_pools_inside_pools_do_not_wait_for_each_other()
    {
        await using var pool = await CreatePool(1);
        // In the same pool, whose only worker waits for the calls that it has started.
        var nested = await pool.MapAsync(
            async (_, token) => await pool.MapAsync(
                async (x, inner) => await pool.ApplyAsync(() => Math.Sqrt(x), cancellationToken: inner),
                Inputs(0, 1), cancellationToken: token),
            Inputs(0, 1)).Within("nested calls of one pool", pool);
        Assert.All(nested, roots => Assert.Equal([0.0, 1.0], roots.AsEnumerable()));
        // With a pool for each call.
        var separate = await pool.MapAsync(async (_, token) =>
        {
            await using var inner = await CreatePool(1);
            return await inner.MapAsync(async (x, _) =>
            {
                await using var innermost = await CreatePool(1);
                return await innermost.ApplyAsync(() => Math.Sqrt(x), cancellationToken: token);
            }, Inputs(0, 1), cancellationToken: token);
        }, Inputs(0, 1)).Within("pools inside pools", pool);
        Assert.All(separate, roots => Assert.Equal([0.0, 1.0], roots.AsEnumerable()));
    }

    [FactAt(Places.Here)]
    public async Task RY_29_MC_02_chunks_go_to_the_worker_that_is_free_and_not_round_robin()
    {
        await using var pool = await CreatePool(2);
        var others = new CountdownEvent(99);
        var results = await pool.MapAsync(x =>
        {
            if (x == 0)
                Assert.True(others.Wait(Deadline.Limit)); // until all other items are done
            else
                others.Signal();
            return ThisWorker();
        }, Enumerable.Range(0, 100), new JobOptions { ChunkSize = 1 }).Within("map", pool);
        Assert.Single(results, id => id == results[0]);
        others.Dispose();
    }

    [Fact]
    public async Task RA_01_RA_04_calls_are_under_way_as_soon_as_they_are_made()
    {
        await using var pool = await CreatePool(4);
        var ran = new Gate();
        ran.Open();
        var calls = Enumerable.Range(0, 5).Select(i => pool.ApplyAsync(x =>
        {
            ran.Pass();
            return x + 1;
        }, i)).ToArray();
        await ran.HasArrived(5, "all run before they are awaited", pool);
        for (var i = 0; i < 5; i++)
            Assert.Equal(i + 1, await calls[i].Within($"call {i}", pool));
    }

    [Fact]
    public async Task RA_02_RA_05_unordered_results_are_each_there_once()
    {
        await using var pool = await CreatePool(4);
        var options = new JobOptions { Order = JobOrder.Completion };
        var doubled = await pool.StreamAsync(x => 2 * x, GeneratedAsync(Enumerable.Range(0, 5)), options).ReadAll("doubles", pool);
        Assert.Equal([0, 2, 4, 6, 8], doubled.Order());
        var calls = Enumerable.Range(0, 5).Select(i => pool.ApplyAsync(x => x + 1, i)).ToArray();
        var seen = new List<int>();
        await foreach (var call in Task.WhenEach(calls))
            seen.Add(await call);
        Assert.Equal([1, 2, 3, 4, 5], seen.Order());
    }

    [Theory]
    [InlineData(JobOrder.Input)] // RA-07
    [InlineData(JobOrder.Completion)] // RA-08
    public async Task RA_07_RA_08_an_endless_task_runs_out_of_time(JobOrder order)
    {
        await using var pool = await CreatePool(4);
        await using var results = pool.StreamAsync(x =>
        {
            WaitForCancellation();
            return x;
        }, Inputs(1), new JobOptions { Timeout = TimeSpan.FromMilliseconds(20), Order = order }).GetAsyncEnumerator();
        var timeout = await Fails<TimeoutException>(results.MoveNextAsync().AsTask(), "pull", pool);
        Assert.Contains("1 (of 1) items unfinished", timeout.Message, StringComparison.Ordinal);
    }

    [FactAt(Places.Here)]
    public async Task RA_13_an_exception_evicts_no_worker_and_a_dead_one_is_replaced()
    {
        var system = ActorSystem.Create("ra-13", "akka.loglevel = OFF");
        try
        {
            await using var pool = WorkerPool.Create(system, new WorkerPoolOptions { Workers = 2, Name = "evicting" });
            for (var i = 0; i < 10; i++)
                await FailsByItem<SayWhenException>(pool.ApplyAsync<int>(() => throw new SayWhenException()), "failing call", pool);
            Assert.Equal([0, 1], (await GetBusyWorkerIds(pool, 2)).Order());
            system.ActorSelection("/user/evicting/*/*/$a").Tell(PoisonPill.Instance);
            await Deadline.Until(() => pool.Statistics is { Lost: 1, Workers: 2 }, "the replacement", pool);
            Assert.Single((await GetBusyWorkerIds(pool, 2)).Intersect([0, 1]));
        }
        finally
        {
            await system.Terminate().Within("end of the system");
        }
    }

    /// <summary>Returns the numbers of the workers that hold one item each at the same time.</summary>
    private static async Task<int[]> GetBusyWorkerIds(WorkerPool pool, int workers)
    {
        var gate = new Gate();
        var ids = pool.MapAsync(_ =>
        {
            gate.Pass();
            return ThisWorker();
        }, Enumerable.Range(0, workers), new JobOptions { ChunkSize = 1 });
        await gate.HasArrived(workers, $"{workers} items at a time", pool);
        gate.Open();
        return await ids.Within("ids", pool);
    }
}
