using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests;

/// <summary>Clusters with two seeds, and two clusters where one was meant.</summary>
public sealed class SecondSeedTests
{
    [Fact]
    public async Task Two_seeds_that_do_not_know_of_each_other_are_noticed_by_all()
    {
        using var one = NodeProcess.Start("--seed", "--port", "0", "--workers", "1");
        using var other = NodeProcess.Start("--seed", "--port", "0", "--workers", "1");
        var addresses = $"{await AwaitAddressAsync(one)},{await AwaitAddressAsync(other)}";

        using var node = NodeProcess.Start("--join", addresses, "--workers", "1");

        await Task.WhenAll(new[] { node, one, other }.Select(process => process.AwaitAsync("There are two clusters")));
        await node.SignalAsync("TERM");
        await node.CheckEndAsync(0);
    }

    [Fact]
    public async Task A_second_seed_admits_nodes_while_the_first_is_gone_and_the_first_joins_it_again()
    {
        var ports = new[] { Ports.GetFree(), Ports.GetFree() };
        var seeds = string.Join(',', ports.Select(port => $"127.0.0.1:{port}"));
        using var second = NodeProcess.Start("--seed", "--port", ports[1], "--join", seeds, "--workers", "1");
        using var first = NodeProcess.Start("--seed", "--port", ports[0], "--join", seeds, "--workers", "1");
        await first.AwaitAsync($"Seed in the cluster of {seeds}, ready.");
        await second.AwaitAsync($"Seed in the cluster of {seeds}, ready.");

        await first.SignalAsync("KILL");
        await first.EndAsync();
        using var node = NodeProcess.Start("--join", seeds, "--workers", "1");
        await node.AwaitAsync($"Node in the cluster of {seeds}, ready.");
        using var again = NodeProcess.Start("--seed", "--port", ports[0], "--join", seeds, "--workers", "1");
        await again.AwaitAsync($"Seed in the cluster of {seeds}, ready.");

        await using var pool = await WorkerPool.ConnectAsync($"127.0.0.1:{ports[1]}", ClusterNode.AddLongTimeout());
        await Deadline.Until(() => pool.Workers == 3, "the second seed, the node and the first seed", pool);
        Assert.DoesNotContain("two clusters", again.Error + node.Error + second.Error, StringComparison.Ordinal);
    }

    private static async Task<string> AwaitAddressAsync(NodeProcess node) =>
        (await node.AwaitAsync("control:")).Split("control:")[1].Trim();
}
