using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ActorPool.Configuration;
using ActorPool.Tests.Security;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Cluster;

/// <summary>Nodes that are called by another address than their own, and translated ports.</summary>
public sealed class AddressTests : IDisposable
{
    private readonly Certificates _certificates = new();

    private readonly string _config;

    public AddressTests() =>
        _config = $"actorpool.cluster {{ tls.certificates = \"{_certificates.For("127.0.0.1", "127.0.0.2")}\", local-socket = off }}";

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task A_node_that_is_called_by_another_of_its_addresses_is_used_by_its_own()
    {
        await using var seed = await StartAsync("actorpool.cluster.bind = 0.0.0.0");
        var called = seed.Address.Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal);

        await using var second = await StartAsync("", called);
        await using var pool = await ConnectAsync(called);
        await Deadline.Until(() => pool.Workers == 2, "both nodes", pool);

        Assert.Equal(Enumerable.Range(2, 3), await pool.MapAsync(x => x + 1, [1, 2, 3]).Within("the map", pool));
    }

    [Fact]
    public async Task A_node_whose_own_address_cannot_be_reached_is_named_by_it()
    {
        // The node says that it has the relay's port, and the relay leads to none.
        await using var relay = new Relay { Target = 1 };
        var port = FindFreePort();
        await using var seed = await StartAtAsync(
            port, string.Create(CultureInfo.InvariantCulture, $"actorpool.cluster.public-port = {relay.Port}"));
        Assert.Equal($"127.0.0.1:{relay.Port}", seed.Address);

        var error = await Assert.ThrowsAsync<NoWorkersException>(
            () => ConnectAsync($"127.0.0.1:{port}", "actorpool.cluster.connect-timeout = 5s"));

        var tried = $"Tried [127.0.0.1:{port}]: its own address is [{seed.Address}], and there: ";
        Assert.Contains(tried, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Translated_ports_of_both_planes_are_those_that_pools_use()
    {
        var (port, dataPort) = (FindFreePort(), FindFreePort());
        await using var control = new Relay { Target = port };
        await using var data = new Relay { Target = dataPort };
        await using var seed = await StartAtAsync(port, string.Create(
            CultureInfo.InvariantCulture,
            $"actorpool.cluster {{ public-port = {control.Port}, data-port = {dataPort}, public-data-port = {data.Port} }}"));
        Assert.Equal($"127.0.0.1:{control.Port}", seed.Address);
        Assert.Equal($"127.0.0.1:{data.Port}", seed.DataAddress);

        await using var second = await StartAsync("", seed.Address);
        await using var pool = await ConnectAsync(second.Address);
        await Deadline.Until(() => pool.Workers == 2, "both nodes", pool);

        Assert.Equal(Enumerable.Range(2, 3), await pool.MapAsync(x => x + 1, [1, 2, 3]).Within("the map", pool));
        Assert.True(control.Connections > 0);
        Assert.True(data.Connections > 0);
    }

    [Fact]
    public async Task A_fixed_data_port_is_used_and_named_when_it_cannot_be_reached()
    {
        await using var closed = new Relay { Target = 1 };
        await using var seed = await StartAsync(
            string.Create(CultureInfo.InvariantCulture, $"actorpool.cluster.public-data-port = {closed.Port}"));

        var error = await Assert.ThrowsAsync<NoWorkersException>(
            () => ConnectAsync(seed.Address, "actorpool.cluster.connect-timeout = 5s"));

        Assert.Contains($"its data port [127.0.0.1:{closed.Port}] cannot be reached: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("--data-port", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_port_that_failed_is_named_with_its_reason_also_while_it_is_tried_again()
    {
        using var port = new TcpListener(IPAddress.Loopback, 0);
        port.Start();
        await using var seed = await StartAsync(string.Create(
            CultureInfo.InvariantCulture, $"actorpool.cluster.public-data-port = {((IPEndPoint)port.LocalEndpoint).Port}"));

        (await port.AcceptSocketAsync().Within("the node's own look at its public port")).Dispose();
        var connecting = Assert.ThrowsAsync<NoWorkersException>(
            () => ConnectAsync(seed.Address, "actorpool.cluster.connect-timeout = 5s"));
        (await port.AcceptSocketAsync().Within("the first connection")).Dispose();
        using var silent = await port.AcceptSocketAsync().Within("the second connection");

        Assert.Contains("cannot be reached: ", (await connecting).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_port_in_use_is_named_at_the_start()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;

        var error = await Assert.ThrowsAsync<IOException>(
            () => StartAsync(string.Create(CultureInfo.InvariantCulture, $"actorpool.cluster.data-port = {port}")));

        Assert.Contains($"[127.0.0.1:{port}], where its data plane should be", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0", "PoolNodeOptions.Host is [0.0.0.0], which is not one address or name of this machine")]
    [InlineData("::", "PoolNodeOptions.Host is [::], which is not one address or name of this machine")]
    [InlineData("a b", "PoolNodeOptions.Host is [a b], which is not one address or name of this machine")]
    [InlineData("", "PoolNodeOptions.Host is [], which is not one address or name of this machine")]
    public async Task A_host_that_no_other_can_call_is_refused(string host, string reason)
    {
        var error = await Assert.ThrowsAsync<SettingsException>(
            () => PoolNode.StartAsync(new PoolNodeOptions { Host = host, Port = 0 }));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("actorpool.cluster.bind", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_listens_beyond_loopback_only_with_certificates_for_that()
    {
        var options = new PoolNodeOptions { Port = 0, Config = "actorpool.cluster.bind = 0.0.0.0" };

        var error = await Assert.ThrowsAsync<SettingsException>(() => PoolNode.StartAsync(options));

        Assert.Contains(
            "actorpool.cluster.bind is [0.0.0.0], which is not an address of the loopback", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seed_of_several_is_in_their_list()
    {
        var options = new PoolNodeOptions { Port = 8110, IsSeed = true, Join = ["10.0.0.5:8110"], Config = _config };

        var error = await Assert.ThrowsAsync<SettingsException>(() => PoolNode.StartAsync(options));

        Assert.Contains("does not name this node", error.Message, StringComparison.Ordinal);
    }

    private Task<PoolNode> StartAsync(string config, params string[] join) => StartAtAsync(0, config, join);

    private Task<PoolNode> StartAtAsync(int port, string config, params string[] join) =>
        PoolNode.StartAsync(new PoolNodeOptions { Port = port, Workers = 1, Join = join, Config = $"{_config}\n{config}" })
            .Within("a node");

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Task<WorkerPool> ConnectAsync(string seed, string config = "") =>
        WorkerPool.ConnectAsync(seed, new WorkerPoolOptions { Config = $"{_config}\n{config}" }).Within("the connection");
}
