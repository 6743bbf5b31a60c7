using ActorPool.Hosting.Tests.Support;
using ActorPool.Tests.Support;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ActorPool.Hosting.Tests;

/// <summary>A host that has an actor system.</summary>
public sealed class HostSystemTests
{
    [Fact]
    public async Task A_pool_runs_in_the_actor_system_that_the_host_has()
    {
        using var system = ActorSystem.Create("host-system");
        await using var service = await WebService.StartAsync(
            services => services.AddSingleton(system).AddActorPool(options => options.Workers = 1)
                .AddActorPool("own", options => (options.Workers, options.UseHostActorSystem) = (1, false)));

        Assert.Equal("akka://host-system/user/actorpool", $"{service.Pool.Coordinator.Path}");
        Assert.Equal("akka://own/user/own", $"{service.App.Services.GetRequiredKeyedService<WorkerPool>("own").Coordinator.Path}");
        Assert.Equal(2, Assert.Single(await service.Pool.MapAsync(x => x + 1, [1]).Within("the map", service.Pool)));

        await service.App.StopAsync().Within("the end of the host");
        Assert.False(system.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task Settings_that_belong_to_the_hosts_system_are_refused()
    {
        using var system = ActorSystem.Create("host-system");
        var (app, _) = WebService.Build(
            services => services.AddSingleton(system).AddActorPool(options => options.Config = "akka.loglevel = DEBUG"), null,
            ("ActorPool:WorkerDispatcher:Throughput", "3"));
        await using var _1 = app;

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());

        Assert.Contains("akka.loglevel is set (ActorPoolOptions.Config, line 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("(ActorPool:WorkerDispatcher:Throughput)", error.Message, StringComparison.Ordinal);
    }
}
