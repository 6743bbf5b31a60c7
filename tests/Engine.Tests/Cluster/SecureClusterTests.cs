using System.Net;
using System.Net.Sockets;
using ActorPool.Configuration;
using ActorPool.Security;
using ActorPool.Tests.Security;
using ActorPool.Tests.Support;
using Akka.Event;

namespace ActorPool.Tests.Cluster;

/// <summary>Which nodes and pools may take part, with all kinds of certificates, over both planes.</summary>
public sealed class SecureClusterTests : IAsyncLifetime
{
    private readonly Certificates _certificates = new();
    private PoolNode _seed = null!;
    private string _ours = "";

    public async Task InitializeAsync()
    {
        _ours = _certificates.For("127.0.0.1");
        _seed = await StartAsync(_ours);
    }

    public async Task DisposeAsync()
    {
        await _seed.DisposeAsync();
        _certificates.Dispose();
    }

    [Fact]
    public async Task Members_of_one_authority_work_together()
    {
        await using var second = await StartAsync(_certificates.For("localhost", "127.0.0.1"), _seed.Address);
        await using var pool = await ConnectAsync(_ours).Within("the connection");
        await Deadline.Until(() => pool.Workers == 2, "both nodes", pool);

        Assert.Equal(Enumerable.Range(1, 1000), await pool.MapAsync(x => x + 1, Enumerable.Range(0, 1000)).Within("the map", pool));
    }

    [Fact]
    public async Task The_development_certificate_is_enough_on_one_machine()
    {
        await using var node = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 });
        Assert.True(node.Security is { IsOn: true, IsDevelopment: true });
        var options = new WorkerPoolOptions { Config = "actorpool.cluster.local-socket = off" };
        await using var pool = await WorkerPool.ConnectAsync(node.Address, options).Within("the connection");

        Assert.Equal(3, await pool.ApplyAsync(x => x + 1, 2).Within("the call", pool));
        Assert.StartsWith(OwnHome.Directory, IdentityFiles.DevelopmentDirectory, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pools_whose_certificates_do_not_fit_learn_why_at_once()
    {
        await CheckRefusedAsync(
            CreateConfig(_certificates.IssueByOtherAuthority("127.0.0.1")), "the certificate of [CN=127.0.0.1] is not trusted");
        await CheckRefusedAsync(
            "actorpool.cluster.tls.enabled = off", "it uses TLS, and this side has actorpool.cluster.tls.enabled = off");
    }

    [Fact]
    public async Task A_pool_that_calls_a_node_without_TLS_learns_why()
    {
        await using var plain = await PoolNode.StartAsync(
            new PoolNodeOptions { Port = 0, Workers = 1, Config = "actorpool.cluster.tls.enabled = off" });
        var options = new WorkerPoolOptions { Config = CreateConfig(_ours) + "\nactorpool.cluster.connect-timeout = 5s" };

        var error = await Assert.ThrowsAsync<NoWorkersException>(
            () => WorkerPool.ConnectAsync(plain.Address, options).Within("the refusal"));

        Assert.Contains($"Tried [{plain.Address}]: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("not speak TLS at all", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pool_that_calls_a_web_server_learns_that_it_is_not_a_node()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener);
        var options = new WorkerPoolOptions { Config = AddLongTimeout(CreateConfig(_ours)) };

        var error = await Assert.ThrowsAsync<NoWorkersException>(
            () => WorkerPool.ConnectAsync(listener.LocalEndpoint.ToString()!, options).Within("the refusal"));

        Assert.Contains("does not speak TLS as this side does", error.Message, StringComparison.Ordinal);
        listener.Stop();
        await serving;
    }

    [Fact]
    public async Task Pools_and_nodes_that_call_a_data_port_are_told_to_use_the_control_port()
    {
        var options = new WorkerPoolOptions { Config = AddLongTimeout(CreateConfig(_ours)) };

        var poolError = await Assert.ThrowsAsync<NoWorkersException>(
            () => WorkerPool.ConnectAsync(_seed.DataAddress, options).Within("the refusal"));
        var nodeError = await Assert.ThrowsAsync<ActorPoolException>(() => StartAsync(_ours, _seed.DataAddress).Within("the refusal"));

        Assert.All(
            [poolError.Message, nodeError.Message],
            message => Assert.Contains("it is the data port of a node; give its control port", message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_whose_certificate_does_not_fit_ends_with_the_reason_and_the_cluster_does_not_notice()
    {
        var error = await Assert.ThrowsAsync<ActorPoolException>(
            () => StartAsync(_certificates.IssueByOtherAuthority("127.0.0.1"), _seed.Address).Within("the refusal"));

        Assert.Contains(
            $"[{_seed.Address}]: The node is refused: the certificate of [CN=127.0.0.1] is not trusted",
            error.Message, StringComparison.Ordinal);
        await using var pool = await ConnectAsync(_ours).Within("the connection");
        Assert.Equal(1, pool.Workers);
    }

    // Akka.Remote would end the pool's actor system after its one failed handshake.
    [Fact]
    public async Task A_stranger_at_a_seeds_address_does_not_end_a_pool_that_has_nodes()
    {
        await using var stranger = await StartAsync(_certificates.IssueByOtherAuthority("127.0.0.1"));
        var options = new WorkerPoolOptions { Config = CreateConfig(_ours) };
        await using var pool = await WorkerPool.ConnectAsync($"{_seed.Address},{stranger.Address}", options).Within("the connection");

        await Deadline.Until(() => pool.Client!.Refused.ContainsKey(NodeAddress.Parse(stranger.Address)), "the stranger to be tried", pool);
        Assert.Equal(1, await pool.ApplyAsync(() => 1).Within("a call after that", pool));
        Assert.Equal(1, pool.Workers);
    }

    [Fact]
    public async Task A_pool_may_not_call_other_machines_with_the_development_certificate_or_without_TLS()
    {
        await CheckUnsafeAsync("192.0.2.1:8110", "", "there are no certificates for other machines");
        await CheckUnsafeAsync($"{_seed.Address},192.0.2.1:8110", "actorpool.cluster.tls.enabled = off", "TLS is off");
    }

    [Fact]
    public async Task A_renewed_certificate_is_used_by_the_next_connections_of_both_planes()
    {
        using var secret = new MountedSecret(_certificates.For("127.0.0.1"));
        await using var node = await StartAsync(secret.Directory);
        await using var before = await ConnectToAsync(node, _ours);
        var renewed = _certificates.IssueByOtherAuthority("127.0.0.1");

        secret.Replace(renewed);
        node.Security.Renew(NoLogger.Instance);

        await using var after = await ConnectToAsync(node, renewed);
        Assert.Equal(2, await after.ApplyAsync(x => x + 1, 1).Within("a call with the new certificate", after));
        Assert.Equal(2, await before.ApplyAsync(x => x + 1, 1).Within("a call over the connection from before", before));
        var error = await Assert.ThrowsAsync<NoWorkersException>(() => ConnectToAsync(node, _ours, AddLongTimeout("")));
        Assert.Contains("is not trusted", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renewed_certificate_for_another_host_is_not_used()
    {
        using var secret = new MountedSecret(_ours);
        await using var node = await StartAsync(secret.Directory);

        secret.Replace(_certificates.For("10.0.0.5"));
        var log = new ListAdapter();
        node.Security.Renew(log);

        Assert.Contains("is not for the host [127.0.0.1], but for 10.0.0.5", Assert.Single(log.Lines), StringComparison.Ordinal);
        await using var pool = await ConnectToAsync(node, _ours);
        Assert.Equal(2, await pool.ApplyAsync(x => x + 1, 1).Within("a call with the certificate from before", pool));
    }

    [Fact]
    public async Task A_node_whose_certificate_is_for_another_host_does_not_start()
    {
        var error = await Assert.ThrowsAsync<SettingsException>(() => StartAsync(_certificates.For("10.0.0.5")));

        Assert.Contains("PoolNodeOptions.Host is [127.0.0.1]", error.Message, StringComparison.Ordinal);
        Assert.Contains("is not for the host [127.0.0.1], but for 10.0.0.5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_that_cannot_be_used_are_named_at_the_call()
    {
        var error = await Assert.ThrowsAsync<SettingsException>(() => ConnectAsync("/no/such/directory"));
        Assert.Contains(
            "actorpool.cluster.tls.certificates is [/no/such/directory]: There is no directory", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SettingsException>(() => StartAsync(_certificates.IssueExpired("127.0.0.1")));
    }

    private static Task<PoolNode> StartAsync(string certificates, params string[] join) =>
        PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1, Join = join, Config = CreateConfig(certificates) });

    private static Task<WorkerPool> ConnectToAsync(PoolNode node, string certificates, string config = "") =>
        WorkerPool.ConnectAsync(node.Address, new WorkerPoolOptions { Config = $"{CreateConfig(certificates)}\n{config}" })
            .Within("the connection");

    private Task<WorkerPool> ConnectAsync(string certificates) =>
        WorkerPool.ConnectAsync(_seed.Address, new WorkerPoolOptions { Config = CreateConfig(certificates) });

    private async Task CheckRefusedAsync(string config, string reason)
    {
        var options = new WorkerPoolOptions { Config = AddLongTimeout(config) };
        var error = await Assert.ThrowsAsync<NoWorkersException>(
            () => WorkerPool.ConnectAsync(_seed.Address, options).Within("the refusal"));
        Assert.Contains($"The node [{_seed.Address}] cannot be used: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static async Task CheckUnsafeAsync(string seed, string config, string reason)
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(
            () => WorkerPool.ConnectAsync(seed, new WorkerPoolOptions { Config = config }));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("certs issue", error.Message, StringComparison.Ordinal);
    }

    // Over the data port, where TLS is.
    private static string CreateConfig(string certificates) =>
        $"actorpool.cluster {{ tls.certificates = \"{certificates}\", local-socket = off }}";

    /// <summary>Adds a timeout so long that a test that waits for it fails.</summary>
    private static string AddLongTimeout(string config) => config + "\nactorpool.cluster.connect-timeout = 10m";

    private static async Task ServeAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
            }
        }
        catch (SocketException)
        {
            // It was stopped.
        }
    }
}
