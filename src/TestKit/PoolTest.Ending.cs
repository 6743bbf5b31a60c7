namespace ActorPool.TestKit;

// The end of a test: what waits for the pool ends with it.
public sealed partial class PoolTest
{
    private readonly TaskCompletionSource _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends the controlled functions, the pool, and its own actor system.</summary>
    /// <returns>
    /// A task that completes within <c>actorpool.shutdown-timeout</c> and 5 s of real time, whatever the functions do, and never faults: a
    /// failed assertion is not hidden, and the test run goes on.
    /// </returns>
    /// <remarks>
    /// From then on, what needs the pool throws an <see cref="ObjectDisposedException"/>, and so does what waits for it already. The jobs
    /// fail with a <see cref="PoolTerminatedException"/>, which expectations about a call still return.
    /// </remarks>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
            _ending.TrySetResult();
        foreach (var function in GetFunctions())
            function.End();
        await Pool.DisposeAsync().ConfigureAwait(false);
        if (_ownsSystem)
            await System.Terminate().HasEndedAsync(s_longestEnd).ConfigureAwait(false);
        else
            _warnings.Stop();
        _ended.TrySetResult();
    }

    internal void ThrowIfDisposed()
    {
        if (_ending.Task.IsCompleted)
            throw CreateDisposedException();
    }

    /// <summary>Waits for something that the pool does, up to <see cref="RealTimeLimit"/>.</summary>
    /// <returns>Whether it has ended in that time, with whatever outcome.</returns>
    /// <exception cref="ObjectDisposedException">The test ends before.</exception>
    internal Task<bool> HasEndedAsync(Task task) => HasEndedAsync(task, _ending.Task);

    /// <summary>Waits for a call, up to <see cref="RealTimeLimit"/>.</summary>
    /// <remarks>The end of the pool ends its jobs: a call has until then to end with them.</remarks>
    private Task<bool> HasCallEndedAsync(Task call) => HasEndedAsync(call, _ended.Task);

    private async Task<bool> HasEndedAsync(Task task, Task end)
    {
        await Task.WhenAny(task, end).HasEndedAsync(RealTimeLimit).ConfigureAwait(false);
        if (!task.IsCompleted && end.IsCompleted)
            throw CreateDisposedException();
        return task.IsCompleted;
    }

    private static ObjectDisposedException CreateDisposedException() => new(
        nameof(PoolTest), "The test has ended: DisposeAsync has ended its pool and functions. Do this before, or start another PoolTest.");
}
