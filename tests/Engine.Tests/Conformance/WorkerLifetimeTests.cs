using System.Collections.Concurrent;
using ActorPool.Tests.Support;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Conformance;

/// <summary>Cases MW, ML, MI and MX: workers of CPython's <c>multiprocessing.Pool</c>.</summary>
public class WorkerLifetimeTests : ConformanceCases
{
    [FactAt(Places.Here)]
    public async Task MW_01_an_apply_fails_with_the_exception_object_that_the_function_threw()
    {
        await using var pool = await CreatePool(2);
        var error = new KeyNotFoundException("key");
        var applied = pool.ApplyAsync<int>(() => throw error);
        var seen = applied.ContinueWith(done => done.Exception!.InnerException!.InnerException, TaskScheduler.Default);
        var failure = await FailsByItem<KeyNotFoundException>(applied, "apply", pool);
        Assert.Same(error, failure.InnerException);
        Assert.Same(error, await seen.Within("callback"));
    }

    [FactAt(Places.Here)]
    public async Task ML_01_workers_are_replaced_after_their_number_of_tasks_and_no_result_is_lost()
    {
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = 3, MaxTasksPerWorker = 10 });
        Assert.Equal(3, pool.Workers);
        var tasks = new ConcurrentDictionary<int, int>();
        var results = Enumerable.Range(0, 100).Select(i => pool.ApplyAsync(x =>
        {
            tasks.AddOrUpdate(ThisWorker(), 1, (_, n) => n + 1);
            return Sqr(x);
        }, i)).ToArray();
        Assert.Equal(Enumerable.Range(0, 100).Select(Sqr), await Task.WhenAll(results).Within("results", pool));
        Assert.All(tasks, worker => Assert.InRange(worker.Value, 1, 10));
        Assert.Equal(100, tasks.Values.Sum());
        await Deadline.Until(() => pool.Statistics.Workers == 3, "replacements", pool);
        Assert.InRange(pool.Statistics.Started, 10, 13);
        // After 100 tasks, at most ten on each worker, at most two of the first three workers can remain.
        var later = await pool.MapAsync(_ => ThisWorker(), Enumerable.Range(0, 10)).Within("ids of the later workers", pool);
        Assert.Contains(later, id => id > 2);
        Assert.Equal(0, pool.Statistics.Lost);
    }

    [Fact]
    public async Task ML_01_a_long_map_is_cut_so_that_no_worker_gets_more_than_its_number_of_tasks()
    {
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = 3, MaxTasksPerWorker = 10 });
        var workers = await pool.MapAsync(_ => ThisWorker(), Enumerable.Range(0, 100), new JobOptions { ChunkSize = 25 })
            .Within("map", pool);
        Assert.All(workers.CountBy(id => id), worker => Assert.InRange(worker.Value, 1, 10));
    }

    [Fact]
    public async Task ML_02_recycling_goes_on_while_the_pool_closes()
    {
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = 3, MaxTasksPerWorker = 1 });
        var gate = new Gate();
        var results = Enumerable.Range(0, 6).Select(i => pool.ApplyAsync(x =>
        {
            gate.Pass();
            return (Square: Sqr(x), Worker: ThisWorker());
        }, i)).ToArray();
        await gate.HasArrived(3, "first three", pool);
        var closed = pool.CloseAsync();
        gate.Open();
        await closed.Within("close before reading", pool);
        var outcomes = await Task.WhenAll(results).Within("results", pool);
        Assert.Equal([0, 1, 4, 9, 16, 25], outcomes.Select(outcome => outcome.Square));
        Assert.Equal(6, outcomes.Select(outcome => outcome.Worker).Distinct().Count());
    }

    [TheoryAt(Places.Here), MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task MI_02_the_initializer_runs_exactly_once_on_each_worker_even_without_tasks(int workers)
    {
        var calls = 0;
        var options = new WorkerPoolOptions { Workers = workers, Initializer = () => Interlocked.Increment(ref calls) };
        await using var pool = await CreatePool(options);
        await pool.CloseAsync().Within("close", pool);
        Assert.Equal(workers, calls);
    }

    [FactAt(Places.Here)]
    public async Task MX_01_when_one_of_five_workers_cannot_start_the_error_surfaces_and_the_others_are_stopped()
    {
        var states = new WorkerStates();
        var starts = 0;
        var error = new IOException("Manually induced OSError");
        await using var pool = await CreatePool(new WorkerPoolOptions
        {
            Workers = 5,
            Initializer = () =>
            {
                if (Interlocked.Increment(ref starts) == 4)
                    throw error;
            },
            WorkerState = states.Make,
        });
        var job = pool.ForEachAsync(_ => WaitForCancellation(), Enumerable.Range(0, 5), new JobOptions { ChunkSize = 1 });
        var failure = await Fails<NoWorkersException>(job, "job", pool);
        Assert.Same(error, failure.InnerException);
        await pool.DisposeAsync().Within("dispose", pool);
        Assert.Equal(states.Made, states.Disposed);
        Assert.InRange(starts, 4, 5);
    }

    [FactAt(Places.Here)]
    public async Task MX_02_a_pool_of_200_workers_works_and_ends()
    {
        var states = new WorkerStates();
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = 200, WorkerState = states.Make });
        var squares = await pool.MapAsync(Sqr, Enumerable.Range(0, 1000)).Within("map", pool);
        Assert.Equal(332833500, squares.Sum());
        await Deadline.Until(() => pool.Statistics.Workers == 200, "all workers", pool);
        var gate = new Gate();
        var all = pool.MapAsync(_ =>
        {
            gate.Pass();
            return ThisWorker();
        }, Enumerable.Range(0, 200), new JobOptions { ChunkSize = 1 });
        await gate.HasArrived(200, "all workers have an item at a time", pool);
        gate.Open();
        Assert.Equal(200, (await all.Within("ids", pool)).Distinct().Count());
        await pool.CloseAsync().Within("close", pool);
        Assert.Equal((200, 200), (states.Made, states.Disposed));
    }
}
