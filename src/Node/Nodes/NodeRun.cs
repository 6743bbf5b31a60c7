using ActorPool.Agent;
using ActorPool.Configuration;

namespace ActorPool.Node.Nodes;

/// <summary>Runs one node from its start to its end.</summary>
/// <remarks>All its messages go to <paramref name="notes"/>: standard output stays empty.</remarks>
internal sealed class NodeRun(PoolNodeOptions options, SettingLayers layers, TextWriter notes)
{
    private static readonly TimeSpan s_firstReminder = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_reminderInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_rejoinTimeout = TimeSpan.FromMinutes(1);

    private readonly List<PoolNode> _nodes = []; // the last one is in the cluster; the earlier ones finish what they run
    private NodeStatus _status = new(manager: null);

    /// <summary>Runs until the token is cancelled and the node has left its cluster.</summary>
    /// <remarks>A node that finds itself outside its cluster joins again, unless it is a seed.</remarks>
    /// <exception cref="NodeException">The node could not start, or is outside its cluster and cannot join it again.</exception>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        using var manager = ServiceManager.Find(notes);
        _status = new NodeStatus(manager);
        await using var server = await StartServerAsync();
        if (server is not null)
            await notes.WriteLineAsync($"Serving {server.Url}/livez, /readyz and /metrics.");
        if (server?.DashboardUrl is { } dashboard)
            await notes.WriteLineAsync($"Dashboard: {dashboard}");
        return await RunInClusterAsync(stop);
    }

    private async Task<StatusServer?> StartServerAsync()
    {
        try
        {
            return NodeSettings.Read(options, out _).Cluster.Http is { } endPoint
                ? await StatusServer.StartAsync(endPoint, _status, layers.Text)
                : null;
        }
        catch (SettingsException e)
        {
            throw layers.Describe(e);
        }
    }

    private async Task<int> RunInClusterAsync(CancellationToken stop)
    {
        PoolNode? node;
        try
        {
            node = await StartAsync(stop);
        }
        catch (Exception e) when (stop.IsCancellationRequested && e is not NodeException)
        {
            await notes.WriteLineAsync("Stopped before the node was in a cluster.");
            return 0;
        }
        try
        {
            while (node is not null && await RunAsync(node, stop) is { } outside)
                node = await JoinAgainAsync(node, outside, stop);
        }
        finally
        {
            _status.Enter(NodePhase.Leaving);
            // Also those that are outside the cluster and still run something.
            await Task.WhenAll(_nodes.Select(one => one.LeaveAsync(CancellationToken.None)));
        }
        await notes.WriteLineAsync("The node has left its cluster.");
        return 0;
    }

    /// <returns>Null when the node must leave; otherwise why it is outside its cluster.</returns>
    private async Task<NodeOutsideException?> RunAsync(PoolNode node, CancellationToken stop)
    {
        _nodes.RemoveAll(earlier => earlier.IsGone);
        _nodes.Add(node);
        _status.Enter(NodePhase.Ready, node); // before it is announced: who reads that may ask at once
        foreach (var line in Announcement.Create(node, options))
            await notes.WriteLineAsync(line);
        try
        {
            await node.Completion.WaitAsync(stop);
            return null;
        }
        catch (NodeOutsideException e)
        {
            return e;
        }
        catch (OperationCanceledException)
        {
            await notes.WriteLineAsync(
                "Leaving: running chunks may finish within actorpool.cluster.drain-timeout, the rest goes back. "
                + "A second signal ends the node at once.");
            return null;
        }
    }

    /// <returns>The node that is in the cluster; null if it must leave meanwhile.</returns>
    private async Task<PoolNode?> JoinAgainAsync(PoolNode node, NodeOutsideException outside, CancellationToken stop)
    {
        if (options.Join.Count == 0)
            throw new NodeException(outside.Message, outside) { ExitCode = CommandLine.Removed };
        _status.Enter(NodePhase.Outside);
        await notes.WriteLineAsync($"{outside.Description} It joins again.");
        // The new node takes another port, so that chunks that still run here can end. With a fixed port, it must wait for them.
        if (node.HasFixedPort)
            await node.LeaveAsync(CancellationToken.None);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(s_rejoinTimeout);
        try
        {
            return await StartAsync(limit.Token, node);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is not NodeException)
        {
            throw new NodeException($"{outside.Message} No seed accepted it again within {s_rejoinTimeout.TotalSeconds:F0} s.", e)
            {
                ExitCode = CommandLine.Removed,
            };
        }
    }

    private async Task<PoolNode> StartAsync(CancellationToken stop, PoolNode? before = null)
    {
        var start = PoolNode.StartAsync(options with { Predecessor = before }, stop);
        try
        {
            for (var reminder = s_firstReminder; !await CompletesWithinAsync(start, reminder); reminder = s_reminderInterval)
            {
                if (options.Join.Count == 0)
                    continue; // a machine that is busy
                await notes.WriteLineAsync(
                    $"No answer from {string.Join(", ", options.Join)} yet; the node continues to try. "
                    + $"Is a seed running there ({StartCommand.FormatSeed(NodeAddress.Parse(options.Join[0]))})? Ctrl-C gives up.");
            }
            return await start;
        }
        catch (SettingsException e)
        {
            throw layers.Describe(e);
        }
        catch (ActorPoolException e) when (e is not NodeOutsideException)
        {
            throw new NodeException(
                $"{e.Message} Give it certificates of the same authority (--certs) and the same actorpool.cluster.tls, "
                + "or correct --join.", e)
            {
                ExitCode = CommandLine.WrongConfiguration,
            };
        }
        catch (Exception e) when (e is IOException or NodeOutsideException)
        {
            throw new NodeException(e.Message, e);
        }
    }

    private static async Task<bool> CompletesWithinAsync(Task task, TimeSpan limit)
    {
        await task.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
