using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ActorPool.Insights;
using ActorPool.Jobs;
using ActorPool.Wire;
using Akka.Actor;
using static ActorPool.Wire.DataProtocol;

namespace ActorPool.Node.Observing;

/// <summary>Asks the nodes of a cluster what runs where, and tells them what to do.</summary>
/// <remarks>
/// It is a pool without jobs: it finds the nodes and keeps its connections as a pool does. Each node tells of itself and of the pools that
/// use it; <see cref="ClusterMerge"/> makes one picture of that.
/// </remarks>
internal sealed class ClusterObserver : IAsyncDisposable
{
    private static readonly TimeSpan s_timeToAnswer = TimeSpan.FromSeconds(4); // a node waits 2.5 s for its pools
    private static readonly TimeSpan s_timeToMeet = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly WorkerPool _pool;
    private readonly string _asked;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, string> _nodeOfPool = new(StringComparer.Ordinal);

    private ClusterObserver(WorkerPool pool, string asked, TimeProvider clock) => (_pool, _asked, _clock) = (pool, asked, clock);

    /// <summary>Connects to a cluster, and waits for its members for some seconds at most.</summary>
    /// <param name="seed">One or more nodes as <c>host:port</c>.</param>
    /// <param name="config">HOCON, a setting on each line: certificates and timeouts, or all of a node's settings.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ArgumentException">The address is none, or a setting is wrong.</exception>
    /// <exception cref="NoWorkersException">No node has answered; the message says what was tried.</exception>
    public static async Task<ClusterObserver> ConnectAsync(string seed, string config, CancellationToken cancellationToken)
    {
        var options = new WorkerPoolOptions { Name = "observer", Config = ObserverConfig.Create(config), IsObserver = true };
        var pool = await WorkerPool.ConnectAsync(seed, options, cancellationToken);
        var observer = new ClusterObserver(pool, seed, TimeProvider.System);
        try
        {
            await observer.MeetAsync(cancellationToken);
        }
        catch
        {
            await observer.DisposeAsync();
            throw;
        }
        return observer;
    }

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    /// <summary>Describes nodes, pools and jobs.</summary>
    /// <remarks>What did not answer in time is named in its problems.</remarks>
    public async Task<ClusterReport> DescribeAsync(CancellationToken cancellationToken)
    {
        var answers = await AskNodesAsync(cancellationToken);
        foreach (var answer in answers)
        {
            foreach (var pool in answer.Report?.Pools ?? [])
                _nodeOfPool[pool.Key] = answer.Address;
        }
        return ClusterMerge.Create(_asked, _clock.GetUtcNow(), answers);
    }

    /// <summary>Asks each node to describe itself.</summary>
    public async Task<IReadOnlyList<NodeAnswer>> AskNodesAsync(CancellationToken cancellationToken)
    {
        var nodes = await ListAsync(cancellationToken);
        return await Task.WhenAll(nodes.Links.Select(async link =>
        {
            var asked = _clock.GetUtcNow();
            var (report, problem) = await TryAskAsync(
                link.Value, NodeQuestionKind.Describe, argument: null, ReportJson.Default.AgentReport, cancellationToken);
            return new NodeAnswer(link.Key, report, problem, nodes.Suspects.Contains(link.Key))
            {
                Asked = asked,
                Answered = _clock.GetUtcNow(),
                Traits = nodes.Traits.GetValueOrDefault(link.Key),
            };
        }));
    }

    /// <summary>Describes one job, in full.</summary>
    /// <exception cref="QuestionException">No pool that is reached has it.</exception>
    public Task<JobReport> DescribeJobAsync(string key, CancellationToken cancellationToken) =>
        AskOwnerAsync(NodeQuestionKind.DescribeJob, key, ReportJson.Default.JobReport, cancellationToken);

    /// <summary>Cancels a job.</summary>
    /// <inheritdoc cref="DescribeJobAsync"/>
    public Task<CommandReport> CancelJobAsync(string key, CancellationToken cancellationToken) =>
        AskOwnerAsync(NodeQuestionKind.CancelJob, key, ReportJson.Default.CommandReport, cancellationToken);

    /// <summary>Runs a job's failed items again.</summary>
    /// <inheritdoc cref="DescribeJobAsync"/>
    public Task<CommandReport> RetryJobAsync(string key, CancellationToken cancellationToken) =>
        AskOwnerAsync(NodeQuestionKind.RetryJob, key, ReportJson.Default.CommandReport, cancellationToken);

    /// <summary>Lets a node finish what it runs and end.</summary>
    /// <exception cref="QuestionException">There is no such node, it does not answer, or refuses.</exception>
    public Task<CommandReport> DrainAsync(string node, CancellationToken cancellationToken) =>
        TellAsync(node, NodeQuestionKind.Drain, argument: null, cancellationToken);

    /// <summary>Changes how many chunks a node runs at a time.</summary>
    /// <inheritdoc cref="DrainAsync"/>
    public Task<CommandReport> ResizeAsync(string node, int workers, CancellationToken cancellationToken) =>
        TellAsync(node, NodeQuestionKind.Resize, workers.ToString(CultureInfo.InvariantCulture), cancellationToken);

    /// <summary>Changes from which level on a node logs.</summary>
    /// <inheritdoc cref="DrainAsync"/>
    public Task<CommandReport> SetLogLevelAsync(string node, string level, CancellationToken cancellationToken) =>
        TellAsync(node, NodeQuestionKind.SetLogLevel, level, cancellationToken);

    /// <summary>Reads the last lines of all nodes' logs, in the order of their times.</summary>
    public async Task<LogReport> ReadLogAsync(CancellationToken cancellationToken)
    {
        var nodes = await ListAsync(cancellationToken);
        var answers = await Task.WhenAll(nodes.Links.Values.Select(link =>
            TryAskAsync(link, NodeQuestionKind.ReadLog, argument: null, ReportJson.Default.LogReport, cancellationToken)));
        return ClusterMerge.CreateLog(answers.Select(answer => answer.Report).OfType<LogReport>());
    }

    /// <summary>Waits for connections to the members that the first node has named.</summary>
    private async Task MeetAsync(CancellationToken cancellationToken)
    {
        var started = _clock.GetTimestamp();
        using var timer = new PeriodicTimer(s_pause, _clock);
        while (_clock.GetElapsedTime(started) < s_timeToMeet)
        {
            var report = await DescribeAsync(cancellationToken);
            if (report.Nodes.All(node => node.State != NodeState.Silent))
                return;
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private async Task<NodeProtocol.NodesListed> ListAsync(CancellationToken cancellationToken) =>
        await _pool.Coordinator.Ask<NodeProtocol.NodesListed>(
            NodeProtocol.ListNodes.Instance, s_timeToAnswer, cancellationToken);

    private async Task<CommandReport> TellAsync(
        string node, NodeQuestionKind kind, string? argument, CancellationToken cancellationToken)
    {
        var nodes = await ListAsync(cancellationToken);
        if (!nodes.Links.TryGetValue(node, out var link))
        {
            var known = string.Join(", ", nodes.Links.Keys.Order(StringComparer.Ordinal));
            throw new QuestionException($"[{node}] is not a node of the cluster. Its nodes: {known}.");
        }
        return await AskAsync(link, kind, argument, ReportJson.Default.CommandReport, cancellationToken);
    }

    private async Task<T> AskOwnerAsync<T>(
        NodeQuestionKind kind, string key, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (!PoolKey.TryParseJob(key, out var pool, out _))
            throw new QuestionException($"[{key}] is not the key of a job.");
        try
        {
            return await AskThroughNodeAsync(kind, pool, key, type, cancellationToken);
        }
        catch (QuestionException)
        {
            // The node may be gone; the pool is asked through another one that it uses.
            return await AskThroughNodeAsync(kind, pool, key, type, cancellationToken);
        }
    }

    private async Task<T> AskThroughNodeAsync<T>(
        NodeQuestionKind kind, string pool, string key, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (!_nodeOfPool.ContainsKey(pool))
            await DescribeAsync(cancellationToken);
        if (!_nodeOfPool.TryGetValue(pool, out var node))
            throw new QuestionException($"No pool that uses the cluster has the job [{key}].");
        var nodes = await ListAsync(cancellationToken);
        if (nodes.Links.TryGetValue(node, out var link))
        {
            var (report, problem) = await TryAskAsync(link, kind, key, type, cancellationToken);
            if (report is not null)
                return report;
            _nodeOfPool.TryRemove(pool, out _); // the next question finds another node that it uses
            throw new QuestionException(problem!);
        }
        _nodeOfPool.TryRemove(pool, out _);
        throw new QuestionException($"The node {node}, which the job's pool used, is gone. Ask again.");
    }

    private async Task<(T? Report, string? Problem)> TryAskAsync<T>(
        IActorRef link, NodeQuestionKind kind, string? argument, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return (await AskAsync(link, kind, argument, type, cancellationToken), null);
        }
        catch (QuestionException e)
        {
            return (null, e.Message);
        }
    }

    private async Task<T> AskAsync<T>(
        IActorRef link, NodeQuestionKind kind, string? argument, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = new CancellationTokenSource(s_timeToAnswer, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var answer = await link.Ask<NodeProtocol.NodeAnswered>(
                new NodeProtocol.AskNode(kind, argument, either.Token), Timeout.InfiniteTimeSpan, either.Token);
            return JsonSerializer.Deserialize(answer.Json, type) ?? throw new QuestionException("It has answered nothing.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new QuestionException($"It did not answer within [{s_timeToAnswer.TotalSeconds}] s.");
        }
        catch (JsonException e)
        {
            throw new QuestionException($"It has answered something that is not a report: {e.Message}");
        }
    }
}
