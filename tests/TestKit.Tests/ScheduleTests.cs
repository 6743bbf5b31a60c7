using System.Globalization;

namespace ActorPool.TestKit.Tests;

/// <summary>Random schedules find what depends on their order, and repeat it.</summary>
public sealed class ScheduleTests
{
    [Fact]
    public async Task A_function_that_must_not_run_twice_is_found_and_its_seed_finds_it_again()
    {
        var error = await Assert.ThrowsAsync<ScheduleException>(() => Schedule.RunAllAsync(ReserveTwice));
        Assert.Matches(@"^ACTORPOOL_SEED=\d+: InvalidDataException: \d+ of 20 were reserved\n", error.Message);
        Assert.IsType<InvalidDataException>(error.InnerException);
        Assert.Contains("is lost with job-1's item", error.Message, StringComparison.Ordinal);

        var again = await Assert.ThrowsAsync<ScheduleException>(
            () => Schedule.RunAllAsync(ReserveTwice, new ScheduleOptions { Seed = GetSeed(error) }));
        Assert.Equal(error.Message, again.Message);
        await Schedule.RunAllAsync(ReserveTwice, new ScheduleOptions { MaxLosses = 0 });

        static async Task ReserveTwice(Schedule schedule)
        {
            var reserved = 0;
            await schedule.Pool.ForEachAsync(_ => reserved++, Enumerable.Range(0, 20));
            if (reserved != 20)
                throw new InvalidDataException($"{reserved} of 20 were reserved");
        }
    }

    [Fact]
    public async Task An_update_that_another_item_overwrites_is_found()
    {
        var options = new ScheduleOptions { MaxLosses = 0, Pool = new WorkerPoolOptions { Workers = 2 } };
        var error = await Assert.ThrowsAsync<ScheduleException>(() => Schedule.RunAllAsync(AddUp, options));
        Assert.Contains("InvalidDataException: the sum is ", error.Message, StringComparison.Ordinal);

        static async Task AddUp(Schedule schedule)
        {
            var sum = 0;
            await schedule.Pool.ForEachAsync(
                async x =>
                {
                    var before = sum;
                    await Task.Delay(TimeSpan.FromMilliseconds(10), schedule.Time);
                    sum = before + x;
                },
                Enumerable.Range(1, 10));
            if (sum != 55)
                throw new InvalidDataException($"the sum is {sum}");
        }
    }

    [Fact]
    public async Task Every_kind_of_call_has_its_results_under_each_schedule()
    {
        var losses = new List<long>();
        await Schedule.RunAllAsync(async schedule =>
        {
            var pool = schedule.Pool;
            var numbers = Enumerable.Range(0, 30).ToArray();
            var map = pool.MapAsync(x => x * x, numbers, new JobOptions { ChunkSize = schedule.Random.Next(1, 8) });
            var lazy = pool.MapAsync(x => x + 1, numbers.Where(x => x >= 0));
            var sum = pool.AggregateAsync(() => 0L, (long total, int x) => total + x, (a, b) => a + b, numbers);
            var failing = pool.TryMapAsync(x => x == 7 ? throw new InvalidDataException() : x, numbers, new JobOptions { Retries = 1 });
            var late = pool.TryMapAsync(
                async (x, token) =>
                {
                    await Task.Delay(TimeSpan.FromSeconds(x == 3 ? 100 : 1), schedule.Time, token);
                    return x;
                },
                numbers[..5], new JobOptions { ItemTimeout = TimeSpan.FromSeconds(30) });
            var streamed = new List<int>();
            await foreach (var result in pool.StreamAsync(x => -x, numbers, new JobOptions { Window = 8 }))
                streamed.Add(result);

            Assert.Equal(numbers.Select(x => x * x), await map);
            Assert.Equal(numbers.Select(x => x + 1), await lazy);
            Assert.Equal(435, await sum);
            Assert.Equal(numbers.Select(x => -x), streamed);
            Assert.Equal([7L], (await failing).Where(result => !result.IsSuccess).Select(result => result.Index));
            var lateResults = await late;
            Assert.IsType<TimeoutException>(lateResults[3].Error!.InnerException);
            Assert.Equal(4, lateResults.Count(result => result.IsSuccess));
            Assert.True(schedule.Time.GetUtcNow() > new DateTimeOffset(2000, 1, 1, 0, 0, 30, TimeSpan.Zero));
            losses.Add(pool.Statistics.Lost);
        });
        Assert.Contains(0, losses);
        Assert.Contains(2, losses);
        Assert.All(losses, lost => Assert.InRange(lost, 0, 2));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_course_of_events_and_another_one_another()
    {
        var traces = new List<string>();
        foreach (var seed in (int[])[1, 1, 2, 2, 3, 3])
        {
            await Schedule.RunAllAsync(
                async schedule =>
                {
                    await foreach (var result in schedule.Pool.StreamAsync(Slow, Enumerable.Range(0, 30)))
                        schedule.Note(result.ToString(CultureInfo.InvariantCulture));
                    schedule.Note($"random: {schedule.Random.Next()}, seed: {schedule.Seed}");
                    traces.Add(string.Join('\n', schedule.Trace));

                    async ValueTask<int> Slow(int x, CancellationToken token)
                    {
                        await Task.Delay(TimeSpan.FromMilliseconds(schedule.Random.Next(100)), schedule.Time, token);
                        await Task.Yield();
                        return x;
                    }
                },
                new ScheduleOptions { Seed = seed });
        }
        Assert.Equal([traces[0], traces[2], traces[4]], [traces[1], traces[3], traces[5]]);
        Assert.Equal(3, traces.Distinct(StringComparer.Ordinal).Count());
        Assert.Contains("runs job-1's item", traces[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_job_and_a_failing_initializer_end_their_calls()
    {
        await Schedule.RunAllAsync(async schedule =>
        {
            var job = schedule.Pool.StartMap(
                async (int x, CancellationToken token) =>
                {
                    await Task.Delay(TimeSpan.FromHours(1), schedule.Time, token);
                    return x;
                },
                Enumerable.Range(0, 10));
            await Task.Delay(TimeSpan.FromSeconds(2), schedule.Time);
            job.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion);
        });
        var failing = new WorkerPoolOptions { Initializer = () => throw new InvalidDataException() };
        await Schedule.RunAllAsync(
            schedule => Assert.ThrowsAsync<NoWorkersException>(() => schedule.Pool.ApplyAsync(() => 1)),
            new ScheduleOptions { Pool = failing });
    }

    [Fact]
    public async Task Each_worker_has_a_state_of_its_own_which_ends_with_it()
    {
        await Schedule.RunAllAsync(
            async schedule =>
            {
                var owners = await schedule.Pool.MapAsync(
                    _ => (WorkContext.Current!.State!, WorkContext.Current!.WorkerId), Enumerable.Range(0, 40));
                Assert.All(owners.GroupBy(owner => owner.WorkerId), group => Assert.Single(group.Select(owner => owner.Item1).Distinct()));
            },
            new ScheduleOptions { Pool = new WorkerPoolOptions { WorkerState = () => new object(), MaxTasksPerWorker = 5 } });
    }

    [Fact]
    public async Task A_scenario_that_never_ends_is_reported_with_what_it_waits_for()
    {
        var options = new ScheduleOptions { Seed = 1, Limit = TimeSpan.FromMinutes(1) };
        var job = await Assert.ThrowsAsync<ScheduleException>(() => Schedule.RunAllAsync(
            schedule => schedule.Pool.MapAsync(
                async x => await new TaskCompletionSource<int>().Task, [1], new JobOptions { Name = "stuck" }),
            options));
        const string Message = "has not ended after [00:01:00] of virtual time. stuck: 0 of 1 items are done";
        Assert.Contains(Message, job.Message, StringComparison.Ordinal);

        var other = await Assert.ThrowsAsync<ScheduleException>(() => Schedule.RunAllAsync(_ => new TaskCompletionSource().Task, options));
        Assert.Contains("No job is unfinished", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scenario_that_blocks_its_thread_is_ended_in_real_time()
    {
        using var never = new ManualResetEventSlim();
        var options = new ScheduleOptions { Seed = 1, RealTimeLimit = TimeSpan.FromMilliseconds(200) };
        var error = await Assert.ThrowsAsync<ScheduleException>(() => Schedule.RunAllAsync(
            _ =>
            {
                never.Wait();
                return Task.CompletedTask;
            },
            options));
        Assert.Contains("ACTORPOOL_SEED=1: the schedule has not ended in [0.2] s of real time", error.Message, StringComparison.Ordinal);
        never.Set();
    }

    [Fact]
    public async Task Code_that_leaves_the_thread_comes_back_before_virtual_time_passes()
    {
        await Schedule.RunAllAsync(
            async schedule =>
            {
                for (var i = 1; i <= 5; i++)
                {
                    var results = await schedule.Pool.MapAsync(async x => await Task.Run(() => x * i), Enumerable.Range(0, 20))
                        .ConfigureAwait(false);
                    Assert.Equal(190 * i, await Task.Run(() => results.Sum()).ConfigureAwait(false));
                }
            },
            new ScheduleOptions { Schedules = 20, Limit = TimeSpan.FromMinutes(1) });
    }

    [Fact]
    public async Task What_a_scenario_throws_at_once_is_its_failure_and_wrong_options_are_refused()
    {
        var error = await Assert.ThrowsAsync<ScheduleException>(
            () => Schedule.RunAllAsync(_ => throw new InvalidDataException("at once"), new ScheduleOptions { Seed = 5 }));
        Assert.StartsWith("ACTORPOOL_SEED=5: InvalidDataException: at once", error.Message, StringComparison.Ordinal);
        ScheduleOptions[] wrong =
        [
            new() { Schedules = 0 }, new() { Seed = -1 }, new() { MaxLosses = -1 }, new() { MaxDelay = TimeSpan.Zero },
            new() { Limit = TimeSpan.Zero }, new() { RealTimeLimit = TimeSpan.Zero },
            new() { Pool = new WorkerPoolOptions { Name = "mine" } },
            new() { Pool = new WorkerPoolOptions { Isolation = WorkerIsolation.Process } },
            new() { MaxLosses = int.MaxValue }, new() { MaxDelay = TimeSpan.MaxValue }, new() { Limit = TimeSpan.MaxValue },
        ];
        foreach (var options in wrong)
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Schedule.RunAllAsync(_ => Task.CompletedTask, options));
    }

    [Fact]
    public async Task The_largest_options_are_taken()
    {
        var options = new ScheduleOptions
        {
            Schedules = 4,
            MaxLosses = int.MaxValue - 1,
            MaxDelay = TimeSpan.FromDays(365_000),
            Limit = TimeSpan.FromDays(365_000),
            RealTimeLimit = TimeSpan.MaxValue,
        };
        await Schedule.RunAllAsync(_ => Task.CompletedTask, options);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_scenario_that_is_cancelled_shows_its_own_error(bool isLate)
    {
        using var source = new CancellationTokenSource();
        var mine = new TaskCanceledException("mine", new InvalidDataException(), source.Token);

        var error = await Assert.ThrowsAsync<ScheduleException>(() => Schedule.RunAllAsync(
            async schedule =>
            {
                if (isLate)
                    await Task.Delay(TimeSpan.FromSeconds(1), schedule.Time);
                throw mine;
            },
            new ScheduleOptions { Seed = 5 }));

        Assert.StartsWith("ACTORPOOL_SEED=5: TaskCanceledException: mine\n", error.Message, StringComparison.Ordinal);
        Assert.Same(mine, error.InnerException);
        Assert.Equal(source.Token, mine.CancellationToken);
        Assert.Contains(nameof(A_scenario_that_is_cancelled_shows_its_own_error), mine.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scenario_that_throws_a_cancellation_without_a_task_or_returns_a_cancelled_one_shows_it()
    {
        var options = new ScheduleOptions { Seed = 5 };
        var thrown = await Assert.ThrowsAsync<ScheduleException>(
            () => Schedule.RunAllAsync(_ => throw new OperationCanceledException("mine"), options));
        Assert.StartsWith("ACTORPOOL_SEED=5: OperationCanceledException: mine\n", thrown.Message, StringComparison.Ordinal);

        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        var returned = await Assert.ThrowsAsync<ScheduleException>(
            () => Schedule.RunAllAsync(_ => Task.FromCanceled(source.Token), options));
        Assert.Equal(source.Token, Assert.IsType<TaskCanceledException>(returned.InnerException).CancellationToken);
    }

    [Fact]
    public async Task A_scenario_without_a_task_is_named_with_its_seed()
    {
        Task none = null!;
        var error = await Assert.ThrowsAsync<ScheduleException>(() => Schedule.RunAllAsync(_ => none, new ScheduleOptions { Seed = 5 }));

        const string Expected = "ACTORPOOL_SEED=5: InvalidOperationException: The scenario returned null in place of a task.";
        Assert.StartsWith(Expected, error.Message, StringComparison.Ordinal);
    }

    private static int GetSeed(ScheduleException error)
    {
        var start = error.Message.IndexOf('=', StringComparison.Ordinal) + 1;
        var end = error.Message.IndexOf(':', StringComparison.Ordinal);
        return int.Parse(error.Message.AsSpan(start, end - start), CultureInfo.InvariantCulture);
    }
}
