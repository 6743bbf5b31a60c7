using System.Net;
using ActorPool.ClusterTests.Support;
using ActorPool.Hosting.Tests.Support;
using ActorPool.Tests.Security;
using ActorPool.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace ActorPool.Hosting.Tests;

/// <summary>A service whose pool has nodes in other processes.</summary>
public sealed class ClusterTests
{
    [Fact]
    public async Task A_service_starts_without_its_cluster_and_uses_it_when_it_comes_goes_and_comes_back()
    {
        var port = Ports.GetFree();
        await using var service = await WebService.StartAsync(
            services => services.AddActorPool(),
            app => app.MapGet("/where", (WorkerPool pool, CancellationToken aborted) =>
                pool.ApplyAsync(_ => Environment.ProcessId, 0, cancellationToken: aborted)),
            ("ActorPool:Connect", $"127.0.0.1:{port}"), ("ActorPool:Cluster:LeaseTimeout", "2s"));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), await service.CheckAsync("/readyz"));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await service.CheckAsync("/livez"));

        // A request of before the cluster's start waits for it.
        var early = service.Client.GetStringAsync("/where");
        using (var seed = await Cluster.StartSeedAsync(port))
        {
            Assert.Equal($"{seed.Id}", await early);
            Assert.Equal((HttpStatusCode.OK, "Healthy"), await service.CheckAsync("/readyz"));
            Assert.Equal($"{seed.Id}", await service.Client.GetStringAsync("/where"));
        }
        await service.AwaitHealthAsync("/readyz", "Unhealthy");
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await service.CheckAsync("/livez"));

        using var next = await Cluster.StartSeedAsync(port);
        await service.AwaitHealthAsync("/readyz", "Healthy");
        Assert.Equal($"{next.Id}", await service.Client.GetStringAsync("/where"));
    }

    [Fact]
    public async Task A_service_starts_while_no_one_knows_the_name_of_its_seed()
    {
        using var certificates = new Certificates();
        await using var service = await WebService.StartAsync(
            services => services.AddActorPool(), null,
            ("ActorPool:Connect", "nosuch.invalid:8110"), ("ActorPool:Cluster:ConnectTimeout", "100ms"),
            ("ActorPool:Cluster:Tls:Certificates", certificates.For("127.0.0.1")));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), await service.CheckAsync("/readyz"));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await service.CheckAsync("/livez"));
        await Deadline.Until(() => service.Lines.Lines.Any(line => line.Id.Name is "ClusterSilent"), "the warning", service.Pool);
        Assert.Contains(
            "nosuch.invalid", service.Lines.Lines.First(line => line.Id.Name is "ClusterSilent").Text, StringComparison.Ordinal);
        var checks = service.App.Services.GetRequiredService<HealthCheckService>();
        var report = await checks.CheckHealthAsync(check => check.Tags.Contains("ready"));
        Assert.Contains("[nosuch.invalid:8110]", Assert.Single(report.Entries).Value.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pool_with_fewer_nodes_than_expected_is_degraded()
    {
        var port = Ports.GetFree();
        using var seed = await Cluster.StartSeedAsync(port);
        await using var service = await WebService.StartAsync(
            services => services.AddActorPool(options => (options.Connect, options.ExpectedNodes) = ($"127.0.0.1:{port}", 2)));

        await service.AwaitHealthAsync("/readyz", "Degraded");

        using var second = await Cluster.StartNextAsync(port);
        await service.AwaitHealthAsync("/readyz", "Healthy");
        Assert.Equal(2, service.Pool.Statistics.Nodes);
    }

    [Fact]
    public async Task A_request_that_its_client_gives_up_is_cancelled_on_the_node()
    {
        var port = Ports.GetFree();
        using var seed = await Cluster.StartSeedAsync(port);
        var folder = Directory.CreateTempSubdirectory("cancelled-");
        try
        {
            var (started, cancelled) = (Path.Combine(folder.FullName, "started"), Path.Combine(folder.FullName, "cancelled"));
            await using var service = await WebService.StartAsync(
                services => services.AddActorPool(),
                app => app.MapGet("/wait", async (WorkerPool pool, CancellationToken aborted) => await pool.ForEachAsync(
                    async (file, token) =>
                    {
                        await File.WriteAllTextAsync(file, $"{Environment.ProcessId}", CancellationToken.None);
                        var end = new TaskCompletionSource();
                        await using var registration = token.Register(() => end.SetResult());
                        await end.Task;
                        await File.WriteAllTextAsync(cancelled, "", CancellationToken.None);
                    },
                    [started], cancellationToken: aborted)),
                ("ActorPool:Connect", $"127.0.0.1:{port}"));

            using var giveUp = new CancellationTokenSource();
            var request = service.Client.GetAsync("/wait", giveUp.Token);
            await Deadline.Until(() => File.Exists(started) && new FileInfo(started).Length > 0, "the start on the node", service.Pool);
            Assert.Equal($"{seed.Id}", await File.ReadAllTextAsync(started));
            await giveUp.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
            await Deadline.Until(() => File.Exists(cancelled), "the cancellation on the node", service.Pool);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_log_of_the_pool_is_that_of_the_host()
    {
        var port = Ports.GetFree();
        using var seed = await Cluster.StartSeedAsync(port);
        await using var service = await WebService.StartAsync(
            services => services.AddActorPool(), settings: ("ActorPool:Connect", $"127.0.0.1:{port}"));
        await service.AwaitHealthAsync("/readyz", "Healthy");

        await Deadline.Until(() => service.Lines.Lines.Any(line => line.Id.Id == 501), "the line of the node", service.Pool);

        var joined = service.Lines.Lines.Single(line => line.Id.Id == 501);
        Assert.Equal(("ActorPool.Nodes", LogLevel.Information, "NodeJoined"), (joined.Category, joined.Level, joined.Id.Name));
        Assert.Equal($"The node [127.0.0.1:{port}] adds [1] workers to the pool [actorpool].", joined.Text);
        Assert.Equal($"127.0.0.1:{port}", joined.Values["Node"]);
        Assert.Equal("The node [{Node}] adds [{Workers}] workers to the pool [{Pool}].", joined.Values["{OriginalFormat}"]);
        Assert.Contains("Pool:actorpool", joined.Scopes, StringComparison.Ordinal);
        Assert.Contains(service.Lines.Lines, line => line.Category.StartsWith("Akka", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_function_logs_on_a_node_is_in_the_log_of_the_host()
    {
        var port = Ports.GetFree();
        using var seed = await Cluster.StartSeedAsync(port);
        await using var service = await WebService.StartAsync(
            services => services.AddActorPool(), settings: ("ActorPool:Connect", $"127.0.0.1:{port}"));

        await service.Pool.ForEachAsync(
            number => WorkContext.Current!.Logger.LogWarning("The number is {Number}.", number), [7], new JobOptions { Name = "numbers" })
            .Within("the job", service.Pool);

        await Deadline.Until(() => service.Lines.Lines.Any(line => line.Category is "ActorPool.Output"), "the line", service.Pool);
        var logged = service.Lines.Lines.First(line => line.Category is "ActorPool.Output");
        Assert.Equal(LogLevel.Warning, logged.Level);
        Assert.Contains("The number is 7.", logged.Text, StringComparison.Ordinal);
        Assert.Equal(("numbers", $"127.0.0.1:{port}"), ($"{logged.Values["Job"]}", $"{logged.Values["Node"]}"));
    }

    [Fact]
    public async Task A_cluster_that_no_one_can_join_is_named_in_the_log_and_in_the_error()
    {
        var port = Ports.GetFree();
        await using var service = await WebService.StartAsync(
            services => services.AddActorPool(), null,
            ("ActorPool:Connect", $"127.0.0.1:{port}"), ("ActorPool:Cluster:ConnectTimeout", "100ms"),
            ("ActorPool:Cluster:NoWorkersTimeout", "100ms"));

        var error = await Assert.ThrowsAsync<NoWorkersException>(
            () => service.Pool.MapAsync(x => x + 1, [1]).Within("the job without nodes", service.Pool));

        Assert.Contains("no node of a cluster has answered", error.Message, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
        await Deadline.Until(() => service.Lines.Lines.Any(line => line.Id.Name is "ClusterSilent"), "the warning", service.Pool);
    }
}
