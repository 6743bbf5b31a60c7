using System.Globalization;
using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;

namespace ActorPool.ClusterTests;

/// <summary>Kinds of programs that start themselves again as worker processes.</summary>
/// <remarks>"Main" stands once in what each prints: a worker does not run it.</remarks>
[Trait("Category", "Slow")]
public sealed class ProcessProgramTests(ProcessPrograms programs) : IClassFixture<ProcessPrograms>
{
    private static readonly TimeSpan s_buildLimit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task A_program_that_is_started_by_dotnet()
    {
        using var run = NodeProcess.Run("dotnet", Path.Combine(programs.Built, "Program.dll"), "an argument");
        await CheckAsync(run);
    }

    [Fact]
    public async Task A_program_that_is_started_by_its_executable_in_another_folder()
    {
        using var run = NodeProcess.Run("env", "-C", Path.GetTempPath(), Path.Combine(programs.Built, "Program"));
        await CheckAsync(run);
    }

    [Fact]
    public async Task A_program_with_the_servers_collector_and_without_tiers()
    {
        using var run = NodeProcess.Run(
            "env", "DOTNET_gcServer=1", "DOTNET_TieredCompilation=0", "dotnet", Path.Combine(programs.Built, "Program.dll"));
        await CheckAsync(run, collector: "True False");
    }

    [Fact]
    public async Task A_program_with_a_startup_hook_of_its_own_which_runs_in_the_workers_too()
    {
        using var run = NodeProcess.Run(
            "env", $"DOTNET_STARTUP_HOOKS={programs.Hook}", "dotnet", Path.Combine(programs.Built, "Program.dll"));
        await CheckAsync(run, hooked: 1000);
    }

    [Fact]
    public async Task A_program_that_is_a_single_file()
    {
        using var run = NodeProcess.Run(programs.SingleFile);
        await CheckAsync(run);
    }

    [Fact]
    public async Task A_program_of_one_source_file()
    {
        using var run = NodeProcess.Run("dotnet", "run", programs.Script);
        await CheckAsync(run);
    }

    [Fact]
    public async Task A_program_without_startup_hooks_whose_Main_does_not_help_is_told_so_at_once()
    {
        using var run = NodeProcess.Run("dotnet", "run", programs.ScriptWithoutHelp);

        Assert.NotEqual(0, await run.EndAsync(s_buildLimit));

        Assert.Contains("Call WorkerProcess.RunIfRequested(args) first in Main", run.Error, StringComparison.Ordinal);
        Assert.Equal("Main\n", run.Output);
    }

    [Fact]
    public async Task A_web_service_that_maps_in_a_request()
    {
        var address = $"http://127.0.0.1:{Ports.GetFree()}";
        using var run = NodeProcess.Run("dotnet", programs.Web, "--urls", address);
        await run.AwaitAsync("Application started");

        using var client = new HttpClient();
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => client.GetStringAsync(new Uri($"{address}/squares/100"))));

        Assert.All(answers, answer => Assert.Equal("328350 True", answer));
        Assert.Equal(1, run.Output.Split('\n').Count(line => line is "Main"));
        await run.SignalAsync("TERM");
        await run.CheckEndAsync(0);
    }

    private static async Task CheckAsync(NodeProcess run, string collector = "False False", int hooked = 0)
    {
        Assert.True(await run.EndAsync(s_buildLimit) == 0, run.Log);
        var expected = string.Create(CultureInfo.InvariantCulture, $"""
            Main
            sum 1498500
            elsewhere True
            surroundings True
            server collector {collector}
            hooked {hooked}

            """);
        Assert.Equal(expected, run.Output);
    }
}
