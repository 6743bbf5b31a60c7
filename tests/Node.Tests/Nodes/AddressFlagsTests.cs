using System.Net;
using System.Net.Sockets;
using TestCertificates = ActorPool.Tests.Security.Certificates;

namespace ActorPool.Node.Tests.Nodes;

/// <summary>Addresses, ports and certificates of nodes, as an operator gives them.</summary>
public sealed class AddressFlagsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task The_data_port_is_the_one_that_was_given()
    {
        var port = FindFreePort();
        using var node = NodeProcess.Start("--seed", "--port", "0", "--data-port", $"{port}");

        Assert.EndsWith($"127.0.0.1:{port}", await node.AwaitAsync("data:"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_listens_on_all_addresses_and_has_the_name_that_was_given()
    {
        var certificates = _certificates.For("node1.example.org");
        using var node = NodeProcess.Start(
            "--seed", "--port", "0", "--host", "Node1.example.org", "--bind", "0.0.0.0", "--public-port", "30110",
            "--public-data-port", "30111", "--certs", certificates);

        await node.AwaitAsync("next:");

        Assert.EndsWith(" node1.example.org:30110", await node.AwaitAsync("control:"), StringComparison.Ordinal);
        Assert.EndsWith(" node1.example.org:30111", await node.AwaitAsync("data:"), StringComparison.Ordinal);
        Assert.EndsWith(
            $"--join node1.example.org:30110 --certs {certificates}", await node.AwaitAsync("next:"), StringComparison.Ordinal);
        Assert.EndsWith(
            "WorkerPool.ConnectAsync(\"node1.example.org:30110\", new() { Config = "
            + $"\"actorpool.cluster.tls.certificates = \\\"{certificates}\\\"\" }})",
            await node.AwaitAsync("program:"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_says_which_of_its_public_ports_it_does_not_reach()
    {
        var (wrong, data) = (FindFreePort(), FindFreePort());
        using var node = NodeProcess.Start(
            "--seed", "--port", "0", "--public-port", $"{wrong}", "--data-port", $"{data}", "--public-data-port", $"{data}");

        var line = await node.AwaitAsync("does not reach itself");

        Assert.StartsWith("[WARNING]", line, StringComparison.Ordinal);
        Assert.Contains(
            $"[127.0.0.1:{wrong}] (actorpool.cluster.public-port, --public-port): Connection refused", line, StringComparison.Ordinal);
        Assert.Contains("hairpin NAT", line, StringComparison.Ordinal);
        Assert.DoesNotContain("public-data-port", line, StringComparison.Ordinal); // that one is right
    }

    [Fact]
    public async Task The_printed_command_works_with_certificates_and_without_TLS()
    {
        using var secured = NodeProcess.Start("--seed", "--port", "0", "--host", "::1", "--certs", _certificates.For("::1"));
        await StartPrintedAsync(secured);
        using var plain = NodeProcess.StartWith(["ACTORPOOL__CLUSTER__TLS__ENABLED=off"], ["--seed", "--port", "0"]);
        await StartPrintedAsync(plain);
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_a_wrong_configuration()
    {
        var certificates = _certificates.For("10.0.0.5");
        using var node = NodeProcess.Start("--seed", "--port", "0", "--host", "127.0.0.1", "--certs", certificates);
        await node.CheckEndAsync(78);
        Assert.Contains("--host is [127.0.0.1], and the others would refuse the node: ", node.Error, StringComparison.Ordinal);
        Assert.Contains("is not for the host [127.0.0.1], but for 10.0.0.5", node.Error, StringComparison.Ordinal);

        using var verified = NodeProcess.Start("certs", "verify", certificates, "10.0.0.5");
        await verified.CheckEndAsync(0);
        using var refused = NodeProcess.Start("certs", "verify", certificates, "127.0.0.1");
        await refused.CheckEndAsync(1);
        Assert.Contains("is not for the host [127.0.0.1]", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_refused_with_advice()
    {
        using var node = NodeProcess.Start(
            "--seed", "--port", "0", "--host", "192.0.2.1", "--certs", _certificates.For("192.0.2.1"));

        await node.CheckEndAsync(1);

        Assert.Contains("cannot listen on [192.0.2.1:0]", node.Error, StringComparison.Ordinal);
        Assert.Contains("(--bind)", node.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_nohup_a_closed_terminal_does_not_end_a_node()
    {
        using var node = NodeProcess.StartWith([], ["--seed", "--port", "0"], ["nohup"]);
        await node.AwaitAsync("next:");

        await node.SignalAsync("HUP");
        await node.SignalAsync("TERM");

        await node.CheckEndAsync(0);
        Assert.Contains("has left", node.Error, StringComparison.Ordinal);
    }

    private static async Task StartPrintedAsync(NodeProcess seed)
    {
        var command = (await seed.AwaitAsync("next:")).Split("next:")[1];
        using var node = NodeProcess.Run("sh", "-c", $"exec {command}");

        await node.AwaitAsync("Node in the cluster of");
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
