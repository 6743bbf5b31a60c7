using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;

namespace ActorPool.ClusterTests;

/// <summary>Two nodes, and a program that they have never seen.</summary>
public sealed class ForeignProgramTests(ForeignProgram program, TwoSingleNodes nodes)
    : IClassFixture<ForeignProgram>, IClassFixture<TwoSingleNodes>, IDisposable
{
    private readonly RemoteGate _gate = new();

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task A_lambda_with_a_captured_variable_and_a_library_run_on_nodes_that_have_neither()
    {
        using var run = program.Start(nodes.Seed.Address, "0.25");

        Assert.True(await run.EndAsync() == 0, Log(run));

        Assert.Equal("exact\n", run.Output);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_node_joins_in_the_middle()
    {
        using var run = program.Start(nodes.Seed.Address, "0.19", $"{_gate.Port}");
        await _gate.Until(gate => gate.Waiting.Count == 2, "an item on each node", log: () => Log(run));

        using var joined = await nodes.Seed.StartNextAsync(workers: 1);

        await _gate.Until(gate => gate.Waiting.Any(visit => visit.ProcessId == joined.Id), "an item on the new node", log: () => Log(run));
        _gate.Open();
        Assert.True(await run.EndAsync() == 0, Log(run));
        Assert.Equal("exact\nexact again\n", run.Output);
        await joined.SignalAsync("TERM");
        await joined.Process.CheckEndAsync(0);
    }

    [Fact]
    public async Task Nodes_drop_the_work_of_a_program_that_is_killed_and_serve_the_next_one()
    {
        using var run = program.Start(nodes.Seed.Address, "0.19", $"{_gate.Port}");
        await _gate.Until(gate => gate.Waiting.Count == 2, "an item on each node", log: () => Log(run));

        await run.SignalAsync("KILL");

        await _gate.Until(gate => gate.Visits.Count(visit => visit.WasCancelled) == 2, "the items to see it", log: () => Log(run));
        using var next = program.Start(nodes.Seed.Address, "0.07");
        Assert.True(await next.EndAsync() == 0, Log(next));
        Assert.Equal("exact\n", next.Output);
        Assert.Equal(2, _gate.Visits.Count);
    }

    [Fact]
    public async Task Worker_processes_of_a_node_serve_one_run_of_a_program_after_another()
    {
        using var node = await ClusterNode.StartSeedAsync(workers: 1, "--isolation", "process");
        for (var i = 0; i < 3; i++)
        {
            using var run = program.Start(node.Address, "0.25");
            Assert.True(await run.EndAsync() == 0, Log(run));
            Assert.Equal("exact\n", run.Output);
        }
    }

    [Fact]
    public async Task A_node_that_takes_no_code_runs_what_is_in_its_directory_of_functions()
    {
        string[] flags = ["--config", Repository.Config("tls.conf"), "--certs", "auto"];
        using var closed = await ClusterNode.StartSeedAsync(workers: 1, flags);
        using var refused = program.Start(closed.Address, "0.25");
        Assert.NotEqual(0, await refused.EndAsync());
        Assert.Contains("code-shipping", refused.Error, StringComparison.Ordinal);

        using var open = await ClusterNode.StartSeedAsync(
            workers: 1, [.. flags, "--functions", Path.GetDirectoryName(program.Assembly)!]);
        using var run = program.Start(open.Address, "0.25");
        Assert.True(await run.EndAsync() == 0, Log(run));
        Assert.Equal("exact\n", run.Output);
    }

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1", 1)]
    [InlineData("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=0", 0)]
    public async Task A_program_that_lends_its_workers_logs_once_that_it_is_globalization_invariant(string variable, int times)
    {
        using var run = program.StartWith([variable], "lend");

        Assert.True(await run.EndAsync() == 0, Log(run));

        Assert.Contains(": 1 worker", run.Output, StringComparison.Ordinal);
        Assert.Equal(times, run.Error.Split("globalization-invariant").Length - 1);
    }

    private string Log(NodeProcess run) => $"{run.Log}\n{nodes.Log()}";
}
