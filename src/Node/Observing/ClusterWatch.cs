using ActorPool.Insights;
using ActorPool.Node.Nodes;
using ActorPool.Wire;

namespace ActorPool.Node.Observing;

/// <summary>What the viewers of a node's dashboard see: they share one observer and its answers.</summary>
/// <remarks>It connects when someone looks, and lets go a minute after the last one has: who does not look costs nothing.</remarks>
internal sealed class ClusterWatch(NodeStatus status, string config, TimeProvider clock) : IAsyncDisposable
{
    private const int MaxSharedJobs = 16; // whose reports wait for another viewer
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(0.9);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly MergedLog _log = new();
    private readonly Dictionary<string, (long Asked, Task<JobReport> Report)> _jobs = new(StringComparer.Ordinal);
    private ClusterObserver? _observer;
    private PoolNode? _observed;
    private ClusterReport? _last;
    private long _asked;
    private ITimer? _idle;
    private bool _hasEnded;

    /// <summary>Describes the cluster, as it was a second ago at most.</summary>
    /// <exception cref="QuestionException">The node is in no cluster.</exception>
    public Task<ClusterReport> DescribeAsync(CancellationToken cancellationToken) => UseAsync(
        async observer =>
        {
            if (_last is { } last && clock.GetElapsedTime(_asked) < s_fresh)
                return last;
            _last = await observer.DescribeAsync(cancellationToken);
            _asked = clock.GetTimestamp();
            return _last;
        },
        cancellationToken);

    /// <summary>Describes a job, as it was a second ago at most.</summary>
    /// <remarks>The viewers of one job share the answer.</remarks>
    /// <exception cref="QuestionException">The node is in no cluster, or there is no such job.</exception>
    public Task<JobReport> DescribeJobAsync(string key, CancellationToken cancellationToken)
    {
        Task<JobReport> report;
        lock (_jobs)
        {
            foreach (var (other, (asked, _)) in _jobs)
            {
                if (clock.GetElapsedTime(asked) >= s_fresh)
                    _jobs.Remove(other);
            }
            if (_jobs.TryGetValue(key, out var shared))
                report = shared.Report;
            else if (_jobs.Count < MaxSharedJobs)
                _jobs.Add(key, (clock.GetTimestamp(), report = AskAsync(CancellationToken.None))); // others may still want it
            else
                report = AskAsync(cancellationToken);
        }
        return report.WaitAsync(cancellationToken);

        Task<JobReport> AskAsync(CancellationToken stop) => DoAsync(observer => observer.DescribeJobAsync(key, stop), stop);
    }

    /// <summary>Reads the lines of all nodes' logs after a number.</summary>
    /// <inheritdoc cref="DescribeAsync"/>
    public Task<LogReport> ReadLogAsync(long after, CancellationToken cancellationToken) => UseAsync(
        async observer =>
        {
            _log.Add(await observer.ReadLogAsync(cancellationToken));
            return _log.ReadAfter(after);
        },
        cancellationToken);

    /// <summary>Asks or tells the cluster something else.</summary>
    /// <inheritdoc cref="DescribeAsync"/>
    public async Task<T> DoAsync<T>(Func<ClusterObserver, Task<T>> work, CancellationToken cancellationToken) =>
        await work(await UseAsync(Task.FromResult, cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _hasEnded = true;
        _idle?.Dispose();
        await LetGoAsync();
        _turn.Release();
    }

    private async Task<T> UseAsync<T>(Func<ClusterObserver, Task<T>> use, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await use(await ConnectAsync(cancellationToken));
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<ClusterObserver> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_hasEnded || status.FindNode() is not { } node)
            throw new QuestionException("The node is not in a cluster at present.");
        _idle?.Dispose();
        _idle = clock.CreateTimer(_ => _ = LetGoInTurnAsync(), null, s_patience, Timeout.InfiniteTimeSpan);
        if (_observer is not null && ReferenceEquals(node, _observed))
            return _observer;
        await LetGoAsync();
        try
        {
            _observer = await ClusterObserver.ConnectAsync(node.Address, config, cancellationToken);
            _observed = node;
            return _observer;
        }
        catch (Exception e) when (e is ArgumentException or NoWorkersException)
        {
            throw new QuestionException($"The node cannot ask its cluster: {e.Message}");
        }
    }

    private async Task LetGoInTurnAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await LetGoAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task LetGoAsync()
    {
        var observer = _observer;
        (_observer, _observed, _last) = (null, null, null);
        lock (_jobs)
            _jobs.Clear();
        if (observer is not null)
            await observer.DisposeAsync();
    }
}
