using ActorPool.Hosting.Configuration;
using ActorPool.Hosting.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ActorPool.Hosting;

/// <summary>The node that a host runs: it lends workers of this process to a cluster.</summary>
/// <remarks><c>AddActorPoolNode</c> adds it as a service. All members may be called from any thread.</remarks>
public sealed class HostedPoolNode : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan s_retryInterval = TimeSpan.FromSeconds(5);

    private readonly PoolNodeOptions _options;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource<PoolNode> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _run = Task.CompletedTask;
    private volatile PoolNode? _current;
    private volatile Exception? _failure;
    private bool _isDisposed;

    /// <summary>Creates the node of a host; the host starts it.</summary>
    /// <param name="options">The node's settings.</param>
    /// <param name="loggers">Gets the node's log.</param>
    /// <exception cref="OptionsValidationException">Settings are wrong; the message has all faults.</exception>
    public HostedPoolNode(IOptions<ActorPoolNodeOptions> options, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        _options = NodePlan.Create(options.Value).Options;
        var address = _options.Port == 0 ? _options.Host : $"{_options.Host}:{_options.Port}";
        _options = _options with { LogTarget = new LogForwarder(loggers, "Node", address).ToTarget() };
        _log = loggers.CreateLogger(HostingLog.Category);
    }

    /// <summary>The node, while it is in its cluster.</summary>
    /// <value><see langword="null"/> before it has joined, after it has left, and while it is outside its cluster.</value>
    public PoolNode? Current => _current;

    /// <summary>Why there is no node now, if a start failed; it is tried again.</summary>
    internal Exception? Failure => _failure;

    /// <summary>Waits until the node is in its cluster.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The node; another one may replace it later, if it finds itself outside its cluster.</returns>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled, or the host has stopped.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The host has been disposed of.</exception>
    public Task<PoolNode> GetAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _started.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends the node at once, and hands back what it runs.</summary>
    /// <returns>A task that completes when the node has ended; it never faults.</returns>
    /// <remarks>The host lets the node leave in good order before.</remarks>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
            _isDisposed = true;
        await StopAsync().ConfigureAwait(false);
        if (_current is { } node)
            await node.DisposeAsync().ConfigureAwait(false);
        Forget();
        _stop.Dispose();
    }

    /// <summary>Does what <see cref="DisposeAsync"/> does, and blocks the calling thread meanwhile.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Starts the node.</summary>
    /// <returns>A task that completes when a seed is up; at once for a node that joins.</returns>
    /// <exception cref="IOException">The node is a seed, and its port is in use.</exception>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_options.Join.Count == 0)
            Enter(await PoolNode.StartAsync(_options, cancellationToken).ConfigureAwait(false));
        _run = RunAsync(_stop.Token);
    }

    /// <summary>Leaves the cluster in good order; when the token is cancelled, at once.</summary>
    internal async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await StopAsync().ConfigureAwait(false);
        if (_current is { } node)
            await node.LeaveAsync(cancellationToken).ConfigureAwait(false);
        Forget();
    }

    private async Task StopAsync()
    {
        if (!_stop.IsCancellationRequested)
            await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
            _started.TrySetCanceled();
    }

    /// <summary>Takes back a node that has ended: no one must get it any more.</summary>
    private void Forget()
    {
        lock (_lock)
        {
            _current = null;
            if (!_started.Task.IsCanceled)
                _started = new TaskCompletionSource<PoolNode>(TaskCreationOptions.RunContinuationsAsynchronously);
            _started.TrySetCanceled();
        }
    }

    /// <summary>Keeps a node in the cluster until the host stops.</summary>
    private async Task RunAsync(CancellationToken stop)
    {
        PoolNode? before = null;
        using var retry = new PeriodicTimer(s_retryInterval, _options.TimeProvider);
        while (!stop.IsCancellationRequested)
        {
            if (_current is null && !await TryStartAsync(before, stop).ConfigureAwait(false))
            {
                await retry.WaitForNextTickAsync(stop).ConfigureAwait(false);
                continue;
            }
            before = _current!;
            try
            {
                await before.Completion.WaitAsync(stop).ConfigureAwait(false);
                return;
            }
            catch (ActorPoolException e)
            {
                Leave(e);
            }
            // With a fixed port, the next one must wait until what runs here has ended.
            if (before.HasFixedPort)
                await before.LeaveAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryStartAsync(PoolNode? before, CancellationToken stop)
    {
        try
        {
            Enter(await PoolNode.StartAsync(_options with { Predecessor = before }, stop).ConfigureAwait(false));
            return true;
        }
        catch (Exception e) when (e is ActorPoolException or IOException or ArgumentException)
        {
            _failure = e;
            _log.NodeStartFailed(e.Message, s_retryInterval);
            return false;
        }
    }

    private void Enter(PoolNode node)
    {
        lock (_lock)
        {
            (_current, _failure) = (node, null);
            _started.TrySetResult(node);
        }
        _log.NodeStarted(node.Address, node.Workers);
    }

    private void Leave(ActorPoolException reason)
    {
        lock (_lock)
        {
            (_current, _failure) = (null, reason);
            _started = new TaskCompletionSource<PoolNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        _log.NodeOutside(reason.Message);
    }
}
