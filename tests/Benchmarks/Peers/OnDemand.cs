namespace ActorPool.Benchmarks.Peers;

/// <summary>Starts processes when a contender first needs them; they end with the workload.</summary>
internal sealed class OnDemand<T>(Func<Task<T>> startAsync) : IAsyncDisposable
    where T : IAsyncDisposable
{
    private Task<T>? _started;

    public Task<T> GetAsync() => _started ??= startAsync();

    public async ValueTask DisposeAsync()
    {
        if (_started is not { } started)
            return;
        _started = null;
        if (await started.ContinueWith(t => t.IsCompletedSuccessfully, TaskScheduler.Default))
            await (await started).DisposeAsync();
    }
}
