using ActorPool.Hosting.Tests.Support;
using ActorPool.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ActorPool.Hosting.Tests;

/// <summary>Options from code, configuration and HOCON, and what happens when they are wrong.</summary>
public sealed class OptionsTests
{
    [Fact]
    public async Task A_pool_works_without_any_setting()
    {
        await using var service = await WebService.StartAsync(services => services.AddActorPool());

        Assert.Equal("2 3", string.Join(' ', await service.Pool.MapAsync(x => x + 1, [1, 2]).Within("the map")));
        Assert.Equal(Environment.ProcessorCount, service.Pool.Workers);
        await service.AwaitHealthAsync("/readyz", "Healthy");
    }

    [Fact]
    public async Task Pools_with_names_have_sections_and_keys_of_their_own()
    {
        await using var service = await WebService.StartAsync(
            services => services.AddActorPool().AddActorPool("reports").AddActorPool("images", options => options.Workers = 5), null,
            ("ActorPool:Workers", "2"), ("ActorPool:Pools:reports:Workers", "3"), ("ActorPool:Pools:images:Workers", "4"));

        Assert.Equal("actorpool: 2 workers, open", service.Pool.ToString());
        Assert.Equal("reports: 3 workers, open", service.App.Services.GetRequiredKeyedService<WorkerPool>("reports").ToString());
        Assert.Equal("images: 5 workers, open", service.App.Services.GetRequiredKeyedService<WorkerPool>("images").ToString());
    }

    [Fact]
    public async Task A_pool_may_have_worker_processes()
    {
        await using var service = await WebService.StartAsync(
            services => services.AddActorPool(), null, ("ActorPool:Isolation", "Process"), ("ActorPool:Workers", "1"));

        var id = await service.Pool.ApplyAsync(_ => Environment.ProcessId, 0).Within("the call", service.Pool);

        Assert.NotEqual(Environment.ProcessId, id);
        await service.AwaitHealthAsync("/readyz", "Healthy");
    }

    [Theory]
    [InlineData("ActorPool:Cluster:LeaseTimeout", "7s")]
    [InlineData("ActorPool:Cluster:LeaseTimeout", "00:00:07")]
    [InlineData("ActorPool:Cluster:lease-timeout", "7s")]
    [InlineData("ACTORPOOL:CLUSTER:LEASE_TIMEOUT", "7000ms")]
    public async Task A_setting_of_HOCON_is_a_key_of_the_configuration(string key, string value)
    {
        await using var service = await WebService.StartAsync(services => services.AddActorPool(), null, (key, value));

        Assert.Equal(TimeSpan.FromSeconds(7), service.Pool.State.Settings.Cluster.LeaseTimeout);
    }

    [Fact]
    public async Task Code_wins_over_keys_and_keys_over_HOCON()
    {
        await using var service = await WebService.StartAsync(
            services => services.AddActorPool(options =>
            {
                options.MaxTasksPerWorker = 9;
                options.Config = "actorpool { worker-losses = 7, nested-workers = 11 }";
            }),
            null,
            ("ActorPool:MaxTasksPerWorker", "8"), ("ActorPool:WorkerLosses", "5"), ("ActorPool:Cluster:LocalSocket", "False"));

        var settings = service.Pool.State.Settings;
        Assert.Equal((9, 5, 11), (settings.MaxTasksPerWorker, settings.WorkerLosses, settings.NestedWorkers));
        Assert.False(settings.Cluster.LocalSocket);
    }

    [Fact]
    public async Task All_faults_are_in_one_message_with_key_and_value_before_the_host_starts()
    {
        var (app, _) = WebService.Build(
            services => services.AddActorPool(options => options.Config = "actorpool.chunk.target = 3y"), null,
            ("ActorPool:Workers", "0"),
            ("ActorPool:Cluster:LeaseTimeuot", "5s"),
            ("ActorPool:Cluster:DrainTimeout", "soon"),
            ("ActorPool:Conect", "127.0.0.1:8110"),
            ("ActorPool:MaxTasksPerWorker", "many"),
            ("ActorPool:ExpectedNodes", "3"));
        await using var _1 = app;

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());

        foreach (var text in new[]
        {
            "ActorPool:Workers is [0]",
            "ActorPool:Cluster:LeaseTimeuot is an unknown key; its value is [5s]",
            "LeaseTimeout",
            "is [soon] (ActorPool:Cluster:DrainTimeout)",
            "ActorPool:Conect is an unknown key; its value is [127.0.0.1:8110]",
            "ActorPool:MaxTasksPerWorker is [many]. Set a whole number.",
            "ActorPool:ExpectedNodes is [3], but the pool has no nodes.",
            "is [3y] (ActorPoolOptions.Config, line 1",
        })
        {
            Assert.Contains(text, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("ActorPool:Connect", "nowhere", "ActorPool:Connect is [nowhere]")]
    [InlineData("ActorPool:Node:Portt", "1", "ActorPool:Node:Portt is an unknown key; its value is [1]")]
    [InlineData("ActorPool:Node:Port", "99999", "ActorPool:Node:Port is [99999]")]
    [InlineData("ActorPool:Pools:reports:Workers", "-1", "ActorPool:Pools:reports:Workers is [-1]")]
    public async Task A_fault_of_any_section_keeps_the_host_from_starting(string key, string value, string message)
    {
        var (app, _) = WebService.Build(
            services => services.AddActorPool().AddActorPool("reports").AddActorPoolNode(), null,
            [.. key is "ActorPool:Node:Port" ? Array.Empty<(string, string)>() : [("ActorPool:Node:Port", "0")], (key, value)]);
        await using var _1 = app;

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_provider_that_is_disposed_of_synchronously_ends_its_pool()
    {
        WorkerPool pool;
        using (var services = new ServiceCollection().AddActorPool(options => options.Workers = 1).BuildServiceProvider())
        {
            pool = services.GetRequiredService<WorkerPool>();
            Assert.Equal(2, Assert.Single(await pool.MapAsync(x => x + 1, [1]).Within("the map")));
        }
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pool.MapAsync(x => x, [1]));
    }
}
