using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests;

/// <summary>Nodes behind translated addresses, and nodes that are known by names.</summary>
public sealed class AddressTranslationTests
{
    [NetworkFact]
    public async Task A_node_behind_translated_addresses_and_ports_serves_others()
    {
        await using var network = await Network.StartAsync(hosts: 2);
        await using var inner = await InnerHost.AddAsync(network[0]);
        using var seed = NodeProcess.StartWith(
            ["ACTORPOOL__CLUSTER__LOCAL_SOCKET=off"],
            [
                "--seed", "--workers", "1", "--host", network[0].Address, "--bind", "0.0.0.0", "--port", "8110", "--public-port", "30110",
                "--data-port", "8111", "--public-data-port", "30111", "--certs", network[0].Certificates,
            ],
            inner.Prefix);
        Assert.EndsWith($" {network[0].Address}:30110", await seed.AwaitAsync("control:"), StringComparison.Ordinal);
        using var second = StartOn(
            network[1], "--join", $"{network[0].Address}:30110", "--workers", "1", "--certs", network[1].Certificates);
        // Without --host, it takes the address that faces the seed.
        Assert.Contains($" {network[1].Address}:", await second.AwaitAsync("control:"), StringComparison.Ordinal);

        var options = ClusterNode.AddLongTimeout(new WorkerPoolOptions { Config = network.Config });
        await using var pool = await WorkerPool.ConnectAsync($"{network[0].Address}:30110", options).Within("the connection");
        await Deadline.Until(() => pool.Workers == 2, "both nodes", pool);

        Assert.Equal(Enumerable.Range(1, 100), await pool.MapAsync(x => x + 1, Enumerable.Range(0, 100)).Within("the map", pool));
    }

    [NetworkFact]
    [Trait("Category", "Slow")]
    public async Task A_blocked_data_port_is_named()
    {
        await using var network = await Network.StartAsync(hosts: 1);
        using var seed = StartOn(
            network[0], "--seed", "--host", network[0].Address, "--data-port", "8111", "--certs", network[0].Certificates);
        await seed.AwaitAsync("next:");
        await network[0].CutPortAsync(8111);
        var options = new WorkerPoolOptions { Config = $"{network.Config}\nactorpool.cluster.connect-timeout = 60s" };

        var error = await Assert.ThrowsAsync<NoWorkersException>(
            () => WorkerPool.ConnectAsync($"{network[0].Address}:8110", options).Within("the error"));

        Assert.Contains($"its data port [{network[0].Address}:8111] cannot be reached", error.Message, StringComparison.Ordinal);
    }

    [NetworkFact]
    public async Task Nodes_and_programs_find_a_seed_by_its_name_whether_that_is_its_own_address_or_not()
    {
        await using var network = await Network.StartAsync(hosts: 2);
        await network[0].NameAsync("node1", network[0].Address);
        await network[1].NameAsync("node1", network[0].Address);
        var certificates = network.CertifyAs("node1", network[0].Address);
        foreach (var host in new[] { "node1", network[0].Address })
        {
            using var seed = StartOn(network[0], "--seed", "--workers", "1", "--host", host, "--certs", certificates);
            Assert.EndsWith($" {host}:8110", await seed.AwaitAsync("control:"), StringComparison.Ordinal);

            using var second = StartOn(network[1], "--join", "node1:8110", "--workers", "1", "--certs", network[1].Certificates);
            await second.AwaitAsync("Node in the cluster of node1:8110, ready.");
            using var demo = NodeProcess.StartWith(
                [$"ACTORPOOL__CLUSTER__TLS__CERTIFICATES={network[1].Certificates}"],
                ["demo", "--cluster", "node1:8110", "--rows", "1000", "--runs", "1"], network[1].Prefix);

            await demo.CheckEndAsync(0);
            Assert.Contains("[1, 4, 9, 16, 25]", demo.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("non-local recipient", seed.Error, StringComparison.Ordinal);
        }
    }

    [NetworkFact]
    public async Task A_certificate_without_the_name_is_refused()
    {
        await using var network = await Network.StartAsync(hosts: 2);
        await network[1].NameAsync("node1", network[0].Address);
        using var seed = StartOn(network[0], "--seed", "--host", network[0].Address, "--certs", network[0].Certificates);
        await seed.AwaitAsync("next:");

        using var second = StartOn(network[1], "--join", "node1:8110", "--certs", network[1].Certificates);

        await second.CheckEndAsync(78);
        Assert.Contains("is not for the host [node1]", second.Error, StringComparison.Ordinal);
    }

    private static NodeProcess StartOn(NetworkHost host, params string[] flags) =>
        NodeProcess.StartWith(["ACTORPOOL__CLUSTER__LOCAL_SOCKET=off"], flags, host.Prefix);
}
