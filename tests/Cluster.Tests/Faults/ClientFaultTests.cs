using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;
using ActorPool.Tests.Support;
using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Faults;

/// <summary>Nodes drop the work of programs that end, die or freeze during a job.</summary>
public sealed class ClientFaultTests(ITestOutputHelper output) : ProcessScenario(output)
{
    private const int Workers = 6;

    private static readonly TimeSpan s_maxDropTime = TimeSpan.FromSeconds(10);

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_client_that_is_killed_leaves_nothing_running()
    {
        using var client = await StartClientAsync();

        var killed = OwnTime.Start(Nodes);
        await client.SignalAsync("KILL");
        await AwaitDropAsync();

        var after = killed.Elapsed;
        Measured("dropped after the client's death", after);
        Assert.InRange(after, TimeSpan.Zero, s_maxDropTime);
        await CheckAsync(await ConnectAsync());
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_client_that_is_frozen_loses_its_nodes()
    {
        using var client = await StartClientAsync();

        var frozen = OwnTime.Start(Nodes);
        await client.SignalAsync("STOP");
        await AwaitDropAsync();

        await Nodes[1].Process.AwaitAsync("no longer uses this node: it was not heard for");
        var after = frozen.Elapsed;
        Measured("dropped after the client's freeze", after);
        Assert.InRange(after, TimeSpan.Zero, s_maxDropTime);
        await client.SignalAsync("KILL");
        await CheckAsync(await ConnectAsync());
    }

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_client_that_is_told_to_stop_cancels_its_work(string signal, int exitCode)
    {
        using (var first = NodeProcess.Start("demo", "--cluster", Nodes[0].Address, "--rows", "1000", "--runs", "1"))
            await first.CheckEndAsync(0);
        await AwaitNoClientsAsync();
        NoteResources();
        using var client = NodeProcess.Start("demo", "--cluster", Nodes[0].Address, "--rows", "100000", "--runs", "1000");
        await AwaitUseAsync(Nodes[1]);

        await client.SignalAsync(signal);

        await client.CheckEndAsync(exitCode);
        await Task.WhenAll(Nodes.Select(AwaitIdleAsync));
        await CheckAsync(await ConnectAsync());
    }

    /// <summary>Starts a client; waits until each worker has an item at the gate.</summary>
    /// <remarks>Another client runs before it, so that the nodes already hold what they keep between clients.</remarks>
    private async Task<NodeProcess> StartClientAsync()
    {
        using (var open = new RemoteGate())
        using (var first = ClientProgram.Start(Nodes[0].Address, open))
        {
            open.Open();
            Assert.True(await first.EndAsync() == 0, first.Log);
        }
        await AwaitNoClientsAsync();
        NoteResources();
        var client = ClientProgram.Start(Nodes[0].Address, Gate);
        await Gate.Until(gate => gate.Waiting.Count == Workers, "an item on each worker", log: () => client.Log);
        return client;
    }

    /// <summary>Waits until all items have seen that they are cancelled.</summary>
    private Task AwaitDropAsync() => Gate.Until(
        gate => gate.Visits.Count == Workers && gate.Visits.All(visit => visit.WasCancelled), "the items to see it");

    /// <summary>Waits until no pool uses the nodes.</summary>
    private Task AwaitNoClientsAsync() => Deadline.Until(
        () => Nodes.All(node => Count(node, "] uses this node.") == Count(node, "] no longer uses this node")),
        "the first client to be gone");

    private static int Count(ClusterNode node, string text) => node.Process.Error.Split(text).Length - 1;

    /// <summary>Waits until the node has worked for a new pool.</summary>
    private static async Task AwaitUseAsync(ClusterNode node)
    {
        await Deadline.Until(
            () => Count(node, "] uses this node.") > Count(node, "] no longer uses this node"), "the client to have the node");
        var before = node.GetProcessorTime();
        await Deadline.Until(() => node.GetProcessorTime() - before > TimeSpan.FromMilliseconds(300), "the node to be used");
    }

    /// <summary>Waits until the node has been idle for half a second or longer.</summary>
    /// <remarks>Idle: it uses less than a fifth of a processor.</remarks>
    private static async Task AwaitIdleAsync(ClusterNode node)
    {
        var (since, used) = (TimeProvider.System.GetTimestamp(), node.GetProcessorTime());
        await Deadline.Until(() =>
        {
            var elapsed = TimeProvider.System.GetElapsedTime(since);
            if (elapsed < TimeSpan.FromMilliseconds(500))
                return false;
            var now = node.GetProcessorTime();
            var share = (now - used) / elapsed;
            (since, used) = (TimeProvider.System.GetTimestamp(), now);
            return share < 0.2;
        }, "the node to be idle");
    }
}
