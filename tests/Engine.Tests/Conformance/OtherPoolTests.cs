using System.Collections.Concurrent;
using ActorPool.Tests.Support;
using Akka.Actor;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Conformance;

/// <summary>Selected cases of Dask (DK), Elixir's <c>Task.async_stream</c> (EL) and Julia's <c>pmap</c> (JL).</summary>
public class OtherPoolTests : ConformanceCases
{
    [Fact]
    public async Task DK_01_a_stream_can_be_the_source_of_another_one()
    {
        await using var pool = await CreatePool(2);
        var first = pool.StreamAsync(x => x + 1, Generated(Enumerable.Range(0, 5)), new JobOptions { Window = 2 });
        var second = await pool.StreamAsync(x => x + 1, first, new JobOptions { Window = 2 }).ReadAll("second level", pool);
        Assert.Equal([2, 3, 4, 5, 6], second);
        Assert.Equal(20, second.Sum());
    }

    [Fact]
    public async Task DK_02_DK_04_the_shortest_input_sets_the_length_and_no_inputs_give_no_results()
    {
        await using var pool = await CreatePool(2);
        var sums = await pool.StarMapAsync((int x, int y) => x + y, Enumerable.Range(0, 3).Zip(Enumerable.Range(0, 4)))
            .Within("three and four", pool);
        Assert.Equal([0, 2, 4], sums.AsEnumerable());
        Assert.Empty(await pool.StarMapAsync((int x, int y) => x + y, Array.Empty<int>().Zip(Enumerable.Range(0, 4))).Within("none", pool));
    }

    [FactAt(Places.Here)]
    public async Task DK_05_two_retries_recover_from_two_failures()
    {
        await using var pool = await CreatePool(2);
        var attempts = new ConcurrentDictionary<int, int>();
        object[][] sequences = [["one", 2, 3], [4, 5, 6], ["seven", "eight", 9]];
        var outcomes = await pool.TryMapAsync(
            i => GetOutcome(sequences[i], attempts.AddOrUpdate(i, 0, (_, n) => n + 1)),
            Enumerable.Range(0, 3), new JobOptions { Retries = 2 }).Within("try-map with retries", pool);
        Assert.Equal([2, 4, 9], outcomes.Select(outcome => outcome.Value));
        Assert.Equal([2, 1, 3], outcomes.Select(outcome => outcome.Attempts));
        attempts.Clear();
        var results = await pool.MapAsync(
            i => GetOutcome(sequences[i], WorkContext.Current!.Attempt - 1),
            Enumerable.Range(0, 3), new JobOptions { Retries = 2, ChunkSize = 3 }).Within("map with retries", pool);
        Assert.Equal([2, 4, 9], results.AsEnumerable());
        Assert.Equal(6, pool.Statistics.ItemsRetried);
    }

    [Fact]
    public async Task DK_07_without_retries_the_first_failure_is_the_outcome()
    {
        await using var pool = await CreatePool(2);
        object[][] sequences = [["one", 2, 3], [4, 5, 6], ["seven", "eight", 9]];
        var outcomes = await pool.TryMapAsync(i => GetOutcome(sequences[i], 0), Enumerable.Range(0, 3), new JobOptions { Retries = 0 })
            .Within("try-map", pool);
        Assert.Equal("one", outcomes[0].Error!.InnerException!.Message);
        Assert.Equal(4, outcomes[1].Value);
        Assert.Equal("seven", outcomes[2].Error!.InnerException!.Message);
    }

    [Fact]
    public async Task DK_08_batches_of_any_size_over_one_or_two_inputs()
    {
        await using var pool = await CreatePool(2);
        var options = new JobOptions { ChunkSize = 10 };
        Assert.Equal(Enumerable.Range(1, 100), await pool.MapAsync(x => x + 1, Enumerable.Range(0, 100), options).Within("one", pool));
        var both = await pool.StarMapAsync((int x, int y) => x + y, Enumerable.Range(0, 100).Zip(Enumerable.Range(0, 100)), options)
            .Within("two", pool);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => 2 * i), both);
        var mismatched = await pool.StarMapAsync(
            (int x, int y) => x + y,
            Enumerable.Range(100, 100).Zip(Enumerable.Range(0, 10)), new JobOptions { ChunkSize = 2 }).Within("mismatched", pool);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => 100 + (2 * i)), mismatched);
    }

    [FactAt(Places.Here)]
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
                    await gate.PassAsync(token); // every worker that waits here is killed
                return x;
            }, Enumerable.Range(0, 4), new JobOptions { ChunkSize = 1 });
            for (var death = 1; death <= 3; death++)
            {
                await gate.HasArrived(death, $"attempt {death}", pool);
                system.ActorSelection("/user/poisoned/*/*/*").Tell(Kill.Instance);
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
    public async Task DK_14_calls_are_yielded_as_they_complete_including_failed_and_cancelled_ones()
    {
        await using var pool = await CreatePool(3);
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
    [InlineData(4)]
    [InlineData(2)]
    [InlineData(8)]
    public async Task EL_01_outcomes_with_any_concurrency(int workers)
    {
        await using var pool = await CreatePool(workers);
        var outcomes = await pool.TryStreamAsync(Identity, Enumerable.Range(1, 4)).ReadAll("outcomes", pool);
        Assert.Equal([1, 2, 3, 4], outcomes.Select(outcome => outcome.Value));
    }

    [Fact]
    public async Task EL_04_failures_are_outcomes_and_do_not_end_the_stream()
    {
        await using var pool = await CreatePool(4);
        var outcomes = await pool.TryStreamAsync<int, int>(x => throw new SayWhenException($"{x}"), Enumerable.Range(1, 4))
            .ReadAll("outcomes", pool);
        Assert.Equal("1 2 3 4", string.Join(' ', outcomes.Select(outcome => outcome.Error!.InnerException!.Message)));
    }

    [Theory]
    [InlineData(JobOrder.Input)]
    [InlineData(JobOrder.Completion)]
    public async Task EL_05_items_that_time_out_keep_their_place_or_come_after_the_others(JobOrder order)
    {
        await using var pool = await CreatePool(4);
        var options = new JobOptions { ItemTimeout = TimeSpan.FromSeconds(1), Order = order, ChunkSize = 1 };
        var outcomes = await pool.TryStreamAsync(x =>
        {
            if (x == 100)
                WaitForCancellation();
            return x;
        }, Inputs(100, 1, 100, 1), options).ReadAll("outcomes", pool);
        bool[] expected = order == JobOrder.Input ? [false, true, false, true] : [true, true, false, false];
        Assert.Equal(expected, outcomes.Select(outcome => outcome.IsSuccess));
        Assert.All(
            outcomes.Where(outcome => !outcome.IsSuccess), outcome => Assert.IsType<TimeoutException>(outcome.Error!.InnerException));
    }

    [Fact]
    public async Task EL_07_a_timeout_of_0_is_refused_at_the_call()
    {
        await using var pool = await CreatePool(1);
        var options = new JobOptions { ItemTimeout = TimeSpan.Zero };
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.StreamAsync(Sqr, Inputs(1), options); });
        Assert.Contains("ItemTimeout", refused.Message, StringComparison.Ordinal);
        Assert.Contains("more than zero", refused.Message, StringComparison.Ordinal);
    }

    [TheoryAt(Places.Here)]
    [InlineData(JobOrder.Input)]
    [InlineData(JobOrder.Completion)]
    public async Task EL_08_leaving_a_stream_early_stops_what_still_runs(JobOrder order)
    {
        await using var pool = await CreatePool(4);
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
        await Deadline.Until(
            () => Volatile.Read(ref stopped) == running.Arrived && pool.Statistics is { Busy: 0, Jobs: 0 }, "the others stop", pool);
        await Deadline.Until(() => source.Disposed == 1, "the source is disposed of", pool);
        Assert.InRange(source.Produced, 4, 5);
        Assert.Equal((4L, 0L), (pool.Statistics.Started, pool.Statistics.Abandoned));
    }

    [Fact]
    public async Task EL_10_a_concurrency_of_0_is_refused_and_the_message_says_why()
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => { _ = WorkerPool.Create(0); });
        Assert.Contains("'0'", refused.Message, StringComparison.Ordinal);
        await using var pool = await CreatePool(1);
        var options = new JobOptions { Timeout = TimeSpan.FromSeconds(-1) };
        refused = Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pool.MapAsync(Sqr, Inputs(1), options); });
        Assert.Contains("JobOptions.Timeout is [-00:00:01]", refused.Message, StringComparison.Ordinal);
    }

    [FactAt(Places.Here)]
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
            object[] messages =
            [
                "done", 42, new MapResult<int>(job.Name, [1]), new Status.Failure(new SayWhenException()), new CancelJob("another job"),
                Done.Instance,
            ];
            foreach (var message in messages)
                pool.Coordinator.Tell(message);
            system.ActorSelection(pool.Coordinator.Path + "/*/*/*").Tell("done");
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
        await using var pool = await CreatePool(2);
        Assert.Equal(Enumerable.Range(1, 100), await pool.MapAsync(Identity, Enumerable.Range(1, 100).ToList()).Within("list", pool));
        var generated = await pool.MapAsync(Identity, Generated(Enumerable.Range(1, 100))).Within("generator", pool);
        Assert.Equal(Enumerable.Range(1, 100), generated);
        Assert.Equal("HELLO WORLD!", string.Concat(await pool.MapAsync(char.ToUpperInvariant, "Hello World!").Within("text", pool)));
    }

    [TheoryAt(Places.Here | Places.Cluster)]
    [InlineData(false, null)]
    [InlineData(false, 2)]
    [InlineData(true, null)]
    [InlineData(true, 2)]
    public async Task JL_02_a_retry_lands_on_another_worker(bool retried, int? chunkSize)
    {
        await using var pool = await CreatePool(2);
        await Deadline.Until(() => pool.Statistics.Workers == 2, "workers start", pool);
        var workerFailed = new Gate();
        workerFailed.Open();
        var options = new JobOptions
        {
            ChunkSize = chunkSize,
            Retries = retried ? 3 : 0,
            RetryWhen = retried ? e => e is SayWhenException : null,
        };
        var outcomes = await pool.TryMapAsync(x =>
        {
            var worker = ThisWorker();
            if (worker == 0)
            {
                workerFailed.Pass();
                throw new SayWhenException();
            }
            Assert.True(SpinWait.SpinUntil(() => workerFailed.Arrived > 0, Deadline.Limit)); // the other worker has failed an item
            return (Value: 2 * x, Worker: worker);
        }, Enumerable.Range(1, 100), options).Within("map", pool);
        Assert.True(workerFailed.Arrived > 0);
        if (retried)
        {
            Assert.Equal(Enumerable.Range(1, 100).Select(x => (2 * x, 1)), outcomes.Select(outcome => outcome.Value));
            Assert.Contains(outcomes, outcome => outcome.Attempts > 1);
        }
        else
        {
            Assert.Contains(
                outcomes, outcome => !outcome.IsSuccess && outcome.Error!.Worker.Split(' ')[0] is "worker-0"); // on a node, it follows
            Assert.All(outcomes, (outcome, i) => Assert.True(!outcome.IsSuccess || outcome.Value == (2 * (i + 1), 1)));
        }
    }

    [Fact]
    public async Task JL_04_failures_can_be_replaced_by_a_substitute()
    {
        await using var pool = await CreatePool(2);
        var outcomes = await pool.TryMapAsync(x => x % 2 == 0 ? throw new SayWhenException("even") : x, Enumerable.Range(1, 4))
            .Within("try-map", pool);
        Assert.Equal([1, 0, 3, 0], outcomes.Select(outcome => outcome.IsSuccess ? outcome.Value : 0));
        var texts = outcomes.Select(outcome => outcome.Error?.InnerException!.Message ?? $"{outcome.Value}");
        Assert.Equal("1 even 3 even", string.Join(' ', texts));
    }

    [FactAt(Places.Here)]
    public async Task JL_05_the_predicate_decides_which_failures_are_tried_again()
    {
        await using var pool = await CreatePool(2);
        var asked = new ConcurrentQueue<Exception>();
        var options = new JobOptions
        {
            Retries = 2,
            RetryWhen = e =>
            {
                asked.Enqueue(e);
                return e is SayWhenException;
            },
        };
        var outcomes = await pool.TryMapAsync<int, int>(
            x => x == 0 ? throw new SayWhenException() : throw new InvalidDataException(), Inputs(0, 1), options).Within("try-map", pool);
        Assert.Equal([3, 1], outcomes.Select(outcome => outcome.Attempts));
        Assert.Equal(2, asked.Count(e => e is SayWhenException));
        Assert.Single(asked, e => e is InvalidDataException);
    }

    private static int GetOutcome(object[] outcomes, int attempt) =>
        outcomes[attempt] is int value ? value : throw new SayWhenException((string)outcomes[attempt]);

    private sealed class Done
    {
        public static readonly Done Instance = new();
    }
}
