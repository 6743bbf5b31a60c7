namespace ActorPool.TerminalProgram;

/// <summary>A job whose items wait until a command ends them.</summary>
internal sealed class WatchedJob
{
    private readonly SemaphoreSlim _ends = new(0);
    private readonly CancellationTokenSource _cancel = new();
    private readonly Task _task;
    private volatile bool _fails;

    public WatchedJob(WorkerPool pool, string name, int? total, bool keep)
    {
        var options = new JobOptions { Name = name, ChunkSize = 1, Progress = ConsoleProgress.Bar(keep: keep) };
        _task = total is { } count
            ? pool.MapAsync(RunAsync, Enumerable.Range(0, count).ToArray(), options, _cancel.Token)
            : ReadAsync(pool, options);
    }

    public void Finish(int items) => _ends.Release(items);

    public void Fail()
    {
        _fails = true;
        _ends.Release();
    }

    public void Cancel() => _cancel.Cancel();

    /// <summary>Waits for the end.</summary>
    /// <returns>The name of the exception; null for success.</returns>
    public async Task<string?> EndAsync()
    {
        await _task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _task.IsCanceled ? "cancelled" : _task.Exception?.InnerException!.GetType().Name;
    }

    private async Task ReadAsync(WorkerPool pool, JobOptions options)
    {
        await foreach (var _ in pool.StreamAsync(RunAsync, Endless(), options, _cancel.Token)) { }
    }

    private static IEnumerable<int> Endless()
    {
        for (var i = 0; ; i++)
            yield return i;
    }

    private async ValueTask<int> RunAsync(int item, CancellationToken token)
    {
        await _ends.WaitAsync(token);
        return _fails ? throw new InvalidOperationException("as commanded") : item;
    }
}
