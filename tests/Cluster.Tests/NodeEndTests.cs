using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests;

/// <summary>Nodes are stopped, killed and frozen while jobs run.</summary>
public sealed class NodeEndTests : NodesAtWork
{
    [Fact]
    public async Task A_node_killed_in_the_middle_of_a_job_costs_no_result()
    {
        var second = await StartNextAsync(workers: 2);
        await using var pool = await Nodes[0].ConnectAsync(workers: 3);
        var map = Map(pool);
        await Until(gate => gate.Waiting.Count == 3, "an item on each worker", pool);
        var lost = Gate.Waiting.Where(visit => visit.ProcessId == second.Id).Select(visit => visit.Label).ToList();

        await second.SignalAsync("KILL");
        await Deadline.Until(() => pool.Workers == 1, "the pool to notice", pool);
        Gate.Open();

        Assert.Equal(Inputs, await map.Within("the map", pool));
        Assert.All(lost, label => Assert.Contains(
            Gate.Visits, visit => visit.ProcessId != second.Id && visit.Label.Equals(label, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_node_that_can_start_no_process_runs_what_another_one_lost_itself()
    {
        var second = await StartNextAsync(workers: 2);
        await using var pool = await Nodes[0].ConnectAsync(workers: 3);
        var map = Map(pool);
        await Until(gate => gate.Waiting.Count == 3, "an item on each worker", pool);
        // Its directory for temporary files, where it would meet a worker process.
        Directory.Delete(Path.Combine(Path.GetDirectoryName(Nodes[0].CodeCache)!, "tmp"), recursive: true);

        await second.SignalAsync("KILL");
        await Deadline.Until(() => pool.Workers == 1, "the pool to notice", pool);
        Gate.Open();

        Assert.Equal(Inputs, await map.Within("the map", pool));
        Assert.All(Gate.Visits, visit => Assert.True(visit.ProcessId == second.Id || visit.ProcessId == Nodes[0].Id));
        Assert.Contains(Nodes[0].LogLines, line => line.Contains("runs in the node's own", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_killed_seed_leaves_the_other_nodes_at_work()
    {
        var second = await StartNextAsync(workers: 2);
        await using var pool = await Nodes[0].ConnectAsync(workers: 3);
        var map = Map(pool);
        await Until(gate => gate.Waiting.Count == 3, "an item on each worker", pool);

        await Nodes[0].SignalAsync("KILL");
        Gate.Open();

        Assert.Equal(Inputs, await map.Within("the map", pool));
        Assert.Equal(second.Id, await pool.ApplyAsync(() => Environment.ProcessId).Within("another call", pool));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_node_told_to_stop_finishes_what_runs_and_leaves(string signal)
    {
        var second = await StartNextAsync(workers: 2);
        await using var pool = await Nodes[0].ConnectAsync(workers: 3);
        var map = Map(pool);
        await Until(gate => gate.Waiting.Count == 3, "an item on each worker", pool);

        await second.SignalAsync(signal);
        await Deadline.Until(() => pool.Workers == 1, "the pool to hear of it", pool);
        Gate.Open();

        await second.Process.CheckEndAsync(0);
        Assert.Equal(Inputs, await map.Within("the map", pool));
        Assert.Equal(Inputs.Length, Gate.Visits.Count); // nothing ran twice
        Assert.Contains("has left", second.Process.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_end_within_the_drain_time_runs_elsewhere()
    {
        var second = await Track(Nodes[0].StartNextWithAsync(["ACTORPOOL__CLUSTER__DRAIN_TIMEOUT=200ms"], workers: 2));
        await using var pool = await Nodes[0].ConnectAsync(workers: 3);
        var map = Map(pool);
        await Until(gate => gate.Waiting.Count == 3, "an item on each worker", pool);

        await second.SignalAsync("TERM");

        await second.Process.CheckEndAsync(0);
        Gate.Open();
        Assert.Equal(Inputs, await map.Within("the map", pool));
    }

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    public async Task A_second_signal_ends_a_node_at_once(string signal, int exitCode)
    {
        var second = await StartNextAsync(workers: 2);
        await using var pool = await Nodes[0].ConnectAsync(workers: 3);
        var map = Map(pool);
        await Until(gate => gate.Waiting.Count == 3, "an item on each worker", pool);
        await second.SignalAsync(signal);
        await second.Process.AwaitAsync("Leaving");

        // A signal within half a second of the first one counts as the same request, delivered twice.
        var first = TimeProvider.System.GetTimestamp();
        await Deadline.Until(() => TimeProvider.System.GetElapsedTime(first) > TimeSpan.FromMilliseconds(600), "the next request");
        await second.SignalAsync(signal);

        await second.Process.CheckEndAsync(exitCode);
        Gate.Open();
        Assert.Equal(Inputs, await map.Within("the map", pool));
    }

    [Fact]
    public async Task A_frozen_nodes_work_runs_elsewhere_and_it_is_used_again_when_it_wakes()
    {
        var second = await StartNextAsync(workers: 2);
        var options = new WorkerPoolOptions { Config = "actorpool.cluster { lease-interval = 200ms, lease-timeout = 1s }" };
        await using var pool = await Nodes[0].ConnectAsync(workers: 3, options);
        var map = Map(pool);
        await Until(gate => gate.Waiting.Count == 3, "an item on each worker", pool);

        await second.SignalAsync("STOP");
        await Deadline.Until(() => pool.Workers == 1, "its lease to run out", pool);
        Gate.Open();
        Assert.Equal(Inputs, await map.Within("the map", pool));

        await second.SignalAsync("CONT");
        await Deadline.Until(() => pool.Workers == 3, "its return", pool);
        Assert.Equal(Inputs, await pool.MapAsync(x => x, Inputs).Within("another map", pool));
    }

    [Fact]
    public async Task Jobs_fail_when_all_nodes_are_gone_for_long()
    {
        var options = new WorkerPoolOptions { Config = "actorpool.cluster.no-workers-timeout = 300ms" };
        await using var pool = await Nodes[0].ConnectAsync(workers: 1, options);
        var map = Map(pool);
        await Until(gate => gate.Waiting.Count == 1, "an item", pool);

        await Nodes[0].SignalAsync("KILL");

        await Assert.ThrowsAsync<NoWorkersException>(() => map.Within("the map", pool));
    }
}
