using System.Collections.Concurrent;
using ActorPool.Tests.Support;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Conformance;

/// <summary>mpire's <c>WorkerPool</c>: cases ME, MA, MR, MN and MC.</summary>
public sealed class MpireTests
{
    /// <summary>mpire's nine parameter sets: workers, max active, lifespan, chunk size; its splits are chunk sizes here (13 items in 3 splits: chunks of 5).</summary>
    public static TheoryData<int?, int?, int?, int?> ParameterSets => new()
    {
        { null, null, null, null }, { 1, null, null, null }, { 2, null, null, null }, { 2, 2, null, null }, { 2, null, 2, null },
        { 2, null, null, 3 }, { 2, null, null, 5 }, { 2, 2, 2, 3 }, { 2, null, 1, 3 },
    };

    [Theory, MemberData(nameof(ParameterSets))]
    public async Task ME_01_ME_02_ME_08_all_kinds_of_map_with_all_parameters(int? workers, int? window, int? lifespan, int? chunkSize)
    {
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = workers, MaxTasksPerWorker = lifespan });
        var options = new JobOptions { Window = window, ChunkSize = chunkSize };
        var unordered = options with { Order = JobOrder.Completion };
        foreach (var inputs in new[] { StandardData, StandardData.ToList(), Generated(StandardData) })
        {
            Assert.Equal(StandardResults, await pool.MapAsync(Standard, inputs, options).Within("map", pool));
            Assert.Equal(StandardResults, await pool.StreamAsync(Standard, inputs, options).ReadAll("stream", pool));
            Assert.Equal(StandardResults, (await pool.StreamAsync(Standard, inputs, unordered).ReadAll("unordered stream", pool)).Order());
            Assert.Equal(StandardResults, await pool.StarMapAsync((int index, int value) => (index, Sqr(value)), inputs, options).Within("star map", pool));
            Assert.Equal(StandardResults, (await pool.TryMapAsync(Standard, inputs, options).Within("try-map", pool)).Select(outcome => outcome.Value));
            Assert.Equal(StandardResults, await pool.MapAsync((x, _) => ValueTask.FromResult(Standard(x)), inputs, options).Within("asynchronous map", pool));
        }
        Assert.Equal(StandardResults, await pool.StreamAsync(Standard, GeneratedAsync(StandardData), options).ReadAll("asynchronous source", pool));
        Assert.Equal(0, pool.Statistics.Lost);
    }

    [Theory, MemberData(nameof(ParameterSets))]
    public async Task ME_04_large_results_survive_the_replacement_of_their_workers(int? workers, int? window, int? lifespan, int? chunkSize)
    {
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = workers, MaxTasksPerWorker = lifespan });
        var options = new JobOptions { Window = window, ChunkSize = chunkSize };
        var mapped = await pool.MapAsync(Large, StandardData, options).Within("map", pool);
        var streamed = await pool.StreamAsync(Large, Generated(StandardData), options).ReadAll("stream", pool);
        foreach (var results in new[] { mapped, [.. streamed] })
        {
            Assert.Equal(13, results.Length);
            Assert.All(results, (bytes, i) => Assert.Equal((1 << 20, (byte)i, (byte)i), (bytes.Length, bytes[0], bytes[^1])));
        }

        static byte[] Large((int Index, int Value) item)
        {
            var bytes = new byte[1 << 20];
            bytes.AsSpan().Fill((byte)item.Index);
            return bytes;
        }
    }

    [Theory, MemberData(nameof(ParameterSets))]
    public async Task ME_05_rows_of_a_matrix_are_mapped_in_blocks(int? workers, int? window, int? lifespan, int? chunkSize)
    {
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = workers, MaxTasksPerWorker = lifespan });
        var rows = Enumerable.Range(0, 100).Select(i => (X: Math.Sin(i), Y: Math.Cos(i))).ToArray();
        var expected = rows.Select(row => (row.X * row.X, row.Y * row.Y)).ToArray();
        var options = new JobOptions { Window = window, ChunkSize = chunkSize };
        var lengths = new ConcurrentBag<int>();
        var squared = await pool.MapChunksAsync(block =>
        {
            lengths.Add(block.Length);
            return block.ToArray().Select(row => (row.X * row.X, row.Y * row.Y)).ToArray();
        }, rows, options).Within("map of blocks", pool);
        Assert.Equal(expected, squared);
        Assert.Equal(100, lengths.Sum());
        if (chunkSize is { } size)
            Assert.Equal((100 + size - 1) / size, lengths.Count);
        var buffer = new (double, double)[100];
        await pool.MapAsync(row => (row.X * row.X, row.Y * row.Y), rows, buffer.AsMemory(), options).Within("map into a buffer", pool);
        Assert.Equal(expected, buffer);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task ME_10_draining_a_stream_of_a_terminated_pool_throws(bool disposed, bool withProgress)
    {
        await using var pool = WorkerPool.Create(2);
        var options = new JobOptions { ChunkSize = 1, Progress = withProgress ? new ProgressLog() : null };
        await using var results = pool.StreamAsync(x =>
        {
            if (x > 0)
                WaitForCancellation();
            return x;
        }, Generated(Enumerable.Range(0, 100)), options).GetAsyncEnumerator();
        Assert.Equal(0, await results.Next("first", pool));
        if (disposed)
            await pool.DisposeAsync().Within("dispose", pool);
        else
            await pool.TerminateAsync().Within("terminate", pool);
        await Fails<PoolTerminatedException>(results.MoveNextAsync().AsTask(), "draining", pool);
        Assert.False(await results.MoveNextAsync().Within("end", pool));
    }

    [Fact]
    public async Task ME_11_a_pool_can_be_made_on_any_thread()
    {
        var made = new TaskCompletionSource<WorkerPool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => made.SetResult(WorkerPool.Create(2)));
        thread.Start();
        await using var pool = await made.Task.Within("creation");
        thread.Join();
        Assert.Equal(StandardResults, await pool.MapAsync(Standard, StandardData).Within("map", pool));
    }

    [Fact]
    public async Task ME_13_ME_14_calls_one_after_another_and_results_read_twice()
    {
        await using var pool = WorkerPool.Create(1);
        for (var i = 0; i < 10; i++)
            Assert.Equal(i * i, await pool.ApplyAsync(Sqr, i).Within($"call {i}", pool));
        var calls = Enumerable.Range(0, 10).Select(i => pool.ApplyAsync(Sqr, i)).ToArray();
        for (var round = 0; round < 2; round++)
            Assert.Equal(Squares, await Task.WhenAll(calls).Within($"round {round}", pool));
    }

    [Fact]
    public async Task ME_16_MA_05_MA_07_there_is_one_callback_with_the_value_or_the_error()
    {
        await using var pool = WorkerPool.Create(2);
        var seen = new ConcurrentQueue<object>();
        var good = pool.ApplyAsync(Sqr, 42);
        var bad = pool.ApplyAsync<int>(() => throw new ArgumentException("test"));
        await good.ContinueWith(done => seen.Enqueue(done.GetAwaiter().GetResult()), TaskScheduler.Default).Within("callback", pool);
        Assert.Equal(1764, Assert.Single(seen));
        seen.Clear();
        await bad.ContinueWith(done => seen.Enqueue(done.Exception!.InnerException!.InnerException!), TaskScheduler.Default).Within("error callback", pool);
        Assert.Equal("test", Assert.IsType<ArgumentException>(Assert.Single(seen)).Message);
        var once = await Assert.ThrowsAsync<WorkItemException>(() => bad);
        Assert.Same(once, await Assert.ThrowsAsync<WorkItemException>(() => bad));
    }

    [Fact]
    public async Task ME_17_a_failing_call_leaves_the_others_alone()
    {
        await using var pool = WorkerPool.Create(2);
        var gate = new Gate();
        var first = pool.ApplyAsync(() =>
        {
            gate.Pass();
            WorkContext.Current!.CancellationToken.ThrowIfCancellationRequested();
            return 42;
        });
        await gate.HasArrived(1, "the first call", pool);
        await FailsByItem<ArgumentException>(pool.ApplyAsync<int>(() => throw new ArgumentException("second")), "the second call", pool);
        Assert.False(first.IsCompleted);
        gate.Open();
        Assert.Equal(42, await first.Within("the first call", pool));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ME_19_a_function_knows_its_worker_and_its_item(int workers)
    {
        await using var pool = WorkerPool.Create(workers);
        Assert.Null(WorkContext.Current);
        var contexts = await pool.MapAsync(x => (Item: x, WorkContext.Current!.WorkerId, WorkContext.Current.ItemIndex, WorkContext.Current.Attempt, WorkContext.Current.JobName),
            Enumerable.Range(100, 10), new JobOptions { Name = "ids", ChunkSize = 3 }).Within("map", pool);
        Assert.All(contexts, (context, i) =>
        {
            Assert.InRange(context.WorkerId, 0, workers - 1);
            Assert.Equal((100 + i, i, 1, "ids"), (context.Item, context.ItemIndex, context.Attempt, context.JobName));
        });
        Assert.Null(WorkContext.Current);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ME_20_every_task_sees_the_same_shared_object(int workers)
    {
        foreach (var shared in new object?[] { null, (37, 42), new HashSet<string>(StringComparer.Ordinal) { "1", "2", "3" } })
        {
            var made = 0;
            await using var pool = WorkerPool.Create(new WorkerPoolOptions
            {
                Workers = workers,
                WorkerState = () =>
                {
                    Interlocked.Increment(ref made);
                    return Tuple.Create(shared);
                },
            });
            await Deadline.Until(() => pool.Statistics.Workers == workers, "workers start", pool);
            var seen = await pool.MapAsync(_ => (Captured: shared, OfWorker: ((Tuple<object?>)WorkContext.Current!.State!).Item1), Enumerable.Range(0, 20)).Within("map", pool);
            Assert.All(seen, pair => Assert.True(ReferenceEquals(shared, pair.Captured) && ReferenceEquals(shared, pair.OfWorker)));
            Assert.Equal(workers, made);
        }
    }

    [Fact]
    public async Task ME_22_without_a_factory_there_is_no_state()
    {
        await using var pool = WorkerPool.Create(2);
        Assert.Null(await pool.ApplyAsync(() => WorkContext.Current!.State).Within("call", pool));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ME_23_each_worker_makes_its_own_state_once(int workers)
    {
        var states = new WorkerStates();
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = workers, WorkerState = states.Make });
        using var together = new Barrier(workers);
        var results = await pool.MapAsync(x =>
        {
            var state = (WorkerStates.State)WorkContext.Current!.State!;
            if (x < workers)
                Assert.True(together.SignalAndWait(Deadline.Limit)); // so that each worker has one
            return (Value: 42 + x, Worker: ThisWorker(), State: state.Number);
        }, Enumerable.Range(0, 10), new JobOptions { ChunkSize = 1 }).Within("map", pool);
        Assert.Equal(Enumerable.Range(42, 10), results.Select(result => result.Value));
        Assert.Equal(workers, states.Made);
        Assert.Equal(workers, results.Select(result => (result.Worker, result.State)).Distinct().Count());
    }

    [Fact]
    public async Task ME_25_a_failing_initializer_reaches_map_and_apply_and_is_not_repeated()
    {
        foreach (var workers in new[] { 4, 2 })
        {
            var calls = 0;
            await using var pool = WorkerPool.Create(new WorkerPoolOptions
            {
                Workers = workers,
                Initializer = () =>
                {
                    Interlocked.Increment(ref calls);
                    throw new ArgumentException("initializer");
                },
            });
            var call = workers == 4 ? pool.MapAsync(Sqr, Enumerable.Range(0, 10)) : (Task)pool.ApplyAsync(Sqr, 1);
            Assert.IsType<ArgumentException>((await Fails<NoWorkersException>(call, "call", pool)).InnerException);
            await pool.CloseAsync().Within("close", pool);
            Assert.InRange(calls, 1, workers);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ME_28_the_state_of_each_replaced_worker_is_disposed_of(int workers)
    {
        var states = new WorkerStates();
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = workers, MaxTasksPerWorker = 1, WorkerState = states.Make });
        await pool.ForEachAsync(x => ((WorkerStates.State)WorkContext.Current!.State!).Sum += x, Enumerable.Range(0, 10), new JobOptions { ChunkSize = 1 }).Within("items", pool);
        await pool.CloseAsync().Within("close", pool);
        await Deadline.Until(() => states.Disposed == states.Made, "all states are disposed of", pool);
        Assert.InRange(states.Disposed, 10, 10 + workers);
        Assert.Equal(45, states.Sums.Sum());
    }

    [Fact]
    public async Task ME_31_ME_32_a_function_may_have_a_pool_of_its_own()
    {
        await using var pool = WorkerPool.Create(4);
        var lists = await pool.MapAsync(async (_, token) =>
        {
            await using var inner = WorkerPool.Create(2);
            return await inner.MapAsync(Standard, StandardData, cancellationToken: token);
        }, Enumerable.Range(0, 4)).Within("nested pools", pool);
        Assert.All(lists, list => Assert.Equal(StandardResults, list));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task ME_35_ME_38_progress_goes_from_0_of_13_to_13_of_13_and_changes_no_result(int? workers)
    {
        await using var pool = WorkerPool.Create(workers);
        foreach (var listed in new[] { true, false })
        {
            var mapped = new ProgressLog();
            IEnumerable<(int, int)> inputs = listed ? StandardData.ToList() : Generated(StandardData);
            Assert.Equal(StandardResults, await pool.MapAsync(Standard, inputs, new JobOptions { Progress = mapped }).Within("map", pool));
            IsWhole(mapped, knowsTotal: listed);
            var streamed = new ProgressLog();
            Assert.Equal(StandardResults, await pool.StreamAsync(Standard, inputs, new JobOptions { Progress = streamed }).ReadAll("stream", pool));
            IsWhole(streamed, knowsTotal: false);
        }

        static void IsWhole(ProgressLog log, bool knowsTotal)
        {
            var reports = log.Reports;
            Assert.InRange(reports.Count, 2, 15);
            if (knowsTotal)
                Assert.Equal((0L, 13L), (reports[0].Done, reports[0].Total));
            Assert.Equal((13L, 13L, 0L, 0L), (log.Last.Done, log.Last.Total, log.Last.Failed, log.Last.Retried));
            Assert.Equal(reports.Select(report => report.Done).Order(), reports.Select(report => report.Done));
        }
    }

    [Fact]
    public async Task ME_40_ME_41_workers_are_kept_from_job_to_job_whatever_the_jobs_are()
    {
        await using var pool = WorkerPool.Create(2);
        var values = StandardData.Select(item => item.Value).ToArray();
        int[] doubled = [2, 4, 6, 10, 12, 18, 74, 84, 2674, 0, 6, 10, 0];
        int[] tripled = [3, 6, 9, 15, 18, 27, 111, 126, 4011, 0, 9, 15, 0];
        Assert.Equal(doubled, await pool.MapAsync(x => 2 * x, values).Within("map", pool));
        Assert.Equal(doubled, await pool.StreamAsync(x => 2 * x, Generated(values), new JobOptions { Window = 3 }).ReadAll("stream", pool));
        Assert.Equal(tripled, await pool.MapAsync(x => 3 * x, values, new JobOptions { ChunkSize = 3 }).Within("another function", pool));
        await FailsByItem<SayWhenException>(pool.MapAsync<int, int>(_ => throw new SayWhenException(), values), "a failing one", pool);
        Assert.Equal(doubled, await pool.MapAsync(x => 2 * x, values).Within("map again", pool));
        Assert.Equal(2, pool.Statistics.Started);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ME_43_the_functions_exception_reaches_the_caller_of_every_kind_of_call(bool withProgress)
    {
        await using var pool = WorkerPool.Create(2);
        var options = new JobOptions { Progress = withProgress ? new ProgressLog() : null };
        await FailsByItem<ArgumentException>(pool.MapAsync(Failing, StandardData, options), "map", pool);
        await FailsByItem<ArgumentException>(pool.StreamAsync(Failing, Generated(StandardData), options).ReadAll("stream", pool), "stream", pool);
        await FailsByItem<ArgumentException>(pool.StreamAsync(Failing, StandardData, options with { Order = JobOrder.Completion }).ReadAll("unordered", pool), "unordered", pool);
        await FailsByItem<ArgumentException>(pool.ForEachAsync(x => _ = Failing(x), StandardData, options), "for-each", pool);
        await FailsByItem<ArgumentException>(pool.ApplyAsync(Failing, (0, 0), options), "apply", pool);
        await FailsByItem<ArgumentException>(pool.MapChunksAsync<(int, int), int>(_ => throw new ArgumentException("block"), StandardData, options), "chunks", pool);
        await FailsByItem<ArgumentException>(pool.AggregateAsync(() => 0, (sum, x) => sum + Failing(x), (x, y) => x + y, StandardData, options), "aggregate", pool);

        static int Failing((int Index, int Value) item) => throw new ArgumentException($"item {item.Index}");
    }

    [Fact]
    public async Task ME_46_DK_13_a_call_that_never_returns_costs_only_itself()
    {
        await using var pool = WorkerPool.Create(Impatient(3));
        var never = new Gate();
        var calls = Enumerable.Range(0, 100).Select(i => pool.ApplyAsync(x =>
        {
            if (x == 0)
                never.Pass();
            return x;
        }, i, i == 0 ? new JobOptions { ItemTimeout = TimeSpan.FromMilliseconds(50) } : null)).ToArray();
        await Task.WhenAll(calls).ContinueWith(_ => { }, TaskScheduler.Default).Within("all calls end", pool);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i != 0), calls.Select(call => call.IsCompletedSuccessfully));
        await FailsByItem<TimeoutException>(calls[0], "the call that never returns", pool);
        await Deadline.Until(() => pool.Statistics is { Abandoned: 1, Workers: 3, Started: 4 }, "the replacement", pool);
        never.Open();
    }

    [Fact]
    public async Task ME_47_an_exception_in_the_middle_of_a_stream_stops_nothing()
    {
        await using var pool = WorkerPool.Create(5);
        var triples = Enumerable.Range(0, 100).Select(i => (X: i, Y: 42 + i, Z: 10 - i));
        var yielded = new List<int>();
        var failure = await Assert.ThrowsAsync<WorkItemException>(async () =>
        {
            await foreach (var result in pool.StreamAsync(triple => triple.X * triple.Y / triple.Z, triples))
                yielded.Add(result);
        });
        Assert.IsType<DivideByZeroException>(failure.InnerException);
        Assert.Equal(10, failure.Index);
        Assert.Equal(10, yielded.Count);
        await pool.CloseAsync().Within("close", pool);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ME_49_an_item_that_takes_too_long_fails_and_one_that_does_not_succeeds(bool asynchronous)
    {
        await using var pool = WorkerPool.Create(2);
        var gate = new Gate();
        var limit = new JobOptions { ItemTimeout = TimeSpan.FromMilliseconds(10) };
        var call = asynchronous
            ? pool.MapAsync(async (x, token) =>
            {
                await gate.PassAsync(token);
                return x;
            }, Inputs(1, 2, 3), limit)
            : pool.MapAsync(x =>
            {
                WaitForCancellation();
                return x;
            }, Inputs(1, 2, 3), limit);
        var failure = await FailsByItem<TimeoutException>(call, "too long", pool);
        Assert.Contains(failure.Index.ToString(System.Globalization.CultureInfo.InvariantCulture), failure.InnerException!.Message, StringComparison.Ordinal);
        var results = await pool.MapAsync(Identity, Inputs(1, 2, 3), new JobOptions { ItemTimeout = TimeSpan.FromSeconds(100) }).Within("fast enough", pool);
        Assert.Equal([1, 2, 3], results.AsEnumerable());
    }

    [Fact]
    public async Task MA_01_jobs_have_numbers_of_their_own_and_may_have_names()
    {
        await using var pool = WorkerPool.Create(1);
        await using var other = WorkerPool.Create(1);
        var ids = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            var job = (i % 2 == 0 ? pool : other).StartMap(_ => WorkContext.Current!.JobId, Inputs(1));
            Assert.Equal(job.Id, Assert.Single(await job.Within("job", pool)));
            ids.Add(job.Id);
        }
        Assert.Equal(ids.Distinct().Order(), ids);
        var named = pool.StartMap(_ => WorkContext.Current!.JobName, Inputs(1), new JobOptions { Name = "forty-two" });
        Assert.Equal("forty-two", named.Name);
        Assert.Equal("forty-two", Assert.Single(await named.Within("named", pool)));
    }

    [Fact]
    public async Task MA_08_MA_10_unordered_results_come_in_the_order_they_arrive_and_a_failure_is_no_result()
    {
        await using var pool = WorkerPool.Create(3);
        var gates = Enumerable.Range(0, 3).Select(_ => new Gate()).ToArray();
        await using var results = pool.StreamAsync(x =>
        {
            gates[x].Pass();
            return x switch { 0 => 1337, 1 => throw new SayWhenException(), _ => 42 };
        }, Generated(Enumerable.Range(0, 3)), new JobOptions { Order = JobOrder.Completion, ChunkSize = 1 }).GetAsyncEnumerator();
        gates[2].Open();
        Assert.Equal(42, await results.Next("the last one first", pool));
        gates[1].Open();
        Assert.Equal(1, (await FailsNext(results, "the failing one", pool)).Index);
        gates[0].Open();
        Assert.Equal(1337, await results.Next("the first one last", pool));
        Assert.False(await results.MoveNextAsync().Within("end", pool));
    }

    [Fact]
    public async Task MA_11_MR_04_the_total_is_known_at_once_for_a_list_and_at_the_end_of_a_generator()
    {
        await using var pool = WorkerPool.Create(2);
        var gate = new Gate();
        var listed = pool.StartMap(Gated, Enumerable.Range(0, 13).ToList());
        Assert.Equal(13, listed.Progress.Total);
        var more = new Gate();
        var generated = pool.StartMap(Gated, Generator(), new JobOptions { ChunkSize = 1 });
        await more.HasArrived(1, "the source waits", pool);
        Assert.Null(generated.Progress.Total);
        Assert.Null(generated.Progress.Remaining);
        gate.Open();
        more.Open();
        await Task.WhenAll(listed.Completion, generated.Completion).Within("jobs", pool);
        Assert.Equal((2L, 2L), (generated.Progress.Done, generated.Progress.Total));
        Assert.Equal((13L, 13L), (listed.Progress.Done, listed.Progress.Total));

        int Gated(int x)
        {
            gate.Pass();
            return x;
        }

        IEnumerable<int> Generator()
        {
            yield return 1;
            more.Pass();
            yield return 2;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(10)]
    public async Task MR_01_the_number_of_workers_is_kept_as_given(int workers)
    {
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = workers });
        Assert.Equal(workers, pool.Workers);
    }

    [Fact]
    public async Task MR_05_MR_08_numbers_below_their_minimum_are_refused_by_name()
    {
        Refused("MaxTasksPerWorker", () => { _ = WorkerPool.Create(new WorkerPoolOptions { MaxTasksPerWorker = 0 }); });
        await using var pool = WorkerPool.Create(1);
        foreach (var (member, options) in new[]
        {
            ("ChunkSize", new JobOptions { ChunkSize = 0 }), ("Window", new JobOptions { Window = 0 }), ("Retries", new JobOptions { Retries = -1 }),
            ("Retries", new JobOptions { Retries = 1001 }), ("Order", new JobOptions { Order = (JobOrder)7 }), ("RetryWhen", new JobOptions { RetryWhen = _ => true }),
        })
        {
            Refused(member, () => { _ = pool.MapAsync(Sqr, Inputs(1), options); });
            Refused(member, () => { _ = pool.StreamAsync(Sqr, Inputs(1), options); });
            Refused(member, () => { _ = pool.ApplyAsync(Sqr, 1, options); });
        }
        Refused("Order", () => { _ = pool.MapAsync(Sqr, Inputs(1), new JobOptions { Order = JobOrder.Completion }); });

        static void Refused(string member, Action call) => Assert.Contains(member, Assert.ThrowsAny<ArgumentException>(call).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0, false)]
    [InlineData(-1.337, false)]
    [InlineData(-5.0, false)]
    [InlineData(1e8, false)] // mpire takes it; Akka's timers end at 24 days
    [InlineData(0.5, true)]
    [InlineData(1.0, true)]
    [InlineData(100.5, true)]
    [InlineData(1e6, true)]
    public async Task MR_10_timeouts_are_more_than_zero_and_no_more_than_timers_can_count(double seconds, bool valid)
    {
        await using var pool = WorkerPool.Create(1);
        var time = TimeSpan.FromSeconds(seconds);
        foreach (var options in new[] { new JobOptions { Timeout = time }, new JobOptions { ItemTimeout = time } })
        {
            if (valid)
                Assert.Equal(25, await pool.ApplyAsync(Sqr, 5, options).Within("call", pool));
            else
                Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.ApplyAsync(Sqr, 5, options); });
        }
    }

    [Fact]
    public async Task MN_01_MN_02_statistics_begin_at_zero_and_count_what_was_done()
    {
        await using var pool = WorkerPool.Create(2);
        Assert.Equal((0L, 0L, 0L, 0L, 0L), (pool.Statistics.ItemsDone, pool.Statistics.ItemsFailed, pool.Statistics.ItemsRetried, pool.Statistics.Lost, pool.Statistics.Abandoned));
        for (var round = 1; round <= 3; round++)
        {
            await pool.MapAsync(Sqr, Enumerable.Range(0, 10)).Within($"round {round}", pool);
            Assert.Equal(10 * round, pool.Statistics.ItemsDone);
        }
        await FailsByItem<SayWhenException>(pool.ApplyAsync<int>(() => throw new SayWhenException(), new JobOptions { Retries = 2 }), "failing", pool);
        Assert.Equal((31L, 1L, 2L), (pool.Statistics.ItemsDone, pool.Statistics.ItemsFailed, pool.Statistics.ItemsRetried));
        var gate = new Gate();
        var blocked = pool.ApplyAsync(() =>
        {
            gate.Pass();
            return 1;
        });
        await gate.HasArrived(1, "the blocked one", pool);
        await Deadline.Until(() => pool.Statistics is { Workers: 2, Busy: 1, Jobs: 1, Started: 2 }, "one of two workers is busy", pool);
        gate.Open();
        await blocked.Within("the blocked one", pool);
        await Deadline.Until(() => pool.Statistics is { Workers: 2, Busy: 0, Jobs: 0 }, "all is quiet", pool);
    }

    [Fact]
    public async Task MC_04_an_outcome_says_which_item_whether_it_succeeded_and_who_failed_at_it()
    {
        await using var pool = WorkerPool.Create(3);
        var ran = new ConcurrentDictionary<int, int>();
        var outcomes = await pool.TryMapAsync(x =>
        {
            ran[x] = ThisWorker();
            return x % 2 == 0 ? x : throw new SayWhenException($"odd {x}");
        }, Enumerable.Range(0, 10), new JobOptions { ChunkSize = 3 }).Within("try-map", pool);
        Assert.All(outcomes, (outcome, i) =>
        {
            Assert.Equal((i, i % 2 == 0, 1), (outcome.Index, outcome.IsSuccess, outcome.Attempts));
            if (outcome.IsSuccess)
                Assert.Equal(i, outcome.Value);
            else
                Assert.Equal(($"worker-{ran[i]}", i, $"odd {i}"), (outcome.Error!.Worker, outcome.Error.Index, outcome.Error.InnerException!.Message));
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task MC_05_a_drain_lets_items_end_and_a_stop_cancels_them(int workers)
    {
        foreach (var drain in new[] { true, false })
        {
            await using var pool = WorkerPool.Create(workers);
            var (gate, cancelled) = (new Gate(), 0);
            var job = pool.StartMap(async (x, token) =>
            {
                try
                {
                    await gate.PassAsync(token);
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref cancelled);
                    throw;
                }
                return x;
            }, Enumerable.Range(0, workers), new JobOptions { ChunkSize = 1 });
            await gate.HasArrived(workers, "all workers are busy", pool);
            var ended = drain ? pool.CloseAsync() : pool.TerminateAsync();
            if (drain)
                gate.Open();
            await ended.Within("end", pool);
            if (drain)
                Assert.Equal(Enumerable.Range(0, workers), await job);
            else
                await Fails<PoolTerminatedException>(job.Completion, "job", pool);
            await Deadline.Until(() => Volatile.Read(ref cancelled) == (drain ? 0 : workers), "items see their tokens", pool);
        }
    }

    private static (int Index, int Square) Standard((int Index, int Value) item) => (item.Index, Sqr(item.Value));
}
