using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Security;

/// <summary>A pool that computes while others do harm, one map after the other, each of them checked.</summary>
internal sealed class HonestWork : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly WorkerPool _pool;
    private readonly Task _running;
    private int _rounds;

    private HonestWork(WorkerPool pool)
    {
        _pool = pool;
        _running = RunAsync();
    }

    public static async Task<HonestWork> StartAsync(string node, string? config = null)
    {
        var work = new HonestWork(await WorkerPool.ConnectAsync(node, new WorkerPoolOptions { Config = config }).Within("the connection"));
        await work.GoesOnAsync();
        return work;
    }

    public WorkerPool Pool => _pool;

    /// <summary>Two more ends: the second one began after this was called.</summary>
    public async Task GoesOnAsync()
    {
        var until = Volatile.Read(ref _rounds) + 2;
        await Deadline.Until(() => Volatile.Read(ref _rounds) >= until || _running.IsCompleted, "the honest work", _pool);
        if (_running.IsCompleted)
            await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.Within("the end of the honest work", _pool);
        await _pool.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var offset = _rounds;
            var results = await _pool.MapAsync(x => x * x + offset, Enumerable.Range(0, 200)).Within("an honest map", _pool);
            Assert.Equal(Enumerable.Range(0, 200).Select(x => x * x + offset), results);
            Interlocked.Increment(ref _rounds);
        }
    }
}
