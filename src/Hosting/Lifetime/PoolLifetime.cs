using ActorPool.Hosting.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ActorPool.Hosting.Lifetime;

/// <summary>Starts the pools and the node with the host, and ends them with it.</summary>
/// <remarks>
/// Pools start before all hosted services, and close after these have stopped, so that requests under way can still run jobs. If that takes
/// nearly as long as the host's shutdown timeout, the jobs end before it: a request then has an answer, if only an error, where otherwise
/// its connection would be cut.
/// </remarks>
internal sealed class PoolLifetime(
    IServiceProvider services, IEnumerable<PoolRegistration> pools, IOptions<HostOptions> host, TimeProvider clock, ILoggerFactory loggers)
    : IHostedLifecycleService, IDisposable
{
    private readonly ILogger _log = loggers.CreateLogger(HostingLog.Category);
    private readonly HostedPoolNode? _node = services.GetService<HostedPoolNode>();
    private IReadOnlyList<WorkerPool> _pools = [];
    private bool _usesNodes;
    private CancellationTokenSource? _limit;
    private Task _left = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _pools = [.. pools.Select(pool => pool.GetPool(services))];
        _usesNodes = pools.Any(pool => pool.GetOptions(services).Connect is not null);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => _node?.StartAsync(cancellationToken) ?? Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        var timeout = host.Value.ShutdownTimeout;
        _limit = timeout == Timeout.InfiniteTimeSpan
            ? new CancellationTokenSource()
            : new CancellationTokenSource(DrainLimit.From(timeout), clock);
        _limit.Token.Register(TerminatePools);
        // Pools of this process may need this process's node until they are closed.
        if (!_usesNodes)
            _left = LeaveAsync(_limit.Token);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_limit?.Token ?? CancellationToken.None, cancellationToken);
        await Task.WhenAll(_pools.Select(pool => CloseAsync(pool, limit.Token))).ConfigureAwait(false);
        if (_usesNodes)
            _left = LeaveAsync(limit.Token);
        await _left.ConfigureAwait(false);
    }

    public void Dispose() => _limit?.Dispose();

    private void TerminatePools()
    {
        foreach (var pool in _pools)
        {
            if (pool.Statistics.Jobs > 0)
                _log.JobsCutShort(pool.Statistics.Jobs, pool.State.Settings.Name, host.Value.ShutdownTimeout);
            _ = pool.TerminateAsync();
        }
    }

    private static async Task CloseAsync(WorkerPool pool, CancellationToken limit)
    {
        await pool.CloseAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (limit.IsCancellationRequested)
            await pool.TerminateAsync().ConfigureAwait(false);
    }

    private async Task LeaveAsync(CancellationToken limit)
    {
        if (_node is not null)
            await _node.LeaveAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
