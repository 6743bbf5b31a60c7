using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;
using ActorPool.Tests.Support;
using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Faults;

/// <summary>Programs that end, die or freeze in the middle of their jobs: nodes drop what they had for them.</summary>
public sealed class ClientFaultTests(ITestOutputHelper output) : ProcessScenario(output)
{
    private static readonly TimeSpan s_dropped = TimeSpan.FromSeconds(10);

    private int _sessionsBefore;

    [Fact]
    public async Task A_client_that_is_killed_leaves_nothing_running()
    {
        using var client = await StartClientAsync();
        await UsedAsync();

        var killed = TimeProvider.System.GetTimestamp();
        await client.SignalAsync("KILL");
        await Task.WhenAll(Nodes.Select(IdleAsync));

        Measured("dropped after the client's death", TimeProvider.System.GetElapsedTime(killed));
        Assert.InRange(TimeProvider.System.GetElapsedTime(killed), TimeSpan.Zero, s_dropped);
        await CheckAsync(await ConnectAsync());
    }

    [Fact]
    public async Task A_client_that_is_frozen_is_forgotten()
    {
        using var client = await StartClientAsync();
        await UsedAsync();

        var frozen = TimeProvider.System.GetTimestamp();
        await client.SignalAsync("STOP");
        await Task.WhenAll(Nodes.Select(IdleAsync));

        await Nodes[1].Process.AwaitAsync("uses this node no more: it was not heard for");
        Measured("dropped after the client's freeze", TimeProvider.System.GetElapsedTime(frozen));
        Assert.InRange(TimeProvider.System.GetElapsedTime(frozen), TimeSpan.Zero, s_dropped);
        await client.SignalAsync("KILL");
        await CheckAsync(await ConnectAsync());
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_client_that_is_told_to_stop_cancels_its_work(string signal, int exitCode)
    {
        using var client = await StartClientAsync();
        await UsedAsync();

        await client.SignalAsync(signal);

        Assert.Equal(exitCode, await client.EndAsync());
        await Task.WhenAll(Nodes.Select(IdleAsync));
        await CheckAsync(await ConnectAsync());
    }

    /// <summary>A process of its own that uses the cluster for long; one like it was there before, so that the nodes have what they keep for the next.</summary>
    private async Task<NodeProcess> StartClientAsync()
    {
        using (var first = NodeProcess.Start("demo", "--cluster", Nodes[0].Address, "--rows", "1000", "--runs", "1"))
            Assert.Equal(0, await first.EndAsync());
        await Task.WhenAll(Nodes.Select(IdleAsync));
        NoteResources();
        _sessionsBefore = SessionsOf(Nodes[1]);
        return NodeProcess.Start("demo", "--cluster", Nodes[0].Address, "--rows", "50000000");
    }

    /// <summary>Waits until the client has the second node, and that works.</summary>
    private async Task UsedAsync()
    {
        await Deadline.Until(() => SessionsOf(Nodes[1]) > _sessionsBefore, "the client to have the node");
        await LoadAsync(Nodes[1], share => share > 0.3, "the node to be used");
    }

    private static int SessionsOf(ClusterNode node) => node.Process.Error.Split("] uses this node.").Length - 1;

    private static Task IdleAsync(ClusterNode node) => LoadAsync(node, share => share < 0.2, "the node to be idle");

    /// <summary>Waits until the share of a processor that the node uses, over half a second, is as it should be.</summary>
    private static async Task LoadAsync(ClusterNode node, Func<double, bool> isRight, string phase)
    {
        var (since, used) = (TimeProvider.System.GetTimestamp(), node.ProcessorTime());
        await Deadline.Until(() =>
        {
            var elapsed = TimeProvider.System.GetElapsedTime(since);
            if (elapsed < TimeSpan.FromMilliseconds(500))
                return false;
            var now = node.ProcessorTime();
            var share = (now - used) / elapsed;
            (since, used) = (TimeProvider.System.GetTimestamp(), now);
            return isRight(share);
        }, phase);
    }
}
