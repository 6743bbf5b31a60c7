using System.Collections.Concurrent;
using ActorPool.Tests.Support;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Conformance;

/// <summary>Cases ME from 46, MA, MR, MN, MC: mpire's failures, results, parameters and statistics.</summary>
public class MpireOutcomeTests : ConformanceCases
{
    [FactAt(Places.Here)]
    public async Task ME_46_DK_13_a_call_that_never_returns_fails_only_itself()
    {
        await using var pool = await CreatePool(CreateImpatientOptions(3));
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
    public async Task ME_47_an_exception_in_the_middle_of_a_stream_does_not_break_the_pool()
    {
        await using var pool = await CreatePool(5);
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
        await using var pool = await CreatePool(2);
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
        Assert.Contains($"{failure.Index}", failure.InnerException!.Message, StringComparison.Ordinal);
        var longLimit = new JobOptions { ItemTimeout = TimeSpan.FromSeconds(100) };
        var results = await pool.MapAsync(Identity, Inputs(1, 2, 3), longLimit).Within("fast enough", pool);
        Assert.Equal([1, 2, 3], results.AsEnumerable());
    }

    [Fact]
    public async Task MA_01_jobs_have_unique_numbers_and_may_have_names()
    {
        await using var pool = await CreatePool(1);
        await using var other = await CreatePool(1);
        foreach (var owner in new[] { pool, other })
        {
            var ids = new List<long>();
            for (var i = 0; i < 5; i++)
            {
                var job = owner.StartMap(_ => WorkContext.Current!.JobId, Inputs(1));
                Assert.Equal(job.Id, Assert.Single(await job.Within("job", owner)));
                ids.Add(job.Id);
            }
            Assert.Equal([1, 2, 3, 4, 5], ids);
        }
        var named = pool.StartMap(_ => WorkContext.Current!.JobName, Inputs(1), new JobOptions { Name = "forty-two" });
        Assert.Equal("forty-two", named.Name);
        Assert.Equal("forty-two", Assert.Single(await named.Within("named", pool)));
    }

    [Fact]
    public async Task MA_08_MA_10_unordered_results_come_in_the_order_they_arrive_and_a_failure_is_no_result()
    {
        await using var pool = await CreatePool(3);
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
        await using var pool = await CreatePool(2);
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
        await using var pool = await CreatePool(new WorkerPoolOptions { Workers = workers });
        Assert.Equal(workers, pool.Workers);
    }

    [Fact]
    public async Task MR_05_MR_08_invalid_options_are_refused_by_name()
    {
        CheckRefused("MaxTasksPerWorker", () => { _ = WorkerPool.Create(new WorkerPoolOptions { MaxTasksPerWorker = 0 }); });
        await using var pool = await CreatePool(1);
        foreach (var (member, options) in new[]
        {
            ("ChunkSize", new JobOptions { ChunkSize = 0 }),
            ("Window", new JobOptions { Window = 0 }),
            ("Retries", new JobOptions { Retries = -1 }),
            ("Retries", new JobOptions { Retries = 1001 }),
            ("Order", new JobOptions { Order = (JobOrder)7 }),
            ("RetryWhen", new JobOptions { RetryWhen = _ => true }),
            ("Name", new JobOptions { Name = "" }),
            ("Name", new JobOptions { Name = new string('n', 1001) }),
        })
        {
            CheckRefused(member, () => { _ = pool.MapAsync(Sqr, Inputs(1), options); });
            CheckRefused(member, () => { _ = pool.StreamAsync(Sqr, Inputs(1), options); });
            CheckRefused(member, () => { _ = pool.ApplyAsync(Sqr, 1, options); });
        }
        CheckRefused("Order", () => { _ = pool.MapAsync(Sqr, Inputs(1), new JobOptions { Order = JobOrder.Completion }); });

        static void CheckRefused(string member, Action call) =>
            Assert.Contains(member, Assert.ThrowsAny<ArgumentException>(call).Message, StringComparison.Ordinal);
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
    public async Task MR_10_timeouts_are_more_than_zero_and_at_most_what_timers_can_count(double seconds, bool valid)
    {
        await using var pool = await CreatePool(1);
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
        await using var pool = await CreatePool(2);
        var initial = pool.Statistics;
        Assert.Equal((0L, 0L, 0L), (initial.ItemsDone, initial.ItemsFailed, initial.ItemsRetried));
        Assert.Equal((0L, 0L), (initial.Lost, initial.Abandoned));
        for (var round = 1; round <= 3; round++)
        {
            await pool.MapAsync(Sqr, Enumerable.Range(0, 10)).Within($"round {round}", pool);
            Assert.Equal(10 * round, pool.Statistics.ItemsDone);
        }
        var failing = pool.ApplyAsync<int>(() => throw new SayWhenException(), new JobOptions { Retries = 2 });
        await FailsByItem<SayWhenException>(failing, "failing", pool);
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

    [FactAt(Places.Here)]
    public async Task MC_04_an_outcome_says_which_item_whether_it_succeeded_and_which_worker_failed()
    {
        await using var pool = await CreatePool(3);
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
                Assert.Equal(
                    ($"worker-{ran[i]}", i, $"odd {i}"),
                    (outcome.Error!.Worker, outcome.Error.Index, outcome.Error.InnerException!.Message));
        });
    }

    [TheoryAt(Places.Here)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task MC_05_a_drain_lets_items_end_and_a_stop_cancels_them(int workers)
    {
        foreach (var drain in new[] { true, false })
        {
            await using var pool = await CreatePool(workers);
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
}
