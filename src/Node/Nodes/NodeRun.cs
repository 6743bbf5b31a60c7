using ActorPool.Hosting;

namespace ActorPool.Node.Nodes;

/// <summary>One node, from its start to its end. All it says goes to the notes: standard output stays empty.</summary>
internal sealed class NodeRun(PoolNodeOptions options, SettingLayers layers, TextWriter notes)
{
    private static readonly TimeSpan s_firstReminder = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_furtherReminders = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_patienceToJoinAgain = TimeSpan.FromMinutes(1);

    /// <summary>Runs until the token is cancelled, and then until the node has left its cluster. A node that joined and finds itself outside joins again.</summary>
    /// <exception cref="NodeException">The node could not start, or is outside of its cluster and cannot join it again.</exception>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        PoolNode node;
        try
        {
            node = await StartAsync(stop);
        }
        catch (Exception e) when (stop.IsCancellationRequested && e is not NodeException)
        {
            await notes.WriteLineAsync("Stopped before the node was in a cluster.");
            return 0;
        }
        while (await RunAsync(node, stop) is { } outside)
            node = await JoinAgainAsync(outside, stop);
        return 0;
    }

    /// <returns>Null when the node has left as it was told to; else why it is outside.</returns>
    private async Task<ActorPoolException?> RunAsync(PoolNode node, CancellationToken stop)
    {
        await using (node)
        {
            foreach (var line in Announcement.Of(node, options))
                await notes.WriteLineAsync(line);
            return await EndAsync(node, stop);
        }
    }

    private async Task<PoolNode> JoinAgainAsync(ActorPoolException outside, CancellationToken stop)
    {
        if (options.Join.Count == 0)
            throw new NodeException(outside.Message, outside) { ExitCode = CommandLine.Removed };
        await notes.WriteLineAsync($"{outside.Message.Replace(" Start it again.", "", StringComparison.Ordinal)} It joins again.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(s_patienceToJoinAgain);
        try
        {
            return await StartAsync(limit.Token);
        }
        catch (Exception e) when (e is not NodeException)
        {
            throw new NodeException($"{outside.Message} No seed has let it in again within {s_patienceToJoinAgain.TotalSeconds:F0} s.", e) { ExitCode = CommandLine.Removed };
        }
    }

    private async Task<PoolNode> StartAsync(CancellationToken stop)
    {
        var start = PoolNode.StartAsync(options, stop);
        try
        {
            for (var reminder = s_firstReminder; !await EndsWithin(start, reminder); reminder = s_furtherReminders)
                await notes.WriteLineAsync($"No answer from {string.Join(", ", options.Join)} yet; the node goes on trying. Is a seed running there (dotnet Node.dll --seed)? Ctrl-C gives up.");
            return await start;
        }
        catch (ArgumentException e)
        {
            throw layers.Describe(e);
        }
        catch (ActorPoolException e)
        {
            throw new NodeException($"{e.Message} Give it certificates of the same authority (--certs) and the same actorpool.cluster.tls, or correct --join.", e) { ExitCode = CommandLine.WrongConfiguration };
        }
        catch (IOException e)
        {
            throw new NodeException($"{e.Message} Choose another with --port, or --port 0 for any free one.", e);
        }
    }

    private async Task<ActorPoolException?> EndAsync(PoolNode node, CancellationToken stop)
    {
        try
        {
            await node.Completion.WaitAsync(stop);
        }
        catch (ActorPoolException e)
        {
            return e;
        }
        catch (OperationCanceledException)
        {
            await notes.WriteLineAsync("Leaving: what runs may end within actorpool.cluster.drain-timeout, the rest goes back. A second signal ends the node at once.");
            await node.LeaveAsync(CancellationToken.None);
            await notes.WriteLineAsync("The node has left its cluster.");
        }
        return null;
    }

    private static async Task<bool> EndsWithin(Task task, TimeSpan limit)
    {
        await task.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
