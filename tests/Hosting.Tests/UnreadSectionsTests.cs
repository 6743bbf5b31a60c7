using System.Text;
using ActorPool.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ActorPool.Hosting.Tests;

/// <summary>Keys in the section <c>ActorPool</c> that no pool and no node of the host reads.</summary>
public sealed class UnreadSectionsTests
{
    private const string Prefix = "UNREAD_SECTIONS_TESTS_";

    [Theory]
    [InlineData("json")]
    [InlineData("environment")]
    [InlineData("command line")]
    public async Task A_misspelt_name_of_a_pool_keeps_the_host_from_starting(string source)
    {
        using var host = Build(
            services => services.AddActorPool().AddActorPool("reports"),
            configuration => Add(configuration, source, "ActorPool:Pools:reprots:Workers", "7"));

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("No pool has the name [reprots]", error.Message, StringComparison.Ordinal);
        Assert.Contains("ActorPool:Pools:reprots:Workers [7]", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("The host has the pool without a name and [reports].", error.Message, StringComparison.Ordinal);
        Assert.Contains("AddActorPool(\"reprots\")", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_keys_that_nothing_reads_are_in_one_message()
    {
        using var host = Build(
            services => services.AddActorPool("reports").AddActorPool("images"),
            configuration => AddJson(configuration, """
                {
                  "ActorPool": {
                    "Workers": 3, "Pool": { "reports": { "Workers": 4 } },
                    "Pools": {
                      "reprots": { "Isolation": "Process", "Cluster": { "LeaseTimeout": "3s" } }, "image": { "Workers": 5 }, "0": "reports",
                      "images": { "Workers": 1 }, "reports": { "Workers": 1 }
                    },
                    "Node": { "Port": 8111, "Join": ["a:1", "b:2"] }
                  }
                }
                """));

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        foreach (var text in new[]
        {
            "so nothing reads ActorPool:Pools:reprots:Cluster:LeaseTimeout [3s], ActorPool:Pools:reprots:Isolation [Process].",
            "No pool has the name [image], so nothing reads ActorPool:Pools:image:Workers [5].",
            "No pool has the name [0], so nothing reads ActorPool:Pools:0 [reports].",
            "The host has no node, so nothing reads ActorPool:Node:Join [a:1,b:2], ActorPool:Node:Port [8111]. Add the node with",
            "The host has no pool without a name, so nothing reads ActorPool:Pool:reports:Workers [4], ActorPool:Workers [3].",
            "The host has [reports] and [images].",
        })
        {
            Assert.Contains(text, error.Message, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("ActorPool:Pools:images", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ActorPool:Pools:reports:Workers", "No pool has the name [reports]")]
    [InlineData("ActorPool:Node:Workers", "The host has no node")]
    [InlineData("ActorPool:Pools", "ActorPool:Pools is [1], but it is a section.")]
    [InlineData("ActorPool:Node", "The host has no node, so nothing reads ActorPool:Node [1]")]
    [InlineData("ActorPool", "ActorPool is [1], but it is a section.")]
    [InlineData("ActorPool:No-de:Workers", "ActorPool:No-de:Workers is an unknown key")]
    [InlineData("ActorPool:P_ools:reports:Workers", "ActorPool:P_ools:reports:Workers is an unknown key")]
    public async Task A_host_with_only_a_pool_without_a_name_refuses_the_sections_of_others(string key, string expected)
    {
        using var host = Build(services => services.AddActorPool(), configuration => AddValues(configuration, (key, "1")));

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ActorPool:Pools:reports", "ActorPool:Pools:reports is [1], but it is a section.")]
    [InlineData("ActorPool:Pools:my_pool:Workers", "No pool has the name [my_pool]")]
    [InlineData("ActorPool:Workers", "The host has no pool without a name, so nothing reads ActorPool:Workers [1].")]
    [InlineData("ActorPool", "The host has no pool without a name, so nothing reads ActorPool [1].")]
    public async Task A_host_with_only_pools_with_names_refuses_what_they_do_not_read(string key, string expected)
    {
        using var host = Build(
            services => services.AddActorPool("reports").AddActorPool("my-pool"), configuration => AddValues(configuration, (key, "1")));

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_with_only_a_node_refuses_the_keys_of_pools()
    {
        using var host = Build(
            services => services.AddActorPoolNode(),
            configuration => AddValues(configuration, ("ActorPool:Pools:reports:Workers", "1"), ("ActorPool:Node:Port", "0")));

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("No pool has the name [reports]", error.Message, StringComparison.Ordinal);
        Assert.Contains("The host has no pool.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Node:Port", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_in_any_case_several_calls_and_later_ones_other_sections_and_empty_ones_are_fine()
    {
        using var host = Build(
            services => services.AddActorPool("reports").AddActorPool("reports", options => options.MaxTasksPerWorker = 9)
                .AddActorPool(options => options.Workers = 1).AddActorPool("My-Pool_2"),
            configuration =>
            {
                AddJson(configuration, """
                    {
                      "Logging": { "LogLevel": { "Default": "Error" } }, "Pools": { "reprots": { "Workers": 9 } }, "Node": { "Port": 1 },
                      "ActorPoolTools": { "Workers": "many" },
                      "actorpool": { "pools": { "REPORTS": { "Workers": 2 }, "none": {}, "nil": null }, "Node": {} }
                    }
                    """);
                Add(configuration, "environment", "ActorPool:Pools:my-pool_2:Workers", "3");
                Add(configuration, "command line", "ActorPool:MaxTasksPerWorker", "8");
            },
            services => services.AddActorPool("late").AddActorPool());

        await host.StartAsync().Within("the start");

        Assert.Equal("reports: 2 workers, open", $"{host.Services.GetRequiredKeyedService<WorkerPool>("reports")}");
        Assert.Equal("My-Pool_2: 3 workers, open", $"{host.Services.GetRequiredKeyedService<WorkerPool>("My-Pool_2")}");
        Assert.Equal(8, host.Services.GetRequiredService<WorkerPool>().State.Settings.MaxTasksPerWorker);
        await host.StopAsync().Within("the end");
    }

    [Fact]
    public async Task A_pool_that_is_taken_without_a_host_is_refused_too()
    {
        var configuration = new ConfigurationBuilder();
        AddValues(configuration, ("ActorPool:Pools:reprots:Workers", "7"));
        await using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration.Build())
            .AddActorPool("reports").BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredKeyedService<WorkerPool>("reports"));

        Assert.Contains("No pool has the name [reprots]", error.Message, StringComparison.Ordinal);
    }

    private static IHost Build(
        Action<IServiceCollection> add, Action<IConfigurationBuilder> configure, Action<IServiceCollection>? addLater = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        add(builder.Services);
        configure(builder.Configuration);
        addLater?.Invoke(builder.Services);
        return builder.Build();
    }

    private static void Add(IConfigurationBuilder configuration, string source, string key, string value)
    {
        switch (source)
        {
            case "json":
                AddJson(configuration, $$"""{ {{string.Join(":{", key.Split(':').Select(part => $"\"{part}\""))}}: "{{value}}" } } } }""");
                break;
            case "environment":
                var variable = Prefix + key.Replace(":", "__", StringComparison.Ordinal);
                Environment.SetEnvironmentVariable(variable, value);
                configuration.AddEnvironmentVariables(Prefix);
                Environment.SetEnvironmentVariable(variable, null);
                break;
            default:
                configuration.AddCommandLine([$"--{key}={value}"]);
                break;
        }
    }

    private static void AddJson(IConfigurationBuilder configuration, string text) =>
        configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    private static void AddValues(IConfigurationBuilder configuration, params (string Key, string Value)[] values) =>
        configuration.AddInMemoryCollection(values.Select(one => KeyValuePair.Create(one.Key, (string?)one.Value)));
}
