using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Security;

/// <summary>A pool that runs one map after another during an attack, and checks each result.</summary>
/// <remarks>It pauses between the maps, to leave processors for others.</remarks>
internal sealed class HonestWork : IAsyncDisposable
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(20);

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
        var options = ClusterNode.AddLongTimeout(new WorkerPoolOptions { Config = config });
        var work = new HonestWork(await WorkerPool.ConnectAsync(node, options).Within("the connection"));
        await work.AwaitProgressAsync();
        return work;
    }

    public WorkerPool Pool => _pool;

    /// <summary>Waits for the ends of two more maps; the second one began after this call.</summary>
    public async Task AwaitProgressAsync()
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
        using var pace = new PeriodicTimer(s_pace);
        while (!_stop.IsCancellationRequested && await pace.WaitForNextTickAsync())
        {
            var offset = _rounds;
            var results = await _pool.MapAsync(x => x * x + offset, Enumerable.Range(0, 200)).Within("an honest map", _pool);
            Assert.Equal(Enumerable.Range(0, 200).Select(x => x * x + offset), results);
            Interlocked.Increment(ref _rounds);
        }
    }
}
