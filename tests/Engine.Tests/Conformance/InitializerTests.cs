using System.Collections.Concurrent;
using ActorPool.Tests.Support;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Conformance;

/// <summary>Initializers and isolation of workers: cases IN and IP.</summary>
public class InitializerTests : ConformanceCases
{
    [Fact]
    public async Task IN_01_tasks_see_what_the_initializer_has_set()
    {
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = 2, WorkerState = () => Tuple.Create("initialized") });
        var options = new JobOptions { ChunkSize = 1 };
        var seen = await pool.MapAsync(_ => ((Tuple<string>)WorkContext.Current!.State!).Item1, Enumerable.Range(0, 2), options)
            .Within("map", pool);
        Assert.All(seen, text => Assert.Equal("initialized", text));
    }

    [TheoryAt(Places.Here)]
    [InlineData(false)] // IN-02, PB-11
    [InlineData(true)] // the factory of the workers' state fails the same way
    public async Task IN_02_PB_11_a_failing_initializer_breaks_the_pool_for_this_and_every_later_call(bool inState)
    {
        var calls = 0;
        var error = new ArgumentException("error in initializer");
        var fail = () =>
        {
            Interlocked.Increment(ref calls);
            throw error;
        };
        await using var pool = await CreatePool(new WorkerPoolOptions
        {
            Workers = 2,
            Initializer = inState ? null : fail,
            WorkerState = inState ? () => Make(fail) : null,
        });
        await IsBroken(pool.ApplyAsync(Sqr, 5), "apply");
        await IsBroken(pool.MapAsync(Sqr, Enumerable.Range(0, 10)), "map");
        await IsBroken(pool.TryMapAsync(Sqr, Enumerable.Range(0, 10)), "try-map");
        await IsBroken(pool.StreamAsync(Sqr, Endless()).ReadAll("stream", pool), "stream");
        await IsBroken(pool.ForEachAsync(_ => { }, Generated(Enumerable.Range(0, 3))), "for-each");
        Assert.InRange(calls, 1, 2);
        await pool.CloseAsync().Within("close", pool);

        async Task IsBroken(Task call, string phase)
        {
            var failure = await Fails<NoWorkersException>(call, phase, pool);
            Assert.Same(error, failure.InnerException);
            Assert.Contains("error in initializer", failure.Message, StringComparison.Ordinal);
        }

        static object Make(Action fail)
        {
            fail();
            return new object();
        }
    }

    [FactAt(Places.Here)]
    public async Task IP_01_the_initializer_has_run_before_the_first_item()
    {
        var messages = new ConcurrentQueue<string>();
        var options = new WorkerPoolOptions { Workers = 4, Initializer = () => messages.Enqueue("initialized") };
        await using var pool = await CreatePool(options);
        Assert.True(await pool.ApplyAsync(() => messages.Contains("initialized", StringComparer.Ordinal)).Within("apply", pool));
    }

    [Fact]
    public async Task IP_04_the_error_of_an_initializer_is_named_with_its_type()
    {
        var options = new WorkerPoolOptions { Workers = 1, Initializer = () => throw new SayWhenException("spam") };
        await using var pool = await CreatePool(options);
        var failure = await Fails<NoWorkersException>(pool.ApplyAsync(Sqr, 5), "apply", pool);
        Assert.Contains("SayWhenException: spam", failure.Message, StringComparison.Ordinal);
        Assert.IsType<SayWhenException>(failure.InnerException);
    }

    [Fact]
    public async Task IP_07_the_error_of_a_function_is_named_with_its_type()
    {
        await using var pool = await CreatePool(4);
        var failure = await FailsByItem<SayWhenException>(pool.ApplyAsync<int>(() => throw new SayWhenException("spam")), "apply", pool);
        Assert.Contains("SayWhenException: spam", failure.Message, StringComparison.Ordinal);
        Assert.Contains(failure.Worker, failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("worker-", failure.Worker, StringComparison.Ordinal);
    }

    [FactAt(Places.Here)]
    public async Task IP_08_sixty_blocked_calls_are_run_by_four_workers_four_at_a_time()
    {
        await using var pool = await CreatePool(4);
        var gate = new Gate();
        var (running, max) = (0, 0);
        var calls = Enumerable.Range(0, 60).Select(_ => pool.ApplyAsync(() =>
        {
            var now = Interlocked.Increment(ref running);
            RaiseTo(ref max, now);
            gate.Pass();
            Interlocked.Decrement(ref running);
            return ThisWorker();
        })).ToArray();
        await gate.HasArrived(4, "all workers are busy", pool);
        Assert.Equal(4, pool.Statistics.Workers);
        Assert.Equal(4, pool.Statistics.Started);
        gate.Open();
        var workers = await Task.WhenAll(calls).Within("calls", pool);
        Assert.Equal(4, max);
        Assert.Equal(4, workers.Distinct().Count());
    }

    [Fact]
    public async Task IP_10_sequential_calls_reuse_a_worker()
    {
        await using var pool = await CreatePool(4);
        await Deadline.Until(() => pool.Statistics.Workers == 4, "workers start", pool);
        var workers = new HashSet<int>();
        for (var i = 0; i < 3; i++)
        {
            var gate = new Gate();
            gate.Open();
            workers.Add(await pool.ApplyAsync(async token =>
            {
                await gate.PassAsync(token);
                return ThisWorker();
            }).Within($"call {i}", pool));
            await Deadline.Until(() => pool.Statistics.Busy == 0, "the worker is idle again", pool);
        }
        Assert.Single(workers);
    }

    [FactAt(Places.Here)]
    public async Task IP_13_a_cancelled_call_is_over_for_its_caller_and_for_the_pool()
    {
        await using var pool = await CreatePool(2);
        using var cancel = new CancellationTokenSource();
        var gate = new Gate();
        var progress = new ProgressLog();
        var call = pool.MapAsync(x =>
        {
            gate.Pass();
            return x;
        }, Inputs(1, 2, 3), new JobOptions { ChunkSize = 1, Progress = progress }, cancel.Token);
        await gate.HasArrived(2, "two are running", pool);
        await cancel.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Within("the cancelled call", pool));
        Assert.Equal(cancel.Token, cancelled.CancellationToken);
        Assert.True(call.IsCanceled);
        var reports = progress.Reports.Count;
        gate.Open();
        await pool.CloseAsync().Within("close", pool);
        // The items that still ran report no progress.
        Assert.Equal(reports, progress.Reports.Count);
        Assert.Equal(2, gate.Arrived);
    }

    private static void RaiseTo(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
