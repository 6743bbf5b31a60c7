using ActorPool.Jobs;
using Akka.Actor;

namespace ActorPool.Agent;

/// <summary>The workers that a node runs for one session.</summary>
/// <remarks>
/// Chunks run in the node's process, unless its settings isolate them. A chunk that was lost with a process is a suspect: it runs in a
/// worker process, so that a poison item costs one node and not several.
/// </remarks>
internal sealed class NodePool : ISessionPool
{
    private const int MaxSuspects = 2; // processes: all chunks that a lost node had are suspects, and few of them will end one
    private static readonly TimeSpan s_restTime = TimeSpan.FromSeconds(2); // the next attempt of an item comes soon

    private readonly ActorSystem _system;
    private readonly WorkerPoolOptions _options;
    private readonly WorkerPool _pool;
    private readonly Lock _gate = new();
    private readonly List<(Guid Handle, object? Value, Type Type)> _published = []; // bounded by the session's broadcasts
    private readonly ITimer _rest;
    private NodePool? _suspects;
    private int _running; // suspects
    private int _started; // pools for suspects; one that ends still has its name
    private bool _hasEnded;

    public NodePool(ActorSystem system, WorkerPoolOptions options)
    {
        (_system, _options) = (system, options);
        _pool = WorkerPool.Create(system, options);
        _rest = State.Settings.TimeProvider.CreateTimer(
            static pool => ((NodePool)pool!).EndIdleSuspects(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public PoolState State => _pool.State;

    public ItemKeeping? Keeping => null;

    public void SubmitPart(JobExecution execution, long chunk, CancellationToken stop) => _pool.SubmitPart(execution, stop);

    public void Publish(Guid handle, object? value, Type type)
    {
        NodePool? suspects;
        lock (_gate)
        {
            _published.Add((handle, value, type));
            suspects = _suspects;
        }
        _pool.Publish(handle, value, type);
        suspects?.Publish(handle, value, type);
    }

    public void Grow(int workers) => _pool.Coordinator.Tell(new JobProtocol.Grow(workers));

    public ISessionPool BeginSuspect()
    {
        if (State.Settings.Processes > 0)
            return this;
        lock (_gate)
        {
            ISessionPool isolated = _hasEnded ? this : _suspects ??= StartSuspects();
            _running++; // not before: it may throw
            return isolated;
        }
    }

    public void EndSuspect()
    {
        if (State.Settings.Processes > 0)
            return;
        lock (_gate)
        {
            if (--_running == 0 && !_hasEnded)
                _rest.Change(s_restTime, Timeout.InfiniteTimeSpan);
        }
    }

    public async Task<bool> EndAsync(TimeSpan abandonAfter)
    {
        NodePool? suspects;
        lock (_gate)
            (_hasEnded, suspects) = (true, _suspects);
        await _rest.DisposeAsync().ConfigureAwait(false);
        var others = suspects?.EndAsync(abandonAfter) ?? Task.FromResult(true);
        await _pool.DisposeAsync().ConfigureAwait(false);
        // The coordinator stops after its workers, and a worker after its function has returned.
        var hasStopped = await _pool.Coordinator.WatchAsync().WaitAsync(abandonAfter).ContinueWith(
            watch => watch.IsCompletedSuccessfully, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default).ConfigureAwait(false);
        return await others.ConfigureAwait(false) && hasStopped;
    }

    private void EndIdleSuspects()
    {
        NodePool? idle;
        lock (_gate)
        {
            if (_running > 0 || _hasEnded)
                return;
            (idle, _suspects) = (_suspects, null);
        }
        _ = idle?.EndAsync(State.Settings.AbandonAfter);
    }

    private NodePool StartSuspects()
    {
        var suspects = new NodePool(_system, _options with
        {
            Name = $"{_options.Name}-suspects-{++_started}",
            Workers = Math.Min(_options.Workers ?? 1, MaxSuspects),
            Isolation = WorkerIsolation.Process,
            // The process that was lost with the chunk is the first loss.
            Config = $"actorpool.worker-losses = {Math.Max(1, State.Settings.WorkerLosses - 1)}",
        });
        foreach (var (handle, value, type) in _published)
            suspects.Publish(handle, value, type);
        return suspects;
    }
}
