using ActorPool.Tests.Support;

namespace ActorPool.Tests.Calls;

/// <summary>A token ends the job of a handle, as of any other call.</summary>
public sealed class StartMapTokenTests : IAsyncDisposable
{
    private readonly WorkerPool _pool = WorkerPool.Create(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public Task A_token_ends_the_job_of_a_synchronous_function() => CheckAsync(_pool.StartMap(
        x =>
        {
            WaitAsync(WorkContext.Current!.CancellationToken).GetAwaiter().GetResult();
            return x;
        },
        [1, 2], cancellationToken: _stop.Token));

    [Fact]
    public Task A_token_ends_the_job_of_a_function_with_a_token() => CheckAsync(_pool.StartMap(
        async (x, token) =>
        {
            await WaitAsync(token);
            return x;
        },
        [1, 2], cancellationToken: _stop.Token));

    [Fact]
    public Task A_token_ends_the_job_of_a_function_that_returns_a_task() => CheckAsync(_pool.StartMap(
        async x =>
        {
            await WaitAsync(WorkContext.Current!.CancellationToken);
            return x;
        },
        [1, 2], cancellationToken: _stop.Token));

    [Fact]
    public Task A_token_ends_the_job_of_a_function_that_returns_a_value_task() => CheckAsync(_pool.StartMap(
        x => new ValueTask<int>(WaitAsync(WorkContext.Current!.CancellationToken)), [1, 2], cancellationToken: _stop.Token));

    [Fact]
    public async Task With_a_cancelled_token_nothing_runs()
    {
        await _stop.CancelAsync();

        var job = _pool.StartMap<int, int>(x => throw new InvalidOperationException($"{x} ran"), [1], cancellationToken: _stop.Token);

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion.Within("the cancellation", _pool));
        Assert.Equal(_stop.Token, error.CancellationToken);
    }

    private async Task CheckAsync(Job<int[]> job)
    {
        await _started.Task.Within("the start", _pool);
        await _stop.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion.Within("the cancellation", _pool));
        Assert.Equal(_stop.Token, error.CancellationToken);
        Assert.True(job.Completion.IsCanceled);
        await _stopped.Task.Within("the function's own token", _pool);
    }

    private async Task<int> WaitAsync(CancellationToken token)
    {
        _started.TrySetResult();
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(end.SetResult);
        await end.Task;
        _stopped.TrySetResult();
        return 0;
    }
}
