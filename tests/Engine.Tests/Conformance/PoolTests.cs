using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using ActorPool.Tests.Support;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Conformance;

/// <summary>Cases MP: the tests of CPython's <c>multiprocessing.Pool</c>.</summary>
public class PoolTests : ConformanceCases
{
    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task MP_01_apply_returns_the_result(int workers)
    {
        await using var pool = await CreatePool(workers);
        Assert.Equal(25, await pool.ApplyAsync(Sqr, 5).Within("apply", pool));
    }

    [Fact]
    public async Task MP_02_apply_with_a_named_argument_is_a_lambda()
    {
        await using var pool = await CreatePool(3);
        Assert.Equal(9, await pool.ApplyAsync(() => Sqr(x: 3)).Within("apply", pool));
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task MP_04_map_keeps_order_with_chunk_size_20(int workers)
    {
        await using var pool = await CreatePool(workers);
        var inputs = Enumerable.Range(0, 100).ToList();
        var results = await pool.MapAsync(Sqr, inputs, new JobOptions { ChunkSize = 20 }).Within("map", pool);
        Assert.Equal(inputs.Select(Sqr), results);
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task MP_05_star_map_takes_pairs(int workers)
    {
        await using var pool = await CreatePool(workers);
        var pairs = Enumerable.Range(0, 10).Select(i => (i, 9 - i));
        var results = await pool.StarMapAsync((int x, int y) => Mul(x, y), pairs).Within("star map", pool);
        Assert.Equal([0, 8, 14, 18, 20, 20, 18, 14, 8, 0], results);
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task MP_07_a_started_map_of_100_pairs_gives_the_same_list(int workers)
    {
        await using var pool = await CreatePool(workers);
        var pairs = Enumerable.Range(0, 100).Select(i => (X: i, Y: 99 - i)).ToArray();
        var job = pool.StartMap(((int X, int Y) pair) => Mul(pair.X, pair.Y), pairs);
        Assert.Equal(pairs.Select(pair => pair.X * pair.Y), await job.Within("started map", pool));
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task MP_08_a_started_map_is_awaited_for_its_results(int workers)
    {
        await using var pool = await CreatePool(workers);
        var job = pool.StartMap(Sqr, Enumerable.Range(0, 10));
        Assert.Equal(Squares, await job.Within("started map", pool));
        Assert.Equal(Squares, await job);
    }

    [Fact]
    public async Task MP_10_a_failing_item_is_reported_once_with_its_own_exception()
    {
        await using var pool = await CreatePool(4);
        var seen = new ConcurrentQueue<Exception?>();
        var job = pool.StartMap(text => int.Parse(text, CultureInfo.InvariantCulture), Inputs("a"));
        var callback = job.Completion.ContinueWith(done => seen.Enqueue(done.Exception?.InnerException), TaskScheduler.Default);
        await FailsByItem<FormatException>(job.Completion, "map of a bad number", pool);
        await callback.Within("callback");
        var failure = Assert.IsType<WorkItemException>(Assert.Single(seen));
        Assert.Equal(0, failure.Index);
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task MP_13_MP_14_what_a_source_throws_reaches_the_caller_every_time(int workers)
    {
        await using var pool = await CreatePool(workers);
        var options = new JobOptions { ChunkSize = 1 };
        for (var round = 0; round < 2; round++)
            await Fails<SayWhenException>(pool.MapAsync(Sqr, ThrowingSource(1, -1), options), $"round {round}", pool);
        await Fails<SayWhenException>(pool.MapAsync(Sqr, ThrowingSource(20, 7), new JobOptions { ChunkSize = 4 }), "in the middle", pool);
        Assert.Equal(Squares, await pool.MapAsync(Sqr, Enumerable.Range(0, 10)).Within("map after the failures", pool));
    }

    [Fact]
    public async Task MP_16_a_collection_that_throws_only_when_enumerated_fails_the_call_every_time()
    {
        await using var pool = await CreatePool(4);
        var options = new JobOptions { ChunkSize = 1 };
        for (var round = 0; round < 2; round++)
            await Fails<SayWhenException>(pool.MapAsync(Sqr, new ThrowingCollection(), options), $"round {round}", pool);
    }

    [Fact]
    public async Task MP_17_apply_returns_at_once_and_its_task_completes_when_the_function_does()
    {
        await using var pool = await CreatePool(4);
        var gate = new Gate();
        var applied = pool.ApplyAsync(x =>
        {
            gate.Pass();
            return Sqr(x);
        }, 7);
        await gate.HasArrived(1, "apply", pool);
        Assert.False(applied.IsCompleted);
        gate.Open();
        Assert.Equal(49, await applied.Within("apply", pool));
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task MP_19_a_stream_yields_all_results_in_order(int workers)
    {
        await using var pool = await CreatePool(workers);
        Assert.Equal(Squares, await pool.StreamAsync(Sqr, Generated(Enumerable.Range(0, 10))).ReadAll("stream", pool));
        var fromAsynchronous = pool.StreamAsync(Sqr, GeneratedAsync(Enumerable.Range(0, 10)));
        Assert.Equal(Squares, await fromAsynchronous.ReadAll("stream of an asynchronous source", pool));
        Assert.Equal(Squares, await pool.StreamAsync(Sqr, Enumerable.Range(0, 10).ToArray()).ReadAll("stream of an array", pool));
        var inputs = Enumerable.Range(0, 1000).ToArray();
        var inChunks = pool.StreamAsync(Sqr, Generated(inputs), new JobOptions { ChunkSize = 100 });
        Assert.Equal(inputs.Select(Sqr), await inChunks.ReadAll("stream in chunks", pool));
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task MP_20_the_eleventh_pull_of_ten_signals_the_end(int workers)
    {
        await using var pool = await CreatePool(workers);
        await using var results = pool.StreamAsync(Sqr, Generated(Enumerable.Range(0, 10))).GetAsyncEnumerator();
        for (var i = 0; i < 10; i++)
            Assert.Equal(i * i, await results.Next($"pull {i}", pool));
        Assert.False(await results.MoveNextAsync().Within("pull 10", pool));
        Assert.False(await results.MoveNextAsync().Within("pull 11", pool));
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task MP_22_a_source_that_fails_at_once_fails_the_first_pull_and_not_the_call(int workers)
    {
        await using var pool = await CreatePool(workers);
        for (var round = 0; round < 2; round++)
        {
            var stream = pool.StreamAsync(Sqr, ThrowingSource(1, -1), new JobOptions { ChunkSize = 1 });
            await using var results = stream.GetAsyncEnumerator();
            await Fails<SayWhenException>(results.MoveNextAsync().AsTask(), $"first pull of round {round}", pool);
        }
    }

    [Theory]
    // MP-23; MP-25 expects four results with chunks of 4: here all inputs before the failure have results, whatever the chunks.
    [InlineData(10, 3, 1)]
    [InlineData(20, 7, 4)]
    [InlineData(20, 7, 2)]
    public async Task MP_23_MP_25_the_results_before_a_source_failure_are_yielded_whatever_the_chunks(int total, int when, int chunkSize)
    {
        foreach (var workers in new[] { 1, 3, 4 })
        {
            await using var pool = await CreatePool(workers);
            var options = new JobOptions { ChunkSize = chunkSize };
            await using var results = pool.StreamAsync(Sqr, ThrowingSource(total, when), options).GetAsyncEnumerator();
            for (var i = 0; i < when; i++)
                Assert.Equal(i * i, await results.Next($"pull {i} of {workers} workers", pool));
            await Fails<SayWhenException>(results.MoveNextAsync().AsTask(), "pull at the failure", pool);
            Assert.False(await results.MoveNextAsync().Within("pull after the failure", pool));
        }
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task MP_26_a_stream_in_order_of_completion_yields_every_result_once(int workers)
    {
        await using var pool = await CreatePool(workers);
        var options = new JobOptions { Order = JobOrder.Completion };
        var few = await pool.StreamAsync(Sqr, Generated(Enumerable.Range(0, 10)), options).ReadAll("ten", pool);
        Assert.Equal(Squares, few.Order());
        var many = await pool.StreamAsync(Sqr, Generated(Enumerable.Range(0, 1000)), options with { ChunkSize = 100 })
            .ReadAll("thousand", pool);
        Assert.Equal(Enumerable.Range(0, 1000).Select(Sqr), many.Order());
    }

    [Theory]
    [InlineData(10, 3, 1)] // MP-28
    [InlineData(20, 7, 2)] // MP-29
    public async Task MP_28_MP_29_an_unordered_stream_yields_each_square_once_then_the_sources_error(int total, int when, int chunkSize)
    {
        foreach (var workers in new[] { 1, 3, 4 })
        {
            await using var pool = await CreatePool(workers);
            var options = new JobOptions { Order = JobOrder.Completion, ChunkSize = chunkSize };
            await using var results = pool.StreamAsync(Sqr, ThrowingSource(total, when), options).GetAsyncEnumerator();
            var expected = Enumerable.Range(0, when).Select(Sqr).ToHashSet();
            while (expected.Count > 0)
                Assert.True(expected.Remove(await results.Next($"pull with {expected.Count} squares missing", pool)));
            await Fails<SayWhenException>(results.MoveNextAsync().AsTask(), "pull at the failure", pool);
        }
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task MP_31_a_pool_has_as_many_workers_as_asked_for(int workers)
    {
        await using var pool = await CreatePool(workers);
        Assert.Equal(workers, pool.Workers);
        await Deadline.Until(() => pool.Statistics.Workers == workers, "workers start", pool);
        Assert.Equal(workers, pool.Statistics.Started);
        // All of them work at the same time.
        var gate = new Gate();
        var blocked = pool.ForEachAsync(_ => gate.Pass(), Enumerable.Range(0, workers), new JobOptions { ChunkSize = 1 });
        await gate.HasArrived(workers, "each worker has an item", pool);
        gate.Open();
        await blocked.Within("items", pool);
        await pool.CloseAsync().Within("close", pool);
    }

    [Fact]
    public async Task MP_32_terminate_waits_for_no_task()
    {
        await using var pool = await CreatePool(3);
        var started = new Gate();
        started.Open();
        var job = pool.StartMap(x =>
        {
            started.Pass();
            WaitForCancellation();
            return x;
        }, Enumerable.Range(0, 10_000), new JobOptions { ChunkSize = 1 });
        await started.HasArrived(3, "all workers are busy", pool);
        await pool.TerminateAsync().Within("terminate", pool);
        await Fails<PoolTerminatedException>(job.Completion, "the job", pool);
        Assert.Equal(3, started.Arrived);
    }

    [Fact]
    public async Task MP_32_terminate_waits_for_no_task_that_ignores_its_token()
    {
        await using var pool = await CreatePool(CreateImpatientOptions(3));
        var never = new Gate();
        var job = pool.StartMap(x =>
        {
            never.Pass();
            return x;
        }, Enumerable.Range(0, 10_000), new JobOptions { ChunkSize = 1 });
        await never.HasArrived(3, "all workers are busy", pool);
        await pool.TerminateAsync().Within("terminate", pool);
        await Fails<PoolTerminatedException>(job.Completion, "the job", pool);
        Assert.Equal(3, never.Arrived);
        never.Open();
    }

    [Fact]
    public async Task MP_34_a_pool_works_inside_its_using_block_and_refuses_calls_after_it()
    {
        WorkerPool kept;
        await using (var pool = await CreatePool(2))
        {
            kept = pool;
            Assert.Equal(Squares, await pool.StartMap(Sqr, Enumerable.Range(0, 10)).Within("inside the block", pool));
        }
        Assert.Throws<ObjectDisposedException>(() => { _ = kept.StartMap(Sqr, Enumerable.Range(0, 10)); });
        Assert.Throws<ObjectDisposedException>(() => { _ = kept.MapAsync(Sqr, Enumerable.Range(0, 10)); });
        Assert.Throws<ObjectDisposedException>(() => { _ = kept.ApplyAsync(Sqr, 1); });
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => kept.StreamAsync(Sqr, Enumerable.Range(0, 10)).ReadAll("stream of a disposed pool"));
    }

    [Fact]
    public async Task MP_35_the_callers_exception_holds_the_functions_exception_with_its_stack_trace()
    {
        await using var pool = await CreatePool(1);
        var failure = await FailsByItem<InvalidOperationException>(pool.ApplyAsync(Throw123), "apply", pool);
        Assert.Equal("123", failure.InnerException!.Message);
        Assert.Contains(nameof(Throw123), failure.InnerException.StackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(Throw123), failure.ToString(), StringComparison.Ordinal);
        Assert.Contains("123", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MP_37_what_the_source_throws_is_not_wrapped()
    {
        await using var pool = await CreatePool(1);
        var thrown = await Fails<SayWhenException>(pool.MapAsync(Sqr, ThrowingSource(1, -1)), "map", pool);
        Assert.Null(thrown.InnerException);
    }

    [FactAt(Places.Here)]
    public async Task MP_38_the_functions_exception_object_itself_arrives()
    {
        await using var pool = await CreatePool(1);
        var foo = new InvalidOperationException("foo");
        var failure = await FailsByItem<InvalidOperationException>(pool.ApplyAsync<int>(() => throw foo), "apply", pool);
        Assert.Same(foo, failure.InnerException);
        Assert.Equal((0L, 1), (failure.Index, failure.Attempts));
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task MP_40_neither_inputs_nor_results_are_kept_alive(int workers)
    {
        await using var pool = await CreatePool(workers);
        var alive = await MapTracked(pool);
        await WaitForCollection(alive, pool);
    }

    [Fact]
    public async Task MP_40_a_stream_that_was_left_keeps_nothing_alive()
    {
        await using var pool = await CreatePool(3);
        var alive = await LeaveStreamOfTracked(pool);
        await WaitForCollection(alive, pool);
    }

    [FactAt(Places.Here)]
    public async Task MP_41_a_disposed_pool_cannot_be_used_but_can_be_closed_again()
    {
        var pool = WorkerPool.Create(2);
        await using (pool)
        {
            Assert.Equal(25, await pool.ApplyAsync(Sqr, 5).Within("first use", pool));
        }
        Assert.Throws<ObjectDisposedException>(() => { _ = pool.ApplyAsync(Sqr, 5); });
        await pool.CloseAsync().Within("close after dispose", pool);
        await pool.DisposeAsync().Within("second dispose", pool);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Throw123() => throw new InvalidOperationException("123");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<List<WeakReference>> MapTracked(WorkerPool pool)
    {
        var inputs = Enumerable.Range(0, 10).Select(_ => new object()).ToArray();
        var results = await pool.MapAsync(x => Tuple.Create(x), inputs, new JobOptions { ChunkSize = 1 })
            .Within("map of tracked objects", pool);
        return inputs.Concat<object>(results).Select(x => new WeakReference(x)).ToList();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<List<WeakReference>> LeaveStreamOfTracked(WorkerPool pool)
    {
        var alive = new ConcurrentBag<WeakReference>();
        var inputs = Endless().Select(_ =>
        {
            var input = new object();
            alive.Add(new WeakReference(input));
            return input;
        });
        await using (var results = pool.StreamAsync(Identity, inputs, new JobOptions { Window = 20, ChunkSize = 2 }).GetAsyncEnumerator())
        {
            for (var i = 0; i < 10; i++)
                alive.Add(new WeakReference(await results.Next($"pull {i}", pool)));
        }
        await Deadline.Until(() => pool.Statistics.Busy == 0, "the stream's items end", pool);
        return [.. alive];
    }

    private static Task WaitForCollection(List<WeakReference> objects, WorkerPool pool) => Deadline.Until(() =>
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return !objects.Exists(x => x.IsAlive);
    }, $"collection of {objects.Count} objects", pool);
}
