using System.Collections.Concurrent;
using Akka.Actor;
using ActorPool.Tests.Support;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Conformance;

/// <summary>Selected cases of Dask, joblib, loky, Pebble, Elixir's <c>Task.async_stream</c> and Julia's <c>pmap</c>: cases DK, JB, LK, PB, EL and JL.</summary>
public sealed class OtherPoolTests
{
    [Fact]
    public async Task DK_01_a_stream_can_be_the_source_of_another_one()
    {
        await using var pool = WorkerPool.Create(2);
        var first = pool.StreamAsync(x => x + 1, Generated(Enumerable.Range(0, 5)), new JobOptions { Window = 2 });
        var second = await pool.StreamAsync(x => x + 1, first, new JobOptions { Window = 2 }).ReadAll("second level", pool);
        Assert.Equal([2, 3, 4, 5, 6], second);
        Assert.Equal(20, second.Sum());
    }

    [Fact]
    public async Task DK_02_DK_04_the_shortest_input_wins_and_none_gives_none()
    {
        await using var pool = WorkerPool.Create(2);
        var sums = await pool.StarMapAsync((int x, int y) => x + y, Enumerable.Range(0, 3).Zip(Enumerable.Range(0, 4))).Within("three and four", pool);
        Assert.Equal([0, 2, 4], sums.AsEnumerable());
        Assert.Empty(await pool.StarMapAsync((int x, int y) => x + y, Array.Empty<int>().Zip(Enumerable.Range(0, 4))).Within("none", pool));
    }

    [Fact]
    public async Task DK_05_two_retries_make_good_two_failures()
    {
        await using var pool = WorkerPool.Create(2);
        var attempts = new ConcurrentDictionary<int, int>();
        object[][] sequences = [["one", 2, 3], [4, 5, 6], ["seven", "eight", 9]];
        var outcomes = await pool.TryMapAsync(i => Outcome(sequences[i], attempts.AddOrUpdate(i, 0, (_, n) => n + 1)), Enumerable.Range(0, 3), new JobOptions { Retries = 2 })
            .Within("try-map with retries", pool);
        Assert.Equal([2, 4, 9], outcomes.Select(outcome => outcome.Value));
        Assert.Equal([2, 1, 3], outcomes.Select(outcome => outcome.Attempts));
        attempts.Clear();
        var results = await pool.MapAsync(i => Outcome(sequences[i], WorkContext.Current!.Attempt - 1), Enumerable.Range(0, 3), new JobOptions { Retries = 2, ChunkSize = 3 }).Within("map with retries", pool);
        Assert.Equal([2, 4, 9], results.AsEnumerable());
        Assert.Equal(6, pool.Statistics.ItemsRetried);
    }

    [Fact]
    public async Task DK_07_without_retries_the_first_failure_is_the_outcome()
    {
        await using var pool = WorkerPool.Create(2);
        object[][] sequences = [["one", 2, 3], [4, 5, 6], ["seven", "eight", 9]];
        var outcomes = await pool.TryMapAsync(i => Outcome(sequences[i], 0), Enumerable.Range(0, 3), new JobOptions { Retries = 0 }).Within("try-map", pool);
        Assert.Equal("one", outcomes[0].Error!.InnerException!.Message);
        Assert.Equal(4, outcomes[1].Value);
        Assert.Equal("seven", outcomes[2].Error!.InnerException!.Message);
    }

    [Fact]
    public async Task DK_08_batches_of_any_size_over_one_or_two_inputs()
    {
        await using var pool = WorkerPool.Create(2);
        Assert.Equal(Enumerable.Range(1, 100), await pool.MapAsync(x => x + 1, Enumerable.Range(0, 100), new JobOptions { ChunkSize = 10 }).Within("one", pool));
        var both = await pool.StarMapAsync((int x, int y) => x + y, Enumerable.Range(0, 100).Zip(Enumerable.Range(0, 100)), new JobOptions { ChunkSize = 10 }).Within("two", pool);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => 2 * i), both);
        var mismatched = await pool.StarMapAsync((int x, int y) => x + y, Enumerable.Range(100, 100).Zip(Enumerable.Range(0, 10)), new JobOptions { ChunkSize = 2 }).Within("mismatched", pool);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => 100 + (2 * i)), mismatched);
    }

    [Fact]
    public async Task DK_10_an_item_that_loses_its_workers_is_given_up_by_name_and_the_others_end()
    {
        var system = ActorSystem.Create("dk-10", "akka.loglevel = OFF");
        try
        {
            await using var pool = WorkerPool.Create(system, new WorkerPoolOptions { Workers = 2, Name = "poisoned" });
            var gate = new Gate();
            var job = pool.StartMap(async (x, token) =>
            {
                if (x == 1)
                    await gate.PassAsync(token); // every worker that runs this is killed meanwhile
                return x;
            }, Enumerable.Range(0, 4), new JobOptions { ChunkSize = 1 });
            for (var death = 1; death <= 3; death++)
            {
                await gate.HasArrived(death, $"attempt {death}", pool);
                system.ActorSelection("/user/poisoned/*/*").Tell(Kill.Instance);
            }
            var failure = await FailsByItem<PoisonItemException>(job.Completion, "the poison item", pool);
            Assert.Equal(1, failure.Index);
            Assert.Contains("3 workers", failure.InnerException!.Message, StringComparison.Ordinal);
            Assert.IsType<WorkerLostException>(failure.InnerException.InnerException);
            Assert.Contains(failure.Worker, failure.InnerException.InnerException!.Message, StringComparison.Ordinal);
            Assert.Equal(3, gate.Arrived);
            Assert.Equal(Squares, await pool.MapAsync(Sqr, Enumerable.Range(0, 10)).Within("a later call", pool));
        }
        finally
        {
            await system.Terminate().Within("end of the system");
        }
    }

    [Fact]
    public async Task DK_14_calls_are_yielded_as_they_complete_the_failed_and_cancelled_ones_too()
    {
        await using var pool = WorkerPool.Create(3);
        using var cancel = new CancellationTokenSource();
        var gate = new Gate();
        var slow = pool.ApplyAsync(() =>
        {
            gate.Pass();
            return 1;
        });
        var failed = pool.ApplyAsync<int>(() => throw new SayWhenException("hello!"));
        var cancelled = pool.ApplyAsync(() =>
        {
            WaitForCancellation();
            return 2;
        }, cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        var statuses = new List<TaskStatus>();
        await foreach (var call in Task.WhenEach(slow, failed, cancelled))
        {
            statuses.Add(call.Status);
            if (statuses.Count == 2)
                gate.Open();
        }
        Assert.Equal(TaskStatus.RanToCompletion, statuses[^1]);
        Assert.Equal([TaskStatus.RanToCompletion, TaskStatus.Canceled, TaskStatus.Faulted], statuses.Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task JB_01_JB_17_squares_with_any_number_of_workers(int workers)
    {
        await using var pool = WorkerPool.Create(workers);
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

    [Theory]
    [InlineData(1)] // JB-04: strictly in turn
    [InlineData(4)] // JB-05: at most a batch ahead
    public async Task JB_04_JB_05_one_worker_and_a_narrow_window_produce_and_consume_in_turn(int window)
    {
        await using var pool = WorkerPool.Create(1);
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
        await using var pool = WorkerPool.Create(2);
        await Fails<SayWhenException>(pool.MapAsync(Sqr, ThrowingSource(20, when)), "map", pool);
        await Fails<SayWhenException>(pool.ForEachAsync(_ => { }, ThrowingSource(20, when)), "for-each", pool);
        await Fails<SayWhenException>(pool.TryMapAsync(Sqr, ThrowingSource(20, when)), "try-map", pool);
        await Fails<SayWhenException>(pool.AggregateAsync(() => 0, (x, y) => x + y, (x, y) => x + y, ThrowingSource(20, when)), "aggregate", pool);
        await Fails<SayWhenException>(pool.StreamAsync(Sqr, ThrowingSource(20, when)).ReadAll("stream", pool), "stream", pool);
        Assert.Equal(Squares, await pool.MapAsync(Sqr, Enumerable.Range(0, 10)).Within("a later call", pool));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task JB_08_the_first_failure_ends_the_map_and_what_is_patientis_not_waited_for(int workers)
    {
        await using var pool = WorkerPool.Create(workers);
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
        await using var pool = WorkerPool.Create(2);
        var failure = await FailsByItem<AwkwardException>(pool.ApplyAsync<int>(() => throw new AwkwardException(1, [2, 3], () => 4)), "call", pool);
        Assert.Equal(10, ((AwkwardException)failure.InnerException!).Sum);
    }

    [Fact]
    public async Task JB_11_a_timeout_that_is_patientenough_changes_nothing_and_a_impatientone_ends_maps_and_streams()
    {
        await using var pool = WorkerPool.Create(2);
        var patient = new JobOptions { Timeout = Deadline.Limit };
        Assert.Equal(Squares, await pool.MapAsync(Sqr, Enumerable.Range(0, 10), patient).Within("map", pool));
        Assert.Equal(Squares, await pool.StreamAsync(Sqr, Enumerable.Range(0, 10), patient).ReadAll("stream", pool));
        var impatient = new JobOptions { Timeout = TimeSpan.FromMilliseconds(10), ChunkSize = 1 };
        await Fails<TimeoutException>(pool.MapAsync(Long, Enumerable.Range(0, 10), impatient), "map", pool);
        await Fails<TimeoutException>(pool.StreamAsync(Long, Generated(Enumerable.Range(0, 10)), impatient).ReadAll("stream", pool), "stream", pool);
        await Fails<TimeoutException>(pool.TryMapAsync(Long, Enumerable.Range(0, 2), impatient), "try-map", pool);
        await Fails<TimeoutException>(pool.ApplyAsync(Long, 1, impatient), "apply", pool);

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
        await using var pool = WorkerPool.Create(workers);
        var ended = Enumerable.Range(0, 13).Select(_ => new Gate()).ToArray();
        foreach (var last in ended.Where((_, i) => i % workers == 0))
            last.Open();
        var results = await pool.StreamAsync(x =>
        {
            ended[x + 1].Pass(); // the neighbour first, within each group of as many as there are workers
            ended[x].Open();
            return 4 - x;
        }, Generated(Enumerable.Range(0, 12)), new JobOptions { ChunkSize = 1, Window = workers }).ReadAll("stream", pool);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => 4 - i), results);
    }

    [Fact]
    public async Task JB_14_EL_11_streams_run_side_by_side_and_each_enumeration_is_a_job_of_its_own()
    {
        await using var pool = WorkerPool.Create(2);
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

    [Fact]
    public async Task JB_16_chunks_of_tiny_tasks_grow_by_themselves()
    {
        await using var pool = WorkerPool.Create(2);
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
        await using var pool = WorkerPool.Create(2);
        var failing = new JobOptions { Progress = new ProgressTo(_ => throw new SayWhenException("handler")) };
        await Fails<SayWhenException>(pool.MapAsync(Sqr, Enumerable.Range(0, 10), failing), "map", pool);
        await Fails<SayWhenException>(pool.StreamAsync(Sqr, Generated(Enumerable.Range(0, 10)), failing).ReadAll("stream", pool), "stream", pool);
        for (var i = 0; i < 3; i++)
            Assert.Equal(42, await pool.ApplyAsync(() => 42).Within("a later call", pool));
    }

    [Fact]
    public async Task LK_20_a_hundred_failing_calls_and_a_hundred_good_ones_on_one_worker()
    {
        await using var pool = WorkerPool.Create(1);
        var failing = Enumerable.Range(0, 100).Select(i => pool.ApplyAsync<int>(() => throw new SayWhenException($"{i}"))).ToArray();
        var good = Enumerable.Range(0, 100).Select(i => pool.ApplyAsync(Sqr, i)).ToArray();
        Assert.Equal("99", (await FailsByItem<SayWhenException>(failing[99], "the last failing one", pool)).InnerException!.Message);
        Assert.Equal(Enumerable.Range(0, 100).Select(Sqr), await Task.WhenAll(good).Within("the good ones", pool));
        Assert.Equal(1, pool.Statistics.Started);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task LK_23_calls_nest_ten_deep_in_one_pool(int workers)
    {
        await using var pool = WorkerPool.Create(workers);
        Assert.Equal(42, await Nested(10).Within("nested calls", pool));

        Task<int> Nested(int depth) => depth == 0
            ? pool.ApplyAsync(() => 42)
            : pool.ApplyAsync(async _ => await Nested(depth - 1));
    }

    [Fact]
    public async Task LK_23_nesting_deeper_than_allowed_is_an_error_and_no_hang()
    {
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = 1, Config = "actorpool.nested-workers = 3" });
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

    [Fact]
    public async Task PB_01_an_exception_that_is_returned_is_a_result()
    {
        await using var pool = WorkerPool.Create(2);
        var error = new WorkItemException(3, "worker-0", 1, new SayWhenException());
        Assert.Same(error, await pool.ApplyAsync<Exception>(() => error).Within("apply", pool));
        Assert.Equal([error, error], (await pool.MapAsync<int, object>(_ => error, Inputs(1, 2)).Within("map", pool)).AsEnumerable());
        Assert.All(await pool.TryMapAsync(_ => error, Inputs(1, 2)).Within("try-map", pool), outcome => Assert.True(outcome.IsSuccess));
        Assert.Equal([error, error], await pool.StreamAsync<int, Exception>(_ => error, Inputs(1, 2)).ReadAll("stream", pool));
    }

    [Fact]
    public async Task PB_02_PB_04_a_worker_whose_task_ignores_its_timeout_is_replaced()
    {
        await using var pool = WorkerPool.Create(Impatient(1));
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
        await using var pool = WorkerPool.Create(1);
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
        await using var pool = WorkerPool.Create(workers);
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
    public async Task PB_10_chunk_size_0_is_refused_the_shortest_input_wins_and_none_gives_none()
    {
        await using var pool = WorkerPool.Create(2);
        var options = new JobOptions { ChunkSize = 0 };
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.MapAsync(Sqr, Inputs(1), options); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.StarMapAsync((int x, int y) => x + y, Inputs((1, 2)), options); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.TryMapAsync(Sqr, Inputs(1), options); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.ForEachAsync(_ => { }, Inputs(1), options); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.MapChunksAsync(chunk => chunk.ToArray(), Inputs(1), options); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.AggregateAsync(() => 0, (x, y) => x + y, (x, y) => x + y, Inputs(1), options); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.StartMap(Sqr, Inputs(1), options); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.TryStreamAsync(Sqr, Inputs(1), options); });
        Assert.Equal([5, 7], await pool.StreamAsync(pair => pair.First + pair.Second, Inputs(1, 2, 3).Zip(Inputs(4, 5))).ReadAll("shortest", pool));
        Assert.Empty(await pool.StreamAsync(Sqr, Array.Empty<int>()).ReadAll("none", pool));
    }

    [Fact]
    public async Task PB_14_four_tasks_with_a_limit_of_two_are_run_by_two_workers()
    {
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = 1, MaxTasksPerWorker = 2 });
        var ids = new List<int>();
        for (var i = 0; i < 4; i++)
            ids.Add(await pool.ApplyAsync(ThisWorker).Within($"task {i}", pool));
        Assert.Equal([0, 0, 1, 1], ids);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(2)]
    [InlineData(8)]
    public async Task EL_01_outcomes_with_any_concurrency(int workers)
    {
        await using var pool = WorkerPool.Create(workers);
        var outcomes = await pool.TryStreamAsync(Identity, Enumerable.Range(1, 4)).ReadAll("outcomes", pool);
        Assert.Equal([1, 2, 3, 4], outcomes.Select(outcome => outcome.Value));
    }

    [Fact]
    public async Task EL_04_failures_are_outcomes_and_end_nothing()
    {
        await using var pool = WorkerPool.Create(4);
        var outcomes = await pool.TryStreamAsync<int, int>(x => throw new SayWhenException($"{x}"), Enumerable.Range(1, 4)).ReadAll("outcomes", pool);
        Assert.Equal("1 2 3 4", string.Join(' ', outcomes.Select(outcome => outcome.Error!.InnerException!.Message)));
    }

    [Theory]
    [InlineData(JobOrder.Input)]
    [InlineData(JobOrder.Completion)]
    public async Task EL_05_items_that_time_out_stand_in_their_place_or_behind_those_that_do_not(JobOrder order)
    {
        await using var pool = WorkerPool.Create(4);
        var outcomes = await pool.TryStreamAsync(x =>
        {
            if (x == 100)
                WaitForCancellation();
            return x;
        }, Inputs(100, 1, 100, 1), new JobOptions { ItemTimeout = TimeSpan.FromSeconds(1), Order = order, ChunkSize = 1 }).ReadAll("outcomes", pool);
        bool[] expected = order == JobOrder.Input ? [false, true, false, true] : [true, true, false, false];
        Assert.Equal(expected, outcomes.Select(outcome => outcome.IsSuccess));
        Assert.All(outcomes.Where(outcome => !outcome.IsSuccess), outcome => Assert.IsType<TimeoutException>(outcome.Error!.InnerException));
    }

    [Fact]
    public async Task EL_07_a_timeout_of_0_is_refused_at_the_call()
    {
        await using var pool = WorkerPool.Create(1);
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.StreamAsync(Sqr, Inputs(1), new JobOptions { ItemTimeout = TimeSpan.Zero }); });
        Assert.Contains("ItemTimeout", refused.Message, StringComparison.Ordinal);
        Assert.Contains("more than zero", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JobOrder.Input)]
    [InlineData(JobOrder.Completion)]
    public async Task EL_08_leaving_a_stream_early_stops_what_still_runs(JobOrder order)
    {
        await using var pool = WorkerPool.Create(4);
        var running = new Gate();
        running.Open();
        var stopped = 0;
        var source = new CountingSource();
        await foreach (var first in pool.StreamAsync(x =>
        {
            if (x == 0)
                return x;
            running.Pass();
            try
            {
                WaitForCancellation();
            }
            finally
            {
                Interlocked.Increment(ref stopped);
            }
            return x;
        }, source, new JobOptions { Window = 4, ChunkSize = 1, Order = order }))
        {
            Assert.Equal(0, first);
            await running.HasArrived(3, "the others run", pool);
            break;
        }
        await Deadline.Until(() => Volatile.Read(ref stopped) == running.Arrived && pool.Statistics is { Busy: 0, Jobs: 0 }, "the others stop", pool);
        await Deadline.Until(() => source.Disposed == 1, "the source is let go", pool);
        Assert.InRange(source.Produced, 4, 5);
        Assert.Equal((4L, 0L), (pool.Statistics.Started, pool.Statistics.Abandoned));
    }

    [Fact]
    public async Task EL_10_a_concurrency_of_0_is_refused_and_the_message_says_why()
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => { _ = WorkerPool.Create(0); });
        Assert.Contains("'0'", refused.Message, StringComparison.Ordinal);
        await using var pool = WorkerPool.Create(1);
        refused = Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.MapAsync(Sqr, Inputs(1), new JobOptions { Timeout = TimeSpan.FromSeconds(-1) }); });
        Assert.Contains("JobOptions.Timeout is [-00:00:01]", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EL_13_messages_that_only_look_like_the_pools_own_are_ignored()
    {
        var system = ActorSystem.Create("el-13", "akka.loglevel = OFF");
        try
        {
            await using var pool = WorkerPool.Create(system, new WorkerPoolOptions { Workers = 2 });
            var gate = new Gate();
            var job = pool.StartMap(x =>
            {
                gate.Pass();
                return Sqr(x);
            }, Enumerable.Range(0, 10), new JobOptions { ChunkSize = 1 });
            await gate.HasArrived(2, "two items", pool);
            foreach (var message in new object[] { "done", 42, new MapResult<int>(job.Name, [1]), new Status.Failure(new SayWhenException()), new CancelJob("another job"), Done.Instance })
                pool.Coordinator.Tell(message);
            system.ActorSelection(pool.Coordinator.Path + "/*/*").Tell("done");
            gate.Open();
            Assert.Equal(Squares, await job.Within("job", pool));
            Assert.Equal((2L, 0L), (pool.Statistics.Started, pool.Statistics.Lost));
        }
        finally
        {
            await system.Terminate().Within("end of the system");
        }
    }

    [Fact]
    public async Task JL_01_identity_over_lists_generators_and_texts()
    {
        await using var pool = WorkerPool.Create(2);
        Assert.Equal(Enumerable.Range(1, 100), await pool.MapAsync(Identity, Enumerable.Range(1, 100).ToList()).Within("list", pool));
        Assert.Equal(Enumerable.Range(1, 100), await pool.MapAsync(Identity, Generated(Enumerable.Range(1, 100))).Within("generator", pool));
        Assert.Equal("HELLO WORLD!", string.Concat(await pool.MapAsync(char.ToUpperInvariant, "Hello World!").Within("text", pool)));
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(false, 2)]
    [InlineData(true, null)]
    [InlineData(true, 2)]
    public async Task JL_02_a_retry_lands_on_another_worker(bool retried, int? chunkSize)
    {
        await using var pool = WorkerPool.Create(2);
        await Deadline.Until(() => pool.Statistics.Workers == 2, "workers start", pool);
        var evenFailed = new Gate();
        evenFailed.Open();
        var outcomes = await pool.TryMapAsync(x =>
        {
            var worker = ThisWorker();
            if (worker == 0)
            {
                evenFailed.Pass();
                throw new SayWhenException();
            }
            Assert.True(SpinWait.SpinUntil(() => evenFailed.Arrived > 0, Deadline.Limit)); // the other worker has a part in it
            return (Value: 2 * x, Worker: worker);
        }, Enumerable.Range(1, 100), new JobOptions { ChunkSize = chunkSize, Retries = retried ? 3 : 0, RetryWhen = retried ? e => e is SayWhenException : null }).Within("map", pool);
        Assert.True(evenFailed.Arrived > 0);
        if (retried)
        {
            Assert.Equal(Enumerable.Range(1, 100).Select(x => (2 * x, 1)), outcomes.Select(outcome => outcome.Value));
            Assert.Contains(outcomes, outcome => outcome.Attempts > 1);
        }
        else
        {
            Assert.Contains(outcomes, outcome => !outcome.IsSuccess && string.Equals(outcome.Error!.Worker, "worker-0", StringComparison.Ordinal));
            Assert.All(outcomes, (outcome, i) => Assert.True(!outcome.IsSuccess || outcome.Value == (2 * (i + 1), 1)));
        }
    }

    [Fact]
    public async Task JL_04_failures_can_be_replaced_by_a_substitute()
    {
        await using var pool = WorkerPool.Create(2);
        var outcomes = await pool.TryMapAsync(x => x % 2 == 0 ? throw new SayWhenException("even") : x, Enumerable.Range(1, 4)).Within("try-map", pool);
        Assert.Equal([1, 0, 3, 0], outcomes.Select(outcome => outcome.IsSuccess ? outcome.Value : 0));
        Assert.Equal("1 even 3 even", string.Join(' ', outcomes.Select(outcome => outcome.Error?.InnerException!.Message ?? $"{outcome.Value}")));
    }

    [Fact]
    public async Task JL_05_the_predicate_decides_which_failures_are_tried_again()
    {
        await using var pool = WorkerPool.Create(2);
        var asked = new ConcurrentQueue<Exception>();
        var outcomes = await pool.TryMapAsync<int, int>(x => x == 0 ? throw new SayWhenException() : throw new InvalidDataException(), Inputs(0, 1), new JobOptions
        {
            Retries = 2,
            RetryWhen = e =>
            {
                asked.Enqueue(e);
                return e is SayWhenException;
            },
        }).Within("try-map", pool);
        Assert.Equal([3, 1], outcomes.Select(outcome => outcome.Attempts));
        Assert.Equal(2, asked.Count(e => e is SayWhenException));
        Assert.Single(asked, e => e is InvalidDataException);
    }

    private static int Outcome(object[] outcomes, int attempt) => outcomes[attempt] is int value ? value : throw new SayWhenException((string)outcomes[attempt]);

    private sealed class AwkwardException(int a, int[] b, Func<int> c) : Exception("awkward")
    {
        public int Sum { get; } = a + b.Sum() + c();
    }

    private sealed class Done
    {
        public static readonly Done Instance = new();
    }
}
