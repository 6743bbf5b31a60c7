using ActorPool.Tests.Support;

namespace ActorPool.Tests.Scenarios;

/// <summary>The last report of progress says how the job has ended.</summary>
public sealed class ProgressTests : PoolScenario
{
    private readonly ProgressEnd _progress = new();

    private JobOptions Options => new() { ChunkSize = 1, Name = "watched", Progress = _progress };

    [Fact]
    public async Task A_job_that_succeeds_says_so_before_it_completes()
    {
        var pool = CreatePool(2);
        await pool.MapAsync(x => x, Enumerable.Range(0, 20), Options).Within("map", pool);
        var last = _progress.AssertEnded(JobState.Succeeded);
        Assert.Equal(("watched", 20L), (last.Name, last.Done));
    }

    [Fact]
    public async Task A_job_that_fails_says_so_before_it_completes()
    {
        var pool = CreatePool(2);
        var map = pool.MapAsync(x => x == 3 ? throw new SayWhenException() : x, Enumerable.Range(0, 20), Options);
        await Assert.ThrowsAsync<WorkItemException>(() => map.Within("map", pool));
        _progress.AssertEnded(JobState.Failed);
    }

    [Fact]
    public async Task An_outcome_soon_after_a_report_is_reported_though_no_other_follows()
    {
        var pool = CreatePool(4);
        var gate = new Gate();
        var job = pool.StartMap(x => x < 3 ? x : WaitAt(gate, x), Enumerable.Range(0, 4), Options);
        await Deadline.Until(() => _progress.Last?.Done == 3, "the report of three items", pool);
        gate.Open();
        await job.Within("map", pool);
    }

    [Fact]
    public async Task A_source_that_throws_is_a_failure()
    {
        var pool = CreatePool(2);
        var stream = pool.StreamAsync(x => x, Failing(), Options);
        await Assert.ThrowsAsync<SayWhenException>(() => stream.ReadAll("stream", pool));
        _progress.AssertEnded(JobState.Failed);
    }

    [Fact]
    public async Task A_cancelled_job_says_so_before_it_completes()
    {
        var pool = CreatePool(2);
        var job = pool.StartMap(WaitForCancellation, [1, 2, 3], Options);
        await _progress.Begun.Within("the first report", pool);
        Assert.Equal(JobState.Running, job.Progress.State);
        job.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Within("cancelled", pool));
        _progress.AssertEnded(JobState.Cancelled);
        Assert.Equal(JobState.Cancelled, job.Progress.State);
    }

    [Fact]
    public async Task A_job_out_of_time_has_failed()
    {
        var pool = CreatePool(2);
        var map = pool.MapAsync(WaitForCancellation, [1, 2, 3], Options with { Timeout = TimeSpan.FromMilliseconds(1) });
        await Assert.ThrowsAsync<TimeoutException>(() => map.Within("map", pool));
        _progress.AssertEnded(JobState.Failed);
    }

    [Fact]
    public async Task A_job_of_a_terminated_pool_says_that_it_failed()
    {
        var pool = CreatePool(2);
        var job = pool.StartMap(WaitForCancellation, [1, 2, 3], Options);
        await _progress.Begun.Within("the first report", pool);
        await pool.TerminateAsync().Within("terminate", pool);
        await Assert.ThrowsAsync<PoolTerminatedException>(() => job.Within("job", pool));
        await _progress.Ended.Within("the last report", pool);
        _progress.AssertEnded(JobState.Failed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_that_was_cancelled_before_its_pool_ended_is_cancelled(bool byToken)
    {
        var pool = CreatePool(2);
        using var source = new CancellationTokenSource();
        var job = pool.StartMap(WaitForCancellation, [1, 2, 3], Options, source.Token);
        await _progress.Begun.Within("the first report", pool);
        if (byToken)
            await source.CancelAsync();
        else
            job.Cancel();
        await pool.DisposeAsync().Within("dispose", pool);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Within("job", pool));
        await _progress.Ended.Within("the last report", pool);
        _progress.AssertEnded(JobState.Cancelled);
    }

    [Fact]
    public async Task A_stream_that_was_left_before_its_pool_ended_is_cancelled()
    {
        var pool = CreatePool(2);
        await foreach (var _ in pool.StreamAsync(x => x, Enumerable.Range(0, 10_000), Options with { Window = 10 }))
            break;
        await pool.DisposeAsync().Within("dispose", pool);
        await _progress.Ended.Within("the last report", pool);
        _progress.AssertEnded(JobState.Cancelled);
    }

    [Fact]
    public async Task A_job_whose_item_failed_before_its_pool_ended_has_the_error_of_the_item()
    {
        var pool = CreatePool(2);
        using var returns = new ManualResetEventSlim();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var failing = new Gate();
        var job = pool.StartMap(
            x => WaitAt(failing, x) == 1 ? throw new SayWhenException() : x,
            [1],
            new JobOptions
            {
                Progress = new ProgressTo(progress =>
                {
                    if (progress.State == JobState.Running)
                        return;
                    entered.TrySetResult();
                    returns.Wait();
                }),
            });
        failing.Open();
        await entered.Task.Within("the last report", pool);
        await pool.DisposeAsync().Within("dispose", pool);
        var error = await Assert.ThrowsAsync<WorkItemException>(() => job.Within("job", pool));
        Assert.IsType<SayWhenException>(error.InnerException);
        returns.Set();
    }

    [Fact]
    public async Task A_call_with_a_cancelled_token_says_that_it_was_cancelled()
    {
        var pool = CreatePool(2);
        var map = pool.MapAsync(x => x, [1, 2, 3], Options, new CancellationToken(canceled: true));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => map.Within("map", pool));
        await _progress.Ended.Within("the last report", pool);
        _progress.AssertEnded(JobState.Cancelled);
    }

    [Fact]
    public async Task A_handler_that_does_not_return_does_not_keep_a_cancelled_job_from_its_end()
    {
        var pool = CreatePool(2);
        using var returns = new ManualResetEventSlim();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stuck = new ProgressTo(_ =>
        {
            entered.TrySetResult();
            returns.Wait();
        });
        var job = pool.StartMap(WaitForCancellation, [1], new JobOptions { Progress = stuck });
        await entered.Task.Within("the handler", pool);
        job.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Within("cancelled", pool));
        Assert.False(returns.IsSet);
        returns.Set();
    }

    private static int WaitForCancellation(int item)
    {
        var token = WorkContext.Current!.CancellationToken;
        token.WaitHandle.WaitOne();
        token.ThrowIfCancellationRequested();
        return item;
    }

    private static int WaitAt(Gate gate, int item)
    {
        gate.Pass();
        return item;
    }

    private static IEnumerable<int> Failing()
    {
        yield return 1;
        throw new SayWhenException();
    }

    private sealed class ProgressEnd : IProgress<JobProgress>
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _lock = new();
        private readonly List<JobProgress> _reports = [];

        public Task Begun => _begun.Task;

        public JobProgress? Last
        {
            get
            {
                lock (_lock)
                    return _reports.LastOrDefault();
            }
        }

        public Task Ended => _ended.Task;

        public void Report(JobProgress value)
        {
            lock (_lock)
                _reports.Add(value);
            _begun.TrySetResult();
            if (value.State != JobState.Running)
                _ended.TrySetResult();
        }

        /// <summary>Checks that the last report alone says that the job has ended, and how.</summary>
        public JobProgress AssertEnded(JobState state)
        {
            lock (_lock)
            {
                Assert.Equal(state, _reports[^1].State);
                Assert.All(_reports.SkipLast(1), report => Assert.Equal(JobState.Running, report.State));
                return _reports[^1];
            }
        }
    }
}
