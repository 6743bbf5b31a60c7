using ActorPool.Tests.Support;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Conformance;

/// <summary>Cases WT, AC and FU: futures, waiting and callbacks, as tasks and job handles.</summary>
public class FutureTests : ConformanceCases
{
    [Fact]
    public async Task WT_01_a_job_can_be_awaited_any_number_of_times()
    {
        await using var pool = await CreatePool(2);
        var job = pool.StartMap(Sqr, Enumerable.Range(0, 10));
        Assert.Same(await job.Within("first", pool), await job.Within("second", pool));
        Assert.Same(await job, await job.Completion);
    }

    [Fact]
    public async Task WT_02_WT_04_WT_08_waiting_for_some_leaves_the_others_running()
    {
        await using var pool = await CreatePool(5);
        var gate = new Gate();
        var pending = pool.ApplyAsync(() =>
        {
            gate.Pass();
            return 7;
        });
        await gate.HasArrived(1, "the pending one", pool);
        var mul = pool.ApplyAsync(() => Mul(21, 2));
        Assert.Same(mul, await Task.WhenAny(pending, mul).Within("first completed", pool));
        var failing = pool.ApplyAsync(() => DivMod(21, 0).Quotient);
        Assert.Same(failing, await Task.WhenAny(pending, failing).Within("first exception", pool));
        await FailsByItem<DivideByZeroException>(failing, "failing", pool);
        // A wait that times out does not affect the call.
        await Assert.ThrowsAsync<TimeoutException>(() => pending.WaitAsync(TimeSpan.Zero));
        Assert.False(pending.IsCompleted);
        gate.Open();
        Assert.Equal(7, await pending.Within("pending", pool));
    }

    [Fact]
    public async Task WT_07_successful_failed_and_cancelled_calls_all_end()
    {
        await using var pool = await CreatePool(2);
        using var cancel = new CancellationTokenSource();
        var gate = new Gate();
        var cancelled = pool.ApplyAsync(async token =>
        {
            await gate.PassAsync(token);
            return 1;
        }, cancellationToken: cancel.Token);
        await gate.HasArrived(1, "the one to be cancelled", pool);
        Task<int>[] calls = [cancelled, pool.ApplyAsync(() => DivMod(2, 0).Quotient), pool.ApplyAsync(() => Mul(2, 21))];
        await cancel.CancelAsync();
        await Task.WhenAll(calls).ContinueWith(_ => { }, TaskScheduler.Default).Within("all", pool);
        Assert.Equal([TaskStatus.Canceled, TaskStatus.Faulted, TaskStatus.RanToCompletion], calls.Select(call => call.Status));
    }

    [Fact]
    public async Task AC_01_every_call_is_yielded_once_as_it_completes()
    {
        await using var pool = await CreatePool(3);
        var gates = Enumerable.Range(0, 3).Select(_ => new Gate()).ToArray();
        var calls = Enumerable.Range(0, 3).Select(i => pool.ApplyAsync(x =>
        {
            gates[x].Pass();
            return x;
        }, i)).ToArray();
        gates[2].Open();
        var order = new List<int>();
        await foreach (var call in Task.WhenEach(calls))
        {
            order.Add(await call);
            gates[(order[^1] + 1) % 3].Open(); // 2, then 0, then 1
        }
        Assert.Equal([2, 0, 1], order);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task AC_02_AC_05_a_timeout_counts_the_unfinished_items_and_all_items(int workers)
    {
        await using var pool = await CreatePool(workers);
        var finished = new Gate();
        finished.Open();
        var call = pool.MapAsync(x =>
        {
            if (x < 2)
                finished.Pass();
            else
                WaitForCancellation();
            return x;
        }, Inputs(0, 1, 2, 3), new JobOptions { Timeout = TimeSpan.FromSeconds(1), ChunkSize = 1, Name = "impatient" });
        await finished.HasArrived(2, "two of four", pool);
        var timeout = await Fails<TimeoutException>(call, "the job's timeout", pool);
        Assert.Contains("2 (of 4) items unfinished", timeout.Message, StringComparison.Ordinal);
        Assert.Contains("impatient", timeout.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FU_01_a_continuation_sees_result_exception_or_cancellation()
    {
        await using var pool = await CreatePool(3);
        var gate = new Gate();
        var succeeds = pool.StartMap(Gated, Inputs(5));
        var fails = pool.StartMap(Gated, Inputs(-1));
        var cancelled = pool.StartMap(Gated, Inputs(6));
        await gate.HasArrived(3, "all three", pool);
        var seen = new[] { succeeds, fails, cancelled }
            .Select(job => job.Completion.ContinueWith(Describe, TaskScheduler.Default))
            .ToArray();
        cancelled.Cancel();
        Assert.Equal("cancelled", await seen[2].Within("cancellation", pool));
        gate.Open();
        Assert.Equal("5", await seen[0].Within("result", pool));
        Assert.Equal("test", await seen[1].Within("exception", pool));

        int Gated(int x)
        {
            gate.Pass();
            return x >= 0 ? x : throw new InvalidDataException("test");
        }

        static string Describe(Task<int[]> done) => done.IsCanceled ? "cancelled"
            : done.IsFaulted ? done.Exception.InnerException!.InnerException!.Message
            : string.Join(",", done.GetAwaiter().GetResult());
    }

    [Fact]
    public async Task FU_02_GV_29_a_continuation_that_throws_or_blocks_harms_neither_result_nor_pool()
    {
        await using var pool = await CreatePool(2);
        var gate = new Gate();
        var door = new Gate();
        var jobs = Enumerable.Range(0, 4).Select(i => pool.StartMap(x =>
        {
            gate.Pass();
            return x;
        }, Inputs(5 + i))).ToArray();
        var second = jobs.Select(job =>
        {
            _ = job.Completion.ContinueWith(
                _ => door.Pass(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            _ = job.Completion.ContinueWith(
                _ => throw new InvalidDataException("doh!"),
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return job.Completion;
        }).ToArray();
        gate.Open();
        for (var i = 0; i < 4; i++)
            Assert.Equal(5 + i, Assert.Single(await second[i].Within($"job {i}", pool)));
        // The continuations still block: the pool does not run them on threads that it needs.
        Assert.Equal(Squares, await pool.MapAsync(Sqr, Enumerable.Range(0, 10)).Within("a later call", pool));
        await pool.CloseAsync().Within("close", pool);
        door.Open();
    }

    [Fact]
    public async Task FU_05_FU_07_a_job_says_its_name_state_and_counts()
    {
        await using var pool = await CreatePool(2);
        var gate = new Gate();
        var job = pool.StartMap(x =>
        {
            if (x == 1)
                gate.Pass();
            return x;
        }, Inputs(0, 1), new JobOptions { Name = "sums", ChunkSize = 1 });
        await gate.HasArrived(1, "the second item", pool);
        await Deadline.Until(() => job.Progress.Done == 1, "the first item is done", pool);
        Assert.Equal("sums: running, 1 of 2 items", job.ToString());
        Assert.Equal((false, false), (job.Completion.IsCompleted, job.Completion.IsCanceled));
        gate.Open();
        await job.Within("success", pool);
        Assert.Equal("sums: succeeded, 2 of 2 items", job.ToString());
        var failed = pool.StartMap(y => DivMod(21, y), Inputs(0), new JobOptions { Name = "quotients" });
        await FailsByItem<DivideByZeroException>(failed.Completion, "failure", pool);
        Assert.StartsWith("quotients: failed, ", failed.ToString(), StringComparison.Ordinal);
        Assert.Equal((true, false, true), (failed.Completion.IsCompleted, failed.Completion.IsCanceled, failed.Completion.IsFaulted));
        var closed = new Gate();
        var cancelled = pool.StartMap(async (x, token) =>
        {
            await closed.PassAsync(token);
            return x;
        }, Generated(Inputs(1)));
        cancelled.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Within("cancellation", pool));
        Assert.Matches("^job-[0-9]+: cancelled, 0 of (1|an unknown number of) items$", cancelled.ToString());
        var completion = cancelled.Completion;
        Assert.Equal((true, true, false), (completion.IsCompleted, completion.IsCanceled, completion.IsFaulted));
    }

    [Fact]
    public async Task FU_08_a_wait_without_time_sees_only_what_is_finished()
    {
        await using var pool = await CreatePool(1);
        var gate = new Gate();
        var running = pool.StartMap(x =>
        {
            gate.Pass();
            return x;
        }, Inputs(42));
        var pending = pool.StartMap(Sqr, Inputs(42));
        await gate.HasArrived(1, "running", pool);
        await Assert.ThrowsAsync<TimeoutException>(() => running.Completion.WaitAsync(TimeSpan.Zero));
        await Assert.ThrowsAsync<TimeoutException>(() => pending.Completion.WaitAsync(TimeSpan.Zero));
        pending.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending.Within("cancelled while it waited", pool));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending.Completion.WaitAsync(TimeSpan.Zero));
        gate.Open();
        Assert.Equal(42, Assert.Single(await running.Within("running", pool)));
        Assert.Equal(42, Assert.Single(await running.Completion.WaitAsync(TimeSpan.Zero)));
    }

    [Theory, MemberData(nameof(WorkerCounts), MemberType = typeof(Fixtures))]
    public async Task FU_10_a_job_that_is_cancelled_elsewhere_ends_for_the_one_who_waits(int workers)
    {
        await using var pool = await CreatePool(workers);
        var started = new Gate();
        started.Open();
        var job = pool.StartMap(x =>
        {
            started.Pass();
            WaitForCancellation();
            return x;
        }, Enumerable.Range(0, 1000), new JobOptions { ChunkSize = 1 });
        var waiting = job.Within("the job", pool);
        await started.HasArrived(workers, "workers are busy", pool);
        await Task.Run(job.Cancel).Within("cancel");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.True(job.Completion.IsCanceled);
        Assert.Equal(workers, started.Arrived);
        Assert.Equal(25, await pool.ApplyAsync(Sqr, 5).Within("a later call", pool));
    }

    [Fact]
    public async Task FU_11_an_outcome_is_never_changed()
    {
        await using var pool = await CreatePool(2);
        var job = pool.StartMap(Sqr, Enumerable.Range(0, 10));
        Assert.Equal(Squares, await job.Within("the job", pool));
        job.Cancel();
        job.Cancel();
        await pool.TerminateAsync().Within("terminate", pool);
        Assert.Equal(Squares, await job);
        Assert.True(job.Completion.IsCompletedSuccessfully);
    }
}
