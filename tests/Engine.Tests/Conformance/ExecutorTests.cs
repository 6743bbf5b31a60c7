using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using ActorPool.Tests.Support;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Conformance;

/// <summary>Cases EX and TP: <c>concurrent.futures</c>, all executors and the thread pool.</summary>
public class ExecutorTests : ConformanceCases
{
    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task EX_01_submit_returns_the_result(int workers)
    {
        await using var pool = await CreatePool(workers);
        Assert.Equal(256, await pool.ApplyAsync(() => Pow(2, 8)).Within("submit", pool));
    }

    [Fact]
    public async Task EX_02_submit_with_a_named_argument_is_a_lambda()
    {
        await using var pool = await CreatePool(5);
        Assert.Equal(16, await pool.ApplyAsync(x => Mul(x, y: 8), 2).Within("submit", pool));
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task EX_05_map_over_two_ranges(int workers)
    {
        await using var pool = await CreatePool(workers);
        var pairs = Enumerable.Range(0, 10).Zip(Enumerable.Range(0, 10));
        Assert.Equal(Powers, await pool.StarMapAsync((int x, int y) => Pow(x, y), pairs).Within("map", pool));
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task EX_07a_the_results_before_the_failing_item_are_yielded(int workers)
    {
        await using var pool = await CreatePool(workers);
        await using var results = pool.StreamAsync(y => DivMod(1, y), Inputs(2, 3, 0, 5)).GetAsyncEnumerator();
        Assert.Equal((0, 1), await results.Next("first", pool));
        Assert.Equal((0, 1), await results.Next("second", pool));
        var failure = await FailsNext(results, "third", pool);
        Assert.IsType<DivideByZeroException>(failure.InnerException);
        Assert.Equal(2, failure.Index);
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task EX_07b_iteration_goes_on_after_a_failing_item(int workers)
    {
        await using var pool = await CreatePool(workers);
        await using var results = pool.StreamAsync(y => DivMod(5, y), Generated(Inputs(2, 3, 0, 5))).GetAsyncEnumerator();
        Assert.Equal((2, 1), await results.Next("first", pool));
        Assert.Equal((1, 2), await results.Next("second", pool));
        Assert.IsType<DivideByZeroException>((await FailsNext(results, "third", pool)).InnerException);
        Assert.Equal((1, 0), await results.Next("fourth", pool));
        Assert.False(await results.MoveNextAsync().Within("end", pool));
        Assert.False(await results.MoveNextAsync().Within("end again", pool));
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task EX_08_one_failing_item_does_not_discard_its_chunk(int workers)
    {
        await using var pool = await CreatePool(workers);
        var options = new JobOptions { ChunkSize = 3 };
        await using var results = pool.StreamAsync(y => DivMod(5, y), Inputs(2, 0, 3, 5), options).GetAsyncEnumerator();
        Assert.Equal((2, 1), await results.Next("first", pool));
        var failure = await FailsNext(results, "second", pool);
        Assert.IsType<DivideByZeroException>(failure.InnerException);
        Assert.Equal(1, failure.Index);
        Assert.Equal((1, 2), await results.Next("third", pool));
        Assert.Equal((1, 0), await results.Next("fourth", pool));
        Assert.False(await results.MoveNextAsync().Within("end", pool));
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task EX_10_EX_11_a_timeout_ends_the_whole_iteration_and_cancels_the_rest(int workers)
    {
        await using var pool = await CreatePool(workers);
        var (started, cancelled) = (new Gate(), new Gate());
        started.Open();
        cancelled.Open();
        await using var results = pool.StreamAsync(x =>
        {
            if (x == 2)
            {
                started.Pass();
                try
                {
                    WaitForCancellation();
                }
                catch (OperationCanceledException)
                {
                    cancelled.Pass();
                    throw;
                }
            }
            return x;
        }, Inputs(0, 1, 2), new JobOptions { ChunkSize = 1, Timeout = TimeSpan.FromMilliseconds(300) }).GetAsyncEnumerator();
        var yielded = new List<int>();
        var timeout = await Assert.ThrowsAsync<TimeoutException>(async () =>
        {
            while (await results.MoveNextAsync().Within($"pull {yielded.Count}", pool))
                yielded.Add(results.Current);
        });
        Assert.Contains("(of 3) items unfinished", timeout.Message, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, yielded.Count), yielded);
        Assert.InRange(yielded.Count, 0, 2);
        Assert.False(await results.MoveNextAsync().Within("end", pool));
        Assert.False(await results.MoveNextAsync().Within("end again", pool));
        // Fresh processes may take longer than the timeout to begin it.
        if (started.Arrived == 1)
            await cancelled.HasArrived(1, "the running item is cancelled", pool);
        Assert.Equal(25, await pool.ApplyAsync(Sqr, 5).Within("the worker is free again", pool));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task EX_14_an_impossible_window_is_refused_at_the_call(int window)
    {
        await using var pool = await CreatePool(1);
        var options = new JobOptions { Window = window };
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.StreamAsync(Sqr, new CountingSource(3), options); });
        Assert.Contains("Window", refused.Message, StringComparison.Ordinal);
        Assert.Contains("1 or more", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.MapAsync(Sqr, new CountingSource(3), options); });
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(100)]
    public async Task EX_16_a_window_of_any_size_changes_no_result(int? window)
    {
        await using var pool = await CreatePool(5);
        var pairs = Enumerable.Range(0, 4).Zip(Enumerable.Range(0, 4));
        var results = await pool.StreamAsync(pair => pair.First + pair.Second, pairs, new JobOptions { Window = window })
            .ReadAll("stream", pool);
        Assert.Equal([0, 2, 4, 6], results);
        results = [.. await pool.StarMapAsync((int x, int y) => x + y, pairs, new JobOptions { Window = window }).Within("map", pool)];
        Assert.Equal([0, 2, 4, 6], results);
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task EX_17_an_endless_source_can_be_read_for_a_while(int workers)
    {
        await using var pool = await CreatePool(workers);
        await using var results = pool
            .StreamAsync(x => x.ToString(CultureInfo.InvariantCulture), Endless(), new JobOptions { Window = 2 })
            .GetAsyncEnumerator();
        Assert.Equal("0", await results.Next("first", pool));
        Assert.Equal("1", await results.Next("second", pool));
        Assert.Equal("2", await results.Next("third", pool));
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task EX_19_empty_inputs_give_empty_results(int workers)
    {
        await using var pool = await CreatePool(workers);
        var none = Array.Empty<int>();
        foreach (var window in new int?[] { null, 2 })
        {
            var options = new JobOptions { Window = window };
            Assert.Empty(await pool.StreamAsync(Sqr, none, options).ReadAll("stream of an array", pool));
            Assert.Empty(await pool.StreamAsync(Sqr, Generated(none), options).ReadAll("stream of a generator", pool));
            var unordered = options with { Order = JobOrder.Completion };
            Assert.Empty(await pool.StreamAsync(Sqr, GeneratedAsync(none), unordered).ReadAll("unordered stream", pool));
            Assert.Empty(await pool.MapAsync(Sqr, none, options).Within("map of an array", pool));
            Assert.Empty(await pool.MapAsync(Sqr, Generated(none), options).Within("map of a generator", pool));
            Assert.Empty(await pool.TryMapAsync(Sqr, none, options).Within("try-map", pool));
            await pool.ForEachAsync(x => Assert.Fail($"ran for {x}"), Generated(none), options).Within("for-each", pool);
        }
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task EX_20_nothing_beyond_the_window_is_taken_from_the_source(int workers)
    {
        await using var pool = await CreatePool(workers);
        var source = new CountingSource(4);
        var gate = new Gate();
        await using var results = pool.StreamAsync(x =>
        {
            gate.Pass();
            return x;
        }, source, new JobOptions { Window = 2, ChunkSize = 1 }).GetAsyncEnumerator();
        // Nothing is yielded while the gate is closed, so no more than the window is taken.
        var first = results.MoveNextAsync().AsTask();
        await Deadline.Until(() => source.Produced == 2, "two are taken", pool);
        await gate.HasArrived(Math.Min(workers, 2), "the taken ones run", pool);
        Assert.Equal(2, source.Produced);
        gate.Open();
        Assert.True(await first.Within("first result", pool));
        Assert.Equal(0, results.Current);
        await Deadline.Until(() => source.Produced == 3, "one more is taken for the one that was yielded", pool);
        await Deadline.Until(() => gate.Arrived == 3 && pool.Statistics.Busy == 0, "all taken ones are done", pool);
        await pool.ApplyAsync(Sqr, 1).Within("other work", pool);
        Assert.Equal(3, source.Produced);
    }

    [Fact]
    public async Task EX_22_a_finished_call_keeps_neither_the_method_nor_its_object_alive()
    {
        await using var pool = await CreatePool(5);
        var alive = await CallBoundMethod(pool);
        await Deadline.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !alive.IsAlive;
        }, "collection of the object", pool);
    }

    [TheoryAt(Places.Here)]
    [InlineData(0)]
    [InlineData(-1)]
    public void EX_23_a_number_of_workers_below_one_is_refused(int workers)
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => { _ = WorkerPool.Create(workers); });
        Assert.Equal("workers", refused.ParamName);
        Assert.ThrowsAny<ArgumentException>(() => { _ = WorkerPool.Create(new WorkerPoolOptions { Workers = workers }); });
    }

    [Fact]
    public async Task EX_25_exceptions_that_look_empty_or_equal_to_null_are_still_raised()
    {
        await using var pool = await CreatePool(5);
        var failure = await FailsByItem<FalseException>(pool.ApplyAsync<int>(() => throw new FalseException("boolbool")), "false", pool);
        Assert.Equal("boolbool", failure.InnerException!.Message);
        failure = await FailsByItem<EmptyException>(pool.ApplyAsync<int>(() => throw new EmptyException("lenlen")), "empty", pool);
        Assert.Equal("lenlen", failure.InnerException!.Message);
        var outcomes = await pool.TryMapAsync<int, int>(_ => throw new FalseException("boolbool"), Inputs(1)).Within("try-map", pool);
        var outcome = Assert.Single(outcomes);
        Assert.False(outcome.IsSuccess);
        Assert.IsType<FalseException>(outcome.Error!.InnerException);
    }

    [TheoryAt(Places.Here), MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task TP_01_a_map_runs_without_being_awaited_and_a_stream_only_when_it_is_read(int workers)
    {
        await using var pool = await CreatePool(workers);
        var ran = new ConcurrentBag<int>();
        var forgotten = pool.MapAsync(x =>
        {
            ran.Add(x);
            return x;
        }, Enumerable.Range(0, 10));
        var stream = pool.StreamAsync(x =>
        {
            ran.Add(100 + x);
            return x;
        }, Enumerable.Range(0, 10));
        await pool.CloseAsync().Within("close", pool);
        Assert.Equal(Enumerable.Range(0, 10), ran.Order());
        Assert.True(forgotten.IsCompletedSuccessfully);
        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.ReadAll("a stream of a closed pool"));
    }

    [Fact]
    public async Task TP_02_by_default_there_is_a_worker_for_each_processor()
    {
        await using var pool = await CreatePool();
        Assert.Equal(Environment.ProcessorCount, pool.Workers);
    }

    [Fact]
    public async Task TP_04_sequential_calls_use_one_warm_worker()
    {
        await using var pool = await CreatePool(5);
        await Deadline.Until(() => pool.Statistics.Workers == 5, "workers start", pool);
        var workers = new HashSet<int>();
        for (var i = 0; i < 3; i++)
        {
            workers.Add(await pool.ApplyAsync(ThisWorker).Within($"call {i}", pool));
            await Deadline.Until(() => pool.Statistics.Busy == 0, "the worker is idle again", pool);
        }
        Assert.Single(workers);
    }

    [FactAt(Places.Here)]
    public async Task TP_05_tasks_that_submit_themselves_again_go_on_while_pools_come_and_go()
    {
        await using var pool = await CreatePool(2);
        var stop = false;
        var rounds = 0;
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Func<int> again = null!;
        again = () =>
        {
            Interlocked.Increment(ref rounds);
            if (Volatile.Read(ref stop))
                last.TrySetResult();
            else
                _ = pool.ApplyAsync(again);
            return 0;
        };
        _ = pool.ApplyAsync(again);
        for (var i = 0; i < 50; i++)
        {
            var before = Volatile.Read(ref rounds);
            await using var other = await CreatePool(1);
            Assert.Equal(i * i, await other.ApplyAsync(Sqr, i).Within($"pool {i}", other));
            await other.CloseAsync().Within($"close of pool {i}", other);
            await Deadline.Until(() => Volatile.Read(ref rounds) > before, "the task goes on", pool);
        }
        Volatile.Write(ref stop, true);
        await last.Task.Within("the last round", pool);
        await pool.CloseAsync().Within("close", pool);
    }

    [FactAt(Places.Here)]
    public async Task TP_07_a_streams_timeout_cancels_what_has_not_started()
    {
        await using var pool = await CreatePool(1);
        var log = new ConcurrentQueue<string>();
        var gate = new Gate();
        var first = pool.ApplyAsync(() => Log("first"));
        await gate.HasArrived(1, "first", pool);
        var options = new JobOptions { Timeout = TimeSpan.FromMilliseconds(50) };
        await using var results = pool.StreamAsync(Log, Inputs("second", "third"), options).GetAsyncEnumerator();
        await Fails<TimeoutException>(results.MoveNextAsync().AsTask(), "stream", pool);
        gate.Open();
        Assert.Equal("first", await first.Within("first", pool));
        await pool.CloseAsync().Within("close", pool);
        Assert.Equal("first started, first stopped", string.Join(", ", log));

        string Log(string name)
        {
            log.Enqueue($"{name} started");
            gate.Pass();
            log.Enqueue($"{name} stopped");
            return name;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> CallBoundMethod(WorkerPool pool)
    {
        var owner = new Owner();
        Assert.Equal(42, await pool.ApplyAsync(owner.Answer).Within("bound method", pool));
        return new WeakReference(owner);
    }

    private sealed class Owner
    {
        private readonly int _answer = 42;

        public int Answer() => _answer;
    }

    /// <summary>Claims to be equal to everything, including null.</summary>
    private sealed class FalseException(string message) : Exception(message)
    {
        public static bool operator ==(FalseException? left, object? right) => true;

        public static bool operator !=(FalseException? left, object? right) => false;

        public override bool Equals(object? obj) => true;

        public override int GetHashCode() => 0;
    }

    /// <summary>Claims to be an empty collection.</summary>
    private sealed class EmptyException(string message) : Exception(message), IReadOnlyCollection<int>
    {
        public int Count => 0;

        public IEnumerator<int> GetEnumerator() => Enumerable.Empty<int>().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
