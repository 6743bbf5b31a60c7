using System.Collections.Concurrent;
using ActorPool.Tests.Support;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Conformance;

/// <summary>Cases GV: observed behaviour of CPython's pools and .NET's parallel loops.</summary>
public class GoldenTests : ConformanceCases
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task GV_01_a_chunk_size_below_one_is_refused_instead_of_returning_an_empty_list(int chunkSize)
    {
        await using var pool = await CreatePool(4);
        var options = new JobOptions { ChunkSize = chunkSize };
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.MapAsync(Sqr, Enumerable.Range(0, 10), options); });
        Assert.Equal(0, pool.Statistics.ItemsDone);
    }

    [Fact]
    public async Task GV_04_anything_that_can_be_enumerated_can_be_mapped()
    {
        await using var pool = await CreatePool(4);
        Assert.Equal("abc", string.Concat(await pool.MapAsync(Identity, "abc").Within("text", pool)));
        var dictionary = new Dictionary<string, int>(StringComparer.Ordinal) { ["one"] = 1, ["two"] = 2 };
        Assert.Equal("one two", string.Join(' ', await pool.MapAsync(Identity, dictionary.Keys).Within("keys", pool)));
        var pairs = await pool.MapAsync(pair => $"{pair.Key}={pair.Value}", dictionary).Within("pairs", pool);
        Assert.Equal("one=1 two=2", string.Join(' ', pairs));
        var generated = await pool.MapAsync(Identity, Generated(Enumerable.Range(0, 3))).Within("generator", pool);
        Assert.Equal([0, 1, 2], generated.AsEnumerable());
        Assert.Equal([1, 2, 3], (await pool.MapAsync(Identity, new SortedSet<int> { 3, 1, 2 }).Within("set", pool)).AsEnumerable());
        Assert.Equal([1, 2, 3], (await pool.MapAsync(Identity, new Queue<int>([1, 2, 3])).Within("queue", pool)).AsEnumerable());
    }

    [Fact]
    public async Task GV_05_null_is_refused_at_the_call()
    {
        await using var pool = await CreatePool(4);
        Assert.Throws<ArgumentNullException>("inputs", () => { _ = pool.MapAsync(Sqr, (IEnumerable<int>)null!); });
        Assert.Throws<ArgumentNullException>("inputs", () => { _ = pool.StreamAsync(Sqr, (IEnumerable<int>)null!); });
        Assert.Throws<ArgumentNullException>("function", () => { _ = pool.MapAsync((Func<int, int>)null!, Inputs(1)); });
        Assert.Throws<ArgumentNullException>(() => { _ = pool.ApplyAsync((Func<int>)null!); });
        Assert.Throws<ArgumentNullException>(() => { _ = pool.ForEachAsync((Action<int>)null!, Inputs(1)); });
    }

    [Fact]
    public async Task GV_07_no_item_after_a_failing_one_is_lost()
    {
        await using var pool = await CreatePool(2);
        await using var results = pool.StreamAsync(
            x => x == 3 ? throw new SayWhenException() : x,
            Generated(Enumerable.Range(0, 8)), new JobOptions { ChunkSize = 2 }).GetAsyncEnumerator();
        for (var i = 0; i < 8; i++)
        {
            if (i == 3)
                Assert.Equal(3, (await FailsNext(results, "item 3", pool)).Index);
            else
                Assert.Equal(i, await results.Next($"item {i}", pool));
        }
        Assert.False(await results.MoveNextAsync().Within("end", pool));
    }

    [Fact]
    public async Task GV_08_an_unordered_stream_yields_the_seven_others_and_one_error()
    {
        await using var pool = await CreatePool(2);
        await using var results = pool.StreamAsync(x => x == 3 ? throw new SayWhenException() : x, Generated(Enumerable.Range(0, 8)),
            new JobOptions { ChunkSize = 2, Order = JobOrder.Completion }).GetAsyncEnumerator();
        var values = new List<int>();
        var errors = new List<WorkItemException>();
        for (var more = true; more;)
        {
            try
            {
                more = await results.MoveNextAsync().Within("pull", pool);
                if (more)
                    values.Add(results.Current);
            }
            catch (WorkItemException e)
            {
                errors.Add(e);
            }
        }
        Assert.Equal([0, 1, 2, 4, 5, 6, 7], values.Order());
        Assert.Equal(3, Assert.Single(errors).Index);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GV_10_a_map_over_no_inputs_reports_that_it_is_done(bool listed)
    {
        await using var pool = await CreatePool(2);
        var progress = new ProgressLog();
        IEnumerable<int> none = listed ? [] : Generated(Array.Empty<int>());
        var job = pool.StartMap(Sqr, none, new JobOptions { Progress = progress });
        Assert.Empty(await job.Within("map over nothing", pool));
        Assert.Equal((0L, 0L), (progress.Last.Done, progress.Last.Total));
        Assert.True(job.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task GV_11_a_map_fails_with_the_first_failure_to_arrive_and_waits_for_no_earlier_item()
    {
        await using var pool = await CreatePool(2);
        var first = new Gate();
        first.Open();
        var call = pool.MapAsync<int, int>(x =>
        {
            first.Pass();
            if (x == 0)
                WaitForCancellation();
            Assert.True(SpinWait.SpinUntil(() => first.Arrived >= 2, Deadline.Limit)); // item 0 runs too
            throw new SayWhenException($"e{x}");
        }, Enumerable.Range(0, 10), new JobOptions { ChunkSize = 1 });
        var failure = await FailsByItem<SayWhenException>(call, "map", pool);
        Assert.Equal(1, failure.Index);
        Assert.Equal("e1", failure.InnerException!.Message);
        Assert.InRange(first.Arrived, 2, 9);
    }

    [Fact]
    public async Task GV_13_GV_35_a_cancellation_that_was_not_requested_is_the_items_failure()
    {
        await using var pool = await CreatePool(2);
        var outcomes = await pool.TryMapAsync(Cancelling, Enumerable.Range(0, 5)).Within("try-map", pool);
        Assert.Equal([true, true, false, true, true], outcomes.Select(outcome => outcome.IsSuccess));
        await FailsByItem<OperationCanceledException>(pool.MapAsync(Cancelling, Enumerable.Range(0, 5)), "map", pool);
        var applied = pool.ApplyAsync<int>(() => throw new OperationCanceledException("mine"));
        await FailsByItem<OperationCanceledException>(applied, "apply", pool);
        // The same holds for a task that ends as cancelled.
        var asynchronous = pool.ApplyAsync((_) => ValueTask.FromCanceled<int>(new CancellationToken(canceled: true)));
        await FailsByItem<TaskCanceledException>(asynchronous, "asynchronous apply", pool);
        Assert.Equal(0, pool.Statistics.Lost);

        static int Cancelling(int x) => x == 2 ? throw new OperationCanceledException("mine") : x;
    }

    [FactAt(Places.Here)]
    public async Task GV_16_a_failing_initializer_runs_at_most_once_for_each_worker()
    {
        var workers = new ConcurrentBag<int>();
        await using var pool = await CreatePool(new WorkerPoolOptions
        {
            Workers = 3,
            Initializer = () =>
            {
                workers.Add(Environment.CurrentManagedThreadId);
                throw new SayWhenException();
            },
        });
        for (var i = 0; i < 20; i++)
            await Fails<NoWorkersException>(pool.ApplyAsync(Sqr, i), $"call {i}", pool);
        await pool.CloseAsync().Within("close", pool);
        Assert.InRange(workers.Count, 1, 3);
    }

    [Fact]
    public async Task GV_19_closing_and_terminating_may_be_repeated_and_the_pool_says_its_state()
    {
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = 2, Name = "gv-19" });
        Assert.Equal("gv-19: 2 workers, open", pool.ToString());
        await Task.WhenAll(pool.CloseAsync(), pool.CloseAsync()).Within("close, close", pool);
        await pool.CloseAsync().Within("join", pool);
        await pool.CloseAsync().Within("join", pool);
        await pool.TerminateAsync().Within("terminate", pool);
        await pool.TerminateAsync().Within("terminate", pool);
        Assert.Equal("gv-19: 2 workers, closed", pool.ToString());
        await pool.DisposeAsync();
        Assert.Equal("gv-19: 2 workers, disposed", pool.ToString());
    }

    [Fact]
    public async Task GV_20_a_call_after_close_names_the_pool()
    {
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = 1, Name = "gv-20" });
        var gate = new Gate();
        var running = pool.ApplyAsync(() =>
        {
            gate.Pass();
            return 1;
        });
        await gate.HasArrived(1, "a running call", pool);
        var closed = pool.CloseAsync();
        // Also while it still works.
        var refused = Assert.Throws<InvalidOperationException>(() => { _ = pool.ApplyAsync(Sqr, 1); });
        Assert.Contains("[gv-20]", refused.Message, StringComparison.Ordinal);
        gate.Open();
        await closed.Within("close", pool);
        Assert.Equal(1, await running);
    }

    [Fact]
    public async Task GV_22_GV_26_inputs_are_read_along_with_the_results_and_not_all_before_the_first()
    {
        await using var pool = await CreatePool(2);
        var source = new CountingSource(200_000);
        var gate = new Gate();
        await using var results = pool.StreamAsync(x =>
        {
            if (x > 0)
                gate.Pass();
            return x;
        }, source, new JobOptions { Window = 64 }).GetAsyncEnumerator();
        Assert.Equal(0, await results.Next("first", pool));
        await gate.HasArrived(2, "both workers are busy", pool);
        Assert.InRange(source.Produced, 3, 65);
        gate.Open();
        for (var i = 1; i < 1000; i++)
        {
            Assert.Equal(i, await results.Next($"pull {i}", pool));
            Assert.InRange(source.Produced, i + 1, i + 1 + 64);
        }
    }

    [Fact]
    public async Task GV_28_jobs_can_be_cancelled_running_or_queued()
    {
        await using var pool = await CreatePool(1);
        var gate = new Gate();
        var running = pool.StartMap(async (x, token) =>
        {
            await gate.PassAsync(token);
            return x;
        }, Inputs(1));
        await gate.HasArrived(1, "the running one", pool);
        var ran = false;
        var queued = pool.StartMap(x => ran = x == 1, Inputs(1));
        queued.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued.Within("the queued one", pool));
        Assert.False(running.Completion.IsCompleted);
        running.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Within("the running one", pool));
        Assert.Equal(25, await pool.ApplyAsync(Sqr, 5).Within("a later call", pool));
        Assert.False(ran);
    }

    [Fact]
    public async Task GV_31_GV_32_a_for_each_fails_with_one_items_error_and_not_with_the_cancellations_it_caused()
    {
        await using var pool = await CreatePool(4);
        var started = new Gate();
        started.Open();
        var call = pool.ForEachAsync(x =>
        {
            started.Pass();
            Assert.True(SpinWait.SpinUntil(() => started.Arrived >= 4, Deadline.Limit));
            if (x == 1)
                throw new SayWhenException("bad1");
            WaitForCancellation();
        }, Enumerable.Range(0, 100), new JobOptions { ChunkSize = 1 });
        Assert.Equal(1, (await FailsByItem<SayWhenException>(call, "for-each", pool)).Index);
        Assert.Single(call.Exception!.InnerExceptions);
        await pool.CloseAsync().Within("close", pool);
        Assert.InRange(started.Arrived, 4, 5); // one may have been dispatched before the failure was known
    }

    [Fact]
    public async Task GV_32_of_several_failures_of_a_chunk_the_lowest_index_is_reported()
    {
        await using var pool = await CreatePool(1);
        for (var round = 0; round < 3; round++)
        {
            var call = pool.MapAsync(
                x => x >= 2 ? throw new SayWhenException($"bad{x}") : x, Enumerable.Range(0, 8), new JobOptions { ChunkSize = 4 });
            var failure = await FailsByItem<SayWhenException>(call, "map", pool);
            Assert.Equal((2L, "bad2"), (failure.Index, failure.InnerException!.Message));
        }
    }

    [TheoryAt(Places.Here)]
    [InlineData(0)]
    [InlineData(-3)]
    public void GV_37_a_pool_without_workers_is_refused(int workers) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = WorkerPool.Create(workers); });

    [FactAt(Places.Here)]
    public async Task GV_38_a_source_that_throws_after_two_items_ends_the_for_each_with_its_own_exception()
    {
        await using var pool = await CreatePool(4);
        var ran = new ConcurrentBag<int>();
        var call = pool.ForEachAsync(ran.Add, Source(), new JobOptions { ChunkSize = 1 });
        await Fails<FormatException>(call, "for-each", pool);
        Assert.Equal([0, 1], ran.Order());

        IEnumerable<int> Source()
        {
            yield return 0;
            yield return 1;
            Assert.True(SpinWait.SpinUntil(() => ran.Count == 2, Deadline.Limit));
            throw new FormatException("source");
        }
    }
}
