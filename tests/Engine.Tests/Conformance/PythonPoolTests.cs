using System.Collections.Concurrent;
using ActorPool.Tests.Support;
using Akka.Actor;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Conformance;

/// <summary>Selected cases of joblib (JB), loky (LK) and Pebble (PB).</summary>
public class PythonPoolTests : ConformanceCases
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task JB_01_JB_17_squares_with_any_number_of_workers(int workers)
    {
        await using var pool = await CreatePool(workers);
        Assert.Equal([0, 1, 4, 9, 16], (await pool.MapAsync(Sqr, Enumerable.Range(0, 5)).Within("map", pool)).AsEnumerable());
        using var exhausted = Enumerable.Range(0, 5).GetEnumerator();
        while (exhausted.MoveNext())
        {
        }
        Assert.Empty(await pool.MapAsync(Sqr, Rest(exhausted)).Within("an exhausted iterator", pool));

        static IEnumerable<int> Rest(IEnumerator<int> enumerator)
        {
            while (enumerator.MoveNext())
                yield return enumerator.Current;
        }
    }

    [TheoryAt(Places.Here)]
    [InlineData(1)] // JB-04: strictly in turn
    [InlineData(4)] // JB-05: at most a batch ahead
    public async Task JB_04_JB_05_one_worker_and_a_narrow_window_produce_and_consume_in_turn(int window)
    {
        await using var pool = await CreatePool(1);
        var events = new ConcurrentQueue<(bool Produced, int Item)>();
        var inputs = Enumerable.Range(0, 6).Select(i =>
        {
            events.Enqueue((true, i));
            return i;
        });
        var results = await pool.StreamAsync(x =>
        {
            events.Enqueue((false, x));
            return x;
        }, inputs, new JobOptions { Window = window, ChunkSize = window }).ReadAll("stream", pool);
        Assert.Equal(Enumerable.Range(0, 6), results);
        Assert.Equal(12, events.Count);
        if (window == 1)
            Assert.Equal(Enumerable.Range(0, 12).Select(i => (i % 2 == 0, i / 2)), events);
        var ahead = 0;
        Assert.All(events, happened => Assert.InRange(ahead += happened.Produced ? 1 : -1, 0, window));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(19)]
    public async Task JB_07_a_source_that_throws_early_or_late_leaves_the_pool_usable(int when)
    {
        await using var pool = await CreatePool(2);
        await Fails<SayWhenException>(pool.MapAsync(Sqr, ThrowingSource(20, when)), "map", pool);
        await Fails<SayWhenException>(pool.ForEachAsync(_ => { }, ThrowingSource(20, when)), "for-each", pool);
        await Fails<SayWhenException>(pool.TryMapAsync(Sqr, ThrowingSource(20, when)), "try-map", pool);
        var aggregate = pool.AggregateAsync(() => 0, (x, y) => x + y, (x, y) => x + y, ThrowingSource(20, when));
        await Fails<SayWhenException>(aggregate, "aggregate", pool);
        await Fails<SayWhenException>(pool.StreamAsync(Sqr, ThrowingSource(20, when)).ReadAll("stream", pool), "stream", pool);
        Assert.Equal(Squares, await pool.MapAsync(Sqr, Enumerable.Range(0, 10)).Within("a later call", pool));
    }

    [TheoryAt(Places.Here)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task JB_08_the_first_failure_ends_the_map_without_waiting_for_items_that_block(int workers)
    {
        await using var pool = await CreatePool(workers);
        var ran = 0;
        var call = pool.MapAsync(x =>
        {
            Interlocked.Increment(ref ran);
            if (x == 0)
                throw new SayWhenException();
            WaitForCancellation();
            return x;
        }, Enumerable.Range(0, 101), new JobOptions { ChunkSize = 1 });
        Assert.Equal(0, (await FailsByItem<SayWhenException>(call, "map", pool)).Index);
        await pool.CloseAsync().Within("close", pool);
        Assert.InRange(ran, 1, 3);
    }

    [Fact]
    public async Task JB_10_an_exception_with_an_awkward_constructor_arrives_as_it_is()
    {
        await using var pool = await CreatePool(2);
        var call = pool.ApplyAsync<int>(() => throw new AwkwardException(1, [2, 3], () => 4));
        var failure = await FailsByItem<AwkwardException>(call, "call", pool);
        Assert.Equal(10, ((AwkwardException)failure.InnerException!).Sum);
    }

    [Fact]
    public async Task JB_11_a_long_timeout_changes_nothing_and_a_short_one_ends_maps_and_streams()
    {
        await using var pool = await CreatePool(2);
        var longTimeout = new JobOptions { Timeout = Deadline.Limit };
        Assert.Equal(Squares, await pool.MapAsync(Sqr, Enumerable.Range(0, 10), longTimeout).Within("map", pool));
        Assert.Equal(Squares, await pool.StreamAsync(Sqr, Enumerable.Range(0, 10), longTimeout).ReadAll("stream", pool));
        var shortTimeout = new JobOptions { Timeout = TimeSpan.FromMilliseconds(10), ChunkSize = 1 };
        await Fails<TimeoutException>(pool.MapAsync(Long, Enumerable.Range(0, 10), shortTimeout), "map", pool);
        var stream = pool.StreamAsync(Long, Generated(Enumerable.Range(0, 10)), shortTimeout);
        await Fails<TimeoutException>(stream.ReadAll("stream", pool), "stream", pool);
        await Fails<TimeoutException>(pool.TryMapAsync(Long, Enumerable.Range(0, 2), shortTimeout), "try-map", pool);
        await Fails<TimeoutException>(pool.ApplyAsync(Long, 1, shortTimeout), "apply", pool);

        static int Long(int x)
        {
            WaitForCancellation();
            return x;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task JB_13_EL_02_a_stream_keeps_its_order_though_the_first_items_are_the_last_to_end(int workers)
    {
        await using var pool = await CreatePool(workers);
        var ended = Enumerable.Range(0, 13).Select(_ => new Gate()).ToArray();
        foreach (var last in ended.Where((_, i) => i % workers == 0))
            last.Open();
        var results = await pool.StreamAsync(x =>
        {
            ended[x + 1].Pass(); // the next item first, within each group of as many items as there are workers
            ended[x].Open();
            return 4 - x;
        }, Generated(Enumerable.Range(0, 12)), new JobOptions { ChunkSize = 1, Window = workers }).ReadAll("stream", pool);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => 4 - i), results);
    }

    [FactAt(Places.Here)]
    public async Task JB_14_EL_11_streams_run_side_by_side_and_each_enumeration_is_a_separate_job()
    {
        await using var pool = await CreatePool(2);
        var ran = 0;
        var stream = pool.StreamAsync(x =>
        {
            Interlocked.Increment(ref ran);
            return x;
        }, Enumerable.Range(1, 4));
        await using var left = stream.GetAsyncEnumerator();
        await using var right = stream.GetAsyncEnumerator();
        for (var i = 1; i <= 4; i++)
            Assert.Equal((i, i), (await left.Next("left", pool), await right.Next("right", pool)));
        Assert.False(await left.MoveNextAsync().Within("end of the left one", pool));
        Assert.False(await right.MoveNextAsync().Within("end of the right one", pool));
        Assert.Equal(8, ran);
    }

    [FactAt(Places.Here)]
    public async Task JB_16_chunks_of_tiny_tasks_grow_by_themselves()
    {
        await using var pool = await CreatePool(2);
        var lengths = new ConcurrentQueue<int>();
        var results = await pool.MapChunksAsync(chunk =>
        {
            lengths.Enqueue(chunk.Length);
            return chunk.ToArray();
        }, Enumerable.Range(0, 5000).ToArray()).Within("map", pool);
        Assert.Equal(Enumerable.Range(0, 5000), results);
        Assert.True(lengths.TryPeek(out var first));
        Assert.Equal(1, first);
        Assert.True(lengths.Max() > 1);
        Assert.InRange(lengths.Count, 2, 2500);
    }

    [Fact]
    public async Task LK_17_a_progress_handler_that_throws_fails_its_job_only()
    {
        await using var pool = await CreatePool(2);
        var failing = new JobOptions { Progress = new ProgressTo(_ => throw new SayWhenException("handler")) };
        await Fails<SayWhenException>(pool.MapAsync(Sqr, Enumerable.Range(0, 10), failing), "map", pool);
        var stream = pool.StreamAsync(Sqr, Generated(Enumerable.Range(0, 10)), failing);
        await Fails<SayWhenException>(stream.ReadAll("stream", pool), "stream", pool);
        for (var i = 0; i < 3; i++)
            Assert.Equal(42, await pool.ApplyAsync(() => 42).Within("a later call", pool));
    }

    [Fact]
    public async Task LK_20_a_hundred_failing_calls_and_a_hundred_good_ones_on_one_worker()
    {
        await using var pool = await CreatePool(1);
        var failing = Enumerable.Range(0, 100).Select(i => pool.ApplyAsync<int>(() => throw new SayWhenException($"{i}"))).ToArray();
        var good = Enumerable.Range(0, 100).Select(i => pool.ApplyAsync(Sqr, i)).ToArray();
        Assert.Equal("99", (await FailsByItem<SayWhenException>(failing[99], "the last failing one", pool)).InnerException!.Message);
        Assert.Equal(Enumerable.Range(0, 100).Select(Sqr), await Task.WhenAll(good).Within("the good ones", pool));
        Assert.Equal(1, pool.Statistics.Started);
    }

    [TheoryAt(Places.Here)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task LK_23_calls_nest_ten_deep_in_one_pool(int workers)
    {
        await using var pool = await CreatePool(workers);
        Assert.Equal(42, await Nested(10).Within("nested calls", pool));

        Task<int> Nested(int depth) => depth == 0
            ? pool.ApplyAsync(() => 42)
            : pool.ApplyAsync(async _ => await Nested(depth - 1));
    }

    [FactAt(Places.Here)]
    public async Task LK_23_nesting_deeper_than_allowed_is_an_error_and_no_hang()
    {
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = 1, Config = "actorpool.nested-workers = 3" });
        Assert.Equal(42, await Nested(3).Within("as deep as allowed", pool));
        var failure = await Assert.ThrowsAsync<WorkItemException>(() => Nested(10).Within("deeper", pool));
        Exception innermost = failure;
        while (innermost.InnerException is { } inner)
            innermost = inner;
        Assert.Contains("actorpool.nested-workers", Assert.IsType<InvalidOperationException>(innermost).Message, StringComparison.Ordinal);
        Assert.Equal(42, await Nested(3).Within("as deep as allowed, again", pool));

        Task<int> Nested(int depth) => depth == 0
            ? pool.ApplyAsync(() => 42)
            : pool.ApplyAsync(async _ => await Nested(depth - 1));
    }

    [FactAt(Places.Here)]
    public async Task PB_01_an_exception_that_is_returned_is_a_result()
    {
        await using var pool = await CreatePool(2);
        var error = new WorkItemException(3, "worker-0", 1, new SayWhenException());
        Assert.Same(error, await pool.ApplyAsync<Exception>(() => error).Within("apply", pool));
        Assert.Equal([error, error], (await pool.MapAsync<int, object>(_ => error, Inputs(1, 2)).Within("map", pool)).AsEnumerable());
        Assert.All(await pool.TryMapAsync(_ => error, Inputs(1, 2)).Within("try-map", pool), outcome => Assert.True(outcome.IsSuccess));
        Assert.Equal([error, error], await pool.StreamAsync<int, Exception>(_ => error, Inputs(1, 2)).ReadAll("stream", pool));
    }

    [FactAt(Places.Here)]
    public async Task PB_02_PB_04_a_worker_whose_task_ignores_its_timeout_is_replaced()
    {
        await using var pool = await CreatePool(CreateImpatientOptions(1));
        var before = await pool.ApplyAsync(ThisWorker).Within("before", pool);
        var never = new Gate();
        var call = pool.ApplyAsync(() =>
        {
            never.Pass();
            return 1;
        }, new JobOptions { ItemTimeout = TimeSpan.FromMilliseconds(20) });
        await FailsByItem<TimeoutException>(call, "the stubborn one", pool);
        var after = await pool.ApplyAsync(ThisWorker).Within("after", pool);
        Assert.NotEqual(before, after);
        Assert.Equal(1, pool.Statistics.Abandoned);
        never.Open();
    }

    [Fact]
    public async Task PB_02_a_worker_whose_task_obeys_its_timeout_is_kept()
    {
        await using var pool = await CreatePool(1);
        var call = pool.ApplyAsync(() =>
        {
            WaitForCancellation();
            return 1;
        }, new JobOptions { ItemTimeout = TimeSpan.FromMilliseconds(20) });
        await FailsByItem<TimeoutException>(call, "the obedient one", pool);
        Assert.Equal(0, await pool.ApplyAsync(ThisWorker).Within("after", pool));
        Assert.Equal((0L, 1L), (pool.Statistics.Abandoned, pool.Statistics.Started));
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task PB_07_three_items_time_out_one_by_one(int workers)
    {
        await using var pool = await CreatePool(workers);
        var outcomes = await pool.TryMapAsync<int, int>(_ =>
        {
            WaitForCancellation();
            return 1;
        }, Inputs(1, 2, 3), new JobOptions { ItemTimeout = TimeSpan.FromMilliseconds(20), ChunkSize = 3 }).Within("try-map", pool);
        Assert.All(outcomes, (outcome, i) =>
        {
            Assert.Equal(i, outcome.Index);
            Assert.IsType<TimeoutException>(outcome.Error!.InnerException);
        });
    }

    [Fact]
    public async Task PB_10_chunk_size_0_is_refused_the_shortest_input_sets_the_length_and_no_inputs_give_no_results()
    {
        await using var pool = await CreatePool(2);
        var options = new JobOptions { ChunkSize = 0 };
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.MapAsync(Sqr, Inputs(1), options); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.StarMapAsync((int x, int y) => x + y, Inputs((1, 2)), options); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.TryMapAsync(Sqr, Inputs(1), options); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.ForEachAsync(_ => { }, Inputs(1), options); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.MapChunksAsync(chunk => chunk.ToArray(), Inputs(1), options); });
        Assert.Throws<ArgumentOutOfRangeException>(
            () => { _ = pool.AggregateAsync(() => 0, (x, y) => x + y, (x, y) => x + y, Inputs(1), options); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.StartMap(Sqr, Inputs(1), options); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.TryStreamAsync(Sqr, Inputs(1), options); });
        var sums = pool.StreamAsync(pair => pair.First + pair.Second, Inputs(1, 2, 3).Zip(Inputs(4, 5)));
        Assert.Equal([5, 7], await sums.ReadAll("shortest", pool));
        Assert.Empty(await pool.StreamAsync(Sqr, Array.Empty<int>()).ReadAll("none", pool));
    }

    [Fact]
    public async Task PB_14_four_tasks_with_a_limit_of_two_are_run_by_two_workers()
    {
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = 1, MaxTasksPerWorker = 2 });
        var ids = new List<int>();
        for (var i = 0; i < 4; i++)
            ids.Add(await pool.ApplyAsync(ThisWorker).Within($"task {i}", pool));
        Assert.Equal([0, 0, 1, 1], ids);
    }

    private sealed class AwkwardException(int a, int[] b, Func<int> c) : Exception("awkward")
    {
        public int Sum { get; } = a + b.Sum() + c();
    }
}
