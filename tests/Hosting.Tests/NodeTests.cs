using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ActorPool.ClusterTests.Support;
using ActorPool.Hosting.Tests.Support;
using ActorPool.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ActorPool.Hosting.Tests;

/// <summary>A service that lends its workers.</summary>
public sealed class NodeTests
{
    [Fact]
    public async Task A_service_lends_its_workers_and_leaves_when_it_stops()
    {
        var port = Ports.GetFree();
        await using var service = await WebService.StartAsync(
            services => services.AddActorPoolNode(), null, ("ActorPool:Node:Port", port), ("ActorPool:Node:Workers", "2"));
        var node = await service.App.Services.GetRequiredService<HostedPoolNode>().GetAsync().Within("the node");
        await using var pool = await WorkerPool.ConnectAsync(node.Address).Within("the connection");

        Assert.Equal(2, pool.Workers);
        Assert.Equal(2, Assert.Single(await pool.MapAsync(x => x + 1, [1]).Within("the map", pool)));
        await service.AwaitHealthAsync("/readyz", "Healthy");

        await service.App.StopAsync().Within("the end of the host");

        Assert.True(node.Completion.IsCompletedSuccessfully);
        var hosted = service.App.Services.GetRequiredService<HostedPoolNode>();
        Assert.Null(hosted.Current);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hosted.GetAsync().Within("the answer of a node that has left"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_node_that_is_disposed_of_says_so(bool isSeed)
    {
        var options = new ActorPoolNodeOptions { Port = 0, Workers = 1 };
        if (!isSeed)
            options.Join.Add($"127.0.0.1:{Ports.GetFree()}");
        var hosted = new HostedPoolNode(Options.Create(options), NullLoggerFactory.Instance);
        await hosted.StartAsync(CancellationToken.None).Within("the start");
        var waiting = hosted.GetAsync();
        Assert.Equal(isSeed, hosted.Current is not null);

        await hosted.DisposeAsync().AsTask().Within("the end");

        Assert.Equal(isSeed, waiting.IsCompletedSuccessfully);
        Assert.Equal(!isSeed, waiting.IsCanceled);
        Assert.Null(hosted.Current);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => hosted.GetAsync());
        await hosted.DisposeAsync().AsTask().Within("the second end");
    }

    [Fact]
    public async Task A_service_whose_node_joins_starts_without_its_cluster()
    {
        var port = Ports.GetFree();
        await using var service = await WebService.StartAsync(
            services => services.AddActorPoolNode(options => options.Port = 0), null,
            ("ActorPool:Node:Join:0", $"127.0.0.1:{port}"), ("ActorPool:Node:Workers", "1"));
        Assert.Equal("Unhealthy", (await service.CheckAsync("/readyz")).Text);

        using var seed = await Cluster.StartSeedAsync(port);

        await service.AwaitHealthAsync("/readyz", "Healthy");
        await using var pool = await WorkerPool.ConnectAsync($"127.0.0.1:{port}").Within("the connection");
        await Deadline.Until(() => pool.Statistics.Nodes == 2, "both nodes", pool);
    }

    [Fact]
    public async Task A_node_that_finds_itself_outside_its_cluster_is_started_again()
    {
        var port = Ports.GetFree();
        await using var service = await WebService.StartAsync(
            services => services.AddActorPoolNode(), null,
            ("ActorPool:Node:Join", $"127.0.0.1:{port}"), ("ActorPool:Node:Port", "0"), ("ActorPool:Node:Workers", "1"));
        var hosted = service.App.Services.GetRequiredService<HostedPoolNode>();
        PoolNode first;
        using (await Cluster.StartSeedAsync(port))
            first = await hosted.GetAsync().Within("the node");

        // The seed has died, and another one starts in its place.
        using var next = await Cluster.StartSeedAsync(port);

        await Deadline.Until(() => hosted.Current is { } node && node != first, "another node");
        Assert.Contains(service.Lines.Lines, line => line.Id is { Id: 803, Name: "NodeOutside" });
        await service.AwaitHealthAsync("/readyz", "Healthy");
    }

    [Fact]
    public async Task A_host_does_not_start_if_the_port_of_its_seed_is_in_use()
    {
        var port = Ports.GetFree();
        using var other = new TcpListener(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
        other.Start();
        var (app, _) = WebService.Build(services => services.AddActorPoolNode(), null, ("ActorPool:Node:Port", port));
        await using var _1 = app;

        var error = await Assert.ThrowsAsync<IOException>(() => app.StartAsync());

        Assert.Contains(port, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_may_use_the_node_that_it_runs_until_it_has_stopped()
    {
        var port = Ports.GetFree();
        await using var service = await WebService.StartAsync(
            services => services.AddActorPool().AddActorPoolNode(), null,
            ("ActorPool:Node:Port", port), ("ActorPool:Node:Workers", "1"), ("ActorPool:Connect", $"127.0.0.1:{port}"));
        await service.AwaitHealthAsync("/readyz", "Healthy");

        Assert.Equal(2, Assert.Single(await service.Pool.MapAsync(x => x + 1, [1]).Within("the map", service.Pool)));
        await service.App.StopAsync().Within("the end of the host");
    }
}
