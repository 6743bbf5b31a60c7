using ActorPool.ClusterTests.Support;

namespace ActorPool.ClusterTests;

/// <summary>Nodes in two terminals, and in a third one a program that they have never seen.</summary>
public sealed class ForeignProgramTests(ForeignProgram program) : IClassFixture<ForeignProgram>, IAsyncLifetime
{
    private readonly RemoteGate _gate = new();
    private readonly List<ClusterNode> _nodes = [];

    public async Task InitializeAsync()
    {
        _nodes.Add(await ClusterNode.StartSeedAsync(workers: 1));
        _nodes.Add(await _nodes[0].StartNextAsync(workers: 1));
    }

    public Task DisposeAsync()
    {
        _gate.Dispose();
        foreach (var node in _nodes)
            node.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_lambda_with_a_captured_variable_and_a_library_run_on_nodes_that_have_neither()
    {
        using var run = program.Start(_nodes[0].Address, "0.25");

        Assert.True(await run.EndAsync() == 0, Log(run));

        Assert.Equal("exact\n", run.Output);
    }

    [Fact]
    public async Task A_node_joins_in_the_middle()
    {
        using var run = program.Start(_nodes[0].Address, "0.19", $"{_gate.Port}");
        await _gate.Until(gate => gate.Waiting.Count == 2, "an item on each node", log: () => Log(run));

        _nodes.Add(await _nodes[0].StartNextAsync(workers: 1));

        await _gate.Until(gate => gate.Waiting.Any(visit => visit.ProcessId == _nodes[2].Id), "an item on the new node", log: () => Log(run));
        _gate.Open();
        Assert.True(await run.EndAsync() == 0, Log(run));
        Assert.Equal("exact\nexact again\n", run.Output);
    }

    [Fact]
    public async Task Nodes_drop_the_work_of_a_program_that_is_killed_and_serve_the_next_one()
    {
        using var run = program.Start(_nodes[0].Address, "0.19", $"{_gate.Port}");
        await _gate.Until(gate => gate.Waiting.Count == 2, "an item on each node", log: () => Log(run));

        await run.SignalAsync("KILL");

        await _gate.Until(gate => gate.Visits.Count(visit => visit.WasCancelled) == 2, "the items to see it", log: () => Log(run));
        using var next = program.Start(_nodes[0].Address, "0.07");
        Assert.True(await next.EndAsync() == 0, Log(next));
        Assert.Equal("exact\n", next.Output);
        Assert.Equal(2, _gate.Visits.Count);
    }

    [Fact]
    public async Task A_node_that_takes_no_code_runs_what_is_in_its_directory_of_functions()
    {
        using var closed = await ClusterNode.StartSeedAsync(workers: 1, "--config", ActorPool.Node.Tests.Repository.Config("tls.conf"), "--certs", "auto");
        using var refused = program.Start(closed.Address, "0.25");
        Assert.NotEqual(0, await refused.EndAsync());
        Assert.Contains("code-shipping", refused.Error, StringComparison.Ordinal);

        using var open = await ClusterNode.StartSeedAsync(workers: 1, "--config", ActorPool.Node.Tests.Repository.Config("tls.conf"), "--certs", "auto", "--functions", Path.GetDirectoryName(program.Assembly)!);
        using var run = program.Start(open.Address, "0.25");
        Assert.True(await run.EndAsync() == 0, Log(run));
        Assert.Equal("exact\n", run.Output);
    }

    private string Log(ActorPool.Node.Tests.NodeProcess run) => $"{run.Log}\n{string.Join('\n', _nodes.Select(node => node.Process.Log))}";
}
