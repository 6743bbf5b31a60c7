using ActorPool.Hosting.Tests.Support;
using ActorPool.Tests.Support;
using Akka.Actor;
using Akka.Hosting;
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pool_runs_in_the_system_of_Akka_Hosting_and_its_jobs_end_when_the_host_stops(bool akkaFirst)
    {
        await using var service = await WebService.StartAsync(services => _ = akkaFirst
            ? services.AddAkka("hosted", (_, _) => { }).AddActorPool(options => options.Workers = 1)
            : services.AddActorPool(options => options.Workers = 1).AddAkka("hosted", (_, _) => { }));
        var system = service.App.Services.GetRequiredService<ActorSystem>();
        Assert.Equal("akka://hosted/user/actorpool", $"{service.Pool.Coordinator.Path}");
        var (started, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        var job = service.Pool.ApplyAsync(
            async x =>
            {
                started.SetResult();
                await end.Task;
                return x + 1;
            },
            1);
        await started.Task.Within("the start of the job", service.Pool);

        var stop = service.App.StopAsync();
        await Deadline.Until(() => service.App.Lifetime.ApplicationStopping.IsCancellationRequested, "the host's stop", service.Pool);
        Assert.False(job.IsCompleted);
        end.SetResult();

        Assert.Equal(2, await job.Within("the job that ran when the host stopped", service.Pool));
        await stop.Within("the end of the host");
        await system.WhenTerminated.Within("the end of the actor system");
        Assert.True(service.Pool.State.HasEnded);
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
