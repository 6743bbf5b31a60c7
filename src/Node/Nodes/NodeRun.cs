using ActorPool.Hosting;

namespace ActorPool.Node.Nodes;

/// <summary>One node, from its start to its end. All it says goes to the notes: standard output stays empty.</summary>
internal sealed class NodeRun(PoolNodeOptions options, SettingLayers layers, TextWriter notes)
{
    private static readonly TimeSpan s_firstReminder = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_furtherReminders = TimeSpan.FromMinutes(1);

    /// <summary>Runs until the token is cancelled, and then until the node has left its cluster.</summary>
    /// <exception cref="NodeException">The node could not start, or the others have removed it.</exception>
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
        await using (node)
        {
            foreach (var line in Announcement.Of(node, options))
                await notes.WriteLineAsync(line);
            await EndAsync(node, stop);
            return 0;
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
        catch (IOException e)
        {
            throw new NodeException($"{e.Message} Choose another with --port, or --port 0 for any free one.", e);
        }
    }

    private async Task EndAsync(PoolNode node, CancellationToken stop)
    {
        try
        {
            await node.Completion.WaitAsync(stop);
        }
        catch (ActorPoolException e)
        {
            throw new NodeException(e.Message, e) { ExitCode = CommandLine.Removed };
        }
        catch (OperationCanceledException)
        {
            await notes.WriteLineAsync("Leaving: what runs may end within actorpool.cluster.drain-timeout, the rest goes back. A second signal ends the node at once.");
            await node.LeaveAsync(CancellationToken.None);
            await notes.WriteLineAsync("The node has left its cluster.");
        }
    }

    private static async Task<bool> EndsWithin(Task task, TimeSpan limit)
    {
        await task.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
