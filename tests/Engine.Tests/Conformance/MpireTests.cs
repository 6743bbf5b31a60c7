using System.Collections.Concurrent;
using ActorPool.Tests.Support;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Conformance;

/// <summary>Cases ME: the maps and workers of mpire's <c>WorkerPool</c>.</summary>
public class MpireTests : ConformanceCases
{
    /// <summary>mpire's nine parameter sets: workers, max active, lifespan, chunk size.</summary>
    /// <remarks>Its splits are chunk sizes here: 13 items in 3 splits are chunks of 5.</remarks>
    public static TheoryData<int?, int?, int?, int?> ParameterSets => new()
    {
        { null, null, null, null }, { 1, null, null, null }, { 2, null, null, null }, { 2, 2, null, null }, { 2, null, 2, null },
        { 2, null, null, 3 }, { 2, null, null, 5 }, { 2, 2, 2, 3 }, { 2, null, 1, 3 },
    };

    [Theory, MemberData(nameof(ParameterSets))]
    public async Task ME_01_ME_02_ME_08_all_kinds_of_map_with_all_parameters(int? workers, int? window, int? lifespan, int? chunkSize)
    {
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = workers, MaxTasksPerWorker = lifespan });
        var options = new JobOptions { Window = window, ChunkSize = chunkSize };
        var unordered = options with { Order = JobOrder.Completion };
        foreach (var inputs in new[] { StandardData, StandardData.ToList(), Generated(StandardData) })
        {
            Assert.Equal(StandardResults, await pool.MapAsync(Standard, inputs, options).Within("map", pool));
            Assert.Equal(StandardResults, await pool.StreamAsync(Standard, inputs, options).ReadAll("stream", pool));
            Assert.Equal(StandardResults, (await pool.StreamAsync(Standard, inputs, unordered).ReadAll("unordered stream", pool)).Order());
            var starMap = pool.StarMapAsync((int index, int value) => (index, Sqr(value)), inputs, options);
            Assert.Equal(StandardResults, await starMap.Within("star map", pool));
            var outcomes = await pool.TryMapAsync(Standard, inputs, options).Within("try-map", pool);
            Assert.Equal(StandardResults, outcomes.Select(outcome => outcome.Value));
            var asynchronousMap = pool.MapAsync((x, _) => ValueTask.FromResult(Standard(x)), inputs, options);
            Assert.Equal(StandardResults, await asynchronousMap.Within("asynchronous map", pool));
        }
        var fromAsynchronous = pool.StreamAsync(Standard, GeneratedAsync(StandardData), options);
        Assert.Equal(StandardResults, await fromAsynchronous.ReadAll("asynchronous source", pool));
        Assert.Equal(0, pool.Statistics.Lost);
    }

    [Theory, MemberData(nameof(ParameterSets))]
    public async Task ME_04_large_results_survive_the_replacement_of_their_workers(int? workers, int? window, int? lifespan, int? chunkSize)
    {
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = workers, MaxTasksPerWorker = lifespan });
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

    [TheoryAt(Places.Here), MemberData(nameof(ParameterSets))]
    public async Task ME_05_rows_of_a_matrix_are_mapped_in_blocks(int? workers, int? window, int? lifespan, int? chunkSize)
    {
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = workers, MaxTasksPerWorker = lifespan });
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
        await using var pool = await CreatePool(2);
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

    [FactAt(Places.Here)]
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
        await using var pool = await CreatePool(1);
        for (var i = 0; i < 10; i++)
            Assert.Equal(i * i, await pool.ApplyAsync(Sqr, i).Within($"call {i}", pool));
        var calls = Enumerable.Range(0, 10).Select(i => pool.ApplyAsync(Sqr, i)).ToArray();
        for (var round = 0; round < 2; round++)
            Assert.Equal(Squares, await Task.WhenAll(calls).Within($"round {round}", pool));
    }

    [Fact]
    public async Task ME_16_MA_05_MA_07_there_is_one_callback_with_the_value_or_the_error()
    {
        await using var pool = await CreatePool(2);
        var seen = new ConcurrentQueue<object>();
        var good = pool.ApplyAsync(Sqr, 42);
        var bad = pool.ApplyAsync<int>(() => throw new ArgumentException("test"));
        await good.ContinueWith(done => seen.Enqueue(done.GetAwaiter().GetResult()), TaskScheduler.Default).Within("callback", pool);
        Assert.Equal(1764, Assert.Single(seen));
        seen.Clear();
        await bad.ContinueWith(done => seen.Enqueue(done.Exception!.InnerException!.InnerException!), TaskScheduler.Default)
            .Within("error callback", pool);
        Assert.Equal("test", Assert.IsType<ArgumentException>(Assert.Single(seen)).Message);
        var once = await Assert.ThrowsAsync<WorkItemException>(() => bad);
        Assert.Same(once, await Assert.ThrowsAsync<WorkItemException>(() => bad));
    }

    [Fact]
    public async Task ME_17_a_failing_call_leaves_the_others_alone()
    {
        await using var pool = await CreatePool(2);
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
        await using var pool = await CreatePool(workers);
        Assert.Null(WorkContext.Current);
        var contexts = await pool.MapAsync(
            x =>
            {
                var context = WorkContext.Current!;
                return (Item: x, context.WorkerId, context.ItemIndex, context.Attempt, context.JobName);
            },
            Enumerable.Range(100, 10), new JobOptions { Name = "ids", ChunkSize = 3 }).Within("map", pool);
        Assert.All(contexts, (context, i) =>
        {
            Assert.InRange(context.WorkerId, 0, workers - 1);
            Assert.Equal((100 + i, i, 1, "ids"), (context.Item, context.ItemIndex, context.Attempt, context.JobName));
        });
        Assert.Null(WorkContext.Current);
    }

    [TheoryAt(Places.Here)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ME_20_every_task_sees_the_same_shared_object(int workers)
    {
        foreach (var shared in new object?[] { null, (37, 42), new HashSet<string>(StringComparer.Ordinal) { "1", "2", "3" } })
        {
            var made = 0;
            await using var pool = await CreatePool(new WorkerPoolOptions
            {
                Workers = workers,
                WorkerState = () =>
                {
                    Interlocked.Increment(ref made);
                    return Tuple.Create(shared);
                },
            });
            await Deadline.Until(() => pool.Statistics.Workers == workers, "workers start", pool);
            var seen = await pool.MapAsync(
                _ => (Captured: shared, FromState: ((Tuple<object?>)WorkContext.Current!.State!).Item1), Enumerable.Range(0, 20))
                .Within("map", pool);
            Assert.All(seen, pair => Assert.True(ReferenceEquals(shared, pair.Captured) && ReferenceEquals(shared, pair.FromState)));
            Assert.Equal(workers, made);
        }
    }

    [Fact]
    public async Task ME_22_without_a_factory_there_is_no_state()
    {
        await using var pool = await CreatePool(2);
        Assert.Null(await pool.ApplyAsync(() => WorkContext.Current!.State).Within("call", pool));
    }

    [TheoryAt(Places.Here)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ME_23_each_worker_makes_its_own_state_once(int workers)
    {
        var states = new WorkerStates();
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = workers, WorkerState = states.Make });
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

    [FactAt(Places.Here)]
    public async Task ME_25_a_failing_initializer_reaches_map_and_apply_and_is_not_repeated()
    {
        foreach (var workers in new[] { 4, 2 })
        {
            var calls = 0;
            await using var pool = await CreatePool(new WorkerPoolOptions
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

    [TheoryAt(Places.Here)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ME_28_the_state_of_each_replaced_worker_is_disposed_of(int workers)
    {
        var states = new WorkerStates();
        await using var pool = await CreatePool(new WorkerPoolOptions
        {
            Workers = workers,
            MaxTasksPerWorker = 1,
            WorkerState = states.Make,
        });
        await pool.ForEachAsync(
            x => ((WorkerStates.State)WorkContext.Current!.State!).Sum += x,
            Enumerable.Range(0, 10), new JobOptions { ChunkSize = 1 }).Within("items", pool);
        await pool.CloseAsync().Within("close", pool);
        await Deadline.Until(() => states.Disposed == states.Made, "all states are disposed of", pool);
        Assert.InRange(states.Disposed, 10, 10 + workers);
        Assert.Equal(45, states.Sums.Sum());
    }

    [Fact]
    public async Task ME_31_ME_32_a_function_may_create_its_own_pool()
    {
        await using var pool = await CreatePool(4);
        var lists = await pool.MapAsync(async (_, token) =>
        {
            await using var inner = await CreatePool(2);
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
        await using var pool = await CreatePool(workers);
        foreach (var listed in new[] { true, false })
        {
            var mapped = new ProgressLog();
            IEnumerable<(int, int)> inputs = listed ? StandardData.ToList() : Generated(StandardData);
            Assert.Equal(StandardResults, await pool.MapAsync(Standard, inputs, new JobOptions { Progress = mapped }).Within("map", pool));
            CheckComplete(mapped, knowsTotal: listed);
            var streamed = new ProgressLog();
            var stream = pool.StreamAsync(Standard, inputs, new JobOptions { Progress = streamed });
            Assert.Equal(StandardResults, await stream.ReadAll("stream", pool));
            CheckComplete(streamed, knowsTotal: false);
        }

        static void CheckComplete(ProgressLog log, bool knowsTotal)
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
    public async Task ME_40_ME_41_workers_are_kept_between_jobs_of_any_kind()
    {
        await using var pool = await CreatePool(2);
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
        await using var pool = await CreatePool(2);
        var options = new JobOptions { Progress = withProgress ? new ProgressLog() : null };
        await FailsByItem<ArgumentException>(pool.MapAsync(Failing, StandardData, options), "map", pool);
        var stream = pool.StreamAsync(Failing, Generated(StandardData), options);
        await FailsByItem<ArgumentException>(stream.ReadAll("stream", pool), "stream", pool);
        var unordered = pool.StreamAsync(Failing, StandardData, options with { Order = JobOrder.Completion });
        await FailsByItem<ArgumentException>(unordered.ReadAll("unordered", pool), "unordered", pool);
        await FailsByItem<ArgumentException>(pool.ForEachAsync(x => _ = Failing(x), StandardData, options), "for-each", pool);
        await FailsByItem<ArgumentException>(pool.ApplyAsync(Failing, (0, 0), options), "apply", pool);
        var chunks = pool.MapChunksAsync<(int, int), int>(_ => throw new ArgumentException("block"), StandardData, options);
        await FailsByItem<ArgumentException>(chunks, "chunks", pool);
        var aggregate = pool.AggregateAsync(() => 0, (sum, x) => sum + Failing(x), (x, y) => x + y, StandardData, options);
        await FailsByItem<ArgumentException>(aggregate, "aggregate", pool);

        static int Failing((int Index, int Value) item) => throw new ArgumentException($"item {item.Index}");
    }

    private static (int Index, int Square) Standard((int Index, int Value) item) => (item.Index, Sqr(item.Value));
}
