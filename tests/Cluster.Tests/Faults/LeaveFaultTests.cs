using System.Globalization;
using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;
using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Faults;

/// <summary>Nodes that leave before their items have ended: no item is charged for it.</summary>
public sealed class LeaveFaultTests(ITestOutputHelper output) : FaultScenario(output)
{
    /// <summary>More than <c>actorpool.worker-losses</c>.</summary>
    private const int Departures = 4;

    private static readonly string[] s_impatient = ["ACTORPOOL__CLUSTER__DRAIN_TIMEOUT=300ms"];
    private static readonly string[] s_patient = ["ACTORPOOL__CLUSTER__DRAIN_TIMEOUT=1h"];

    private protected override async Task SetUpAsync()
    {
        Gate = new RemoteGate();
        await StartAsync(ClusterNode.StartSeedWithAsync(s_impatient, workers: 1, Flags));
        await StartNextAsync(s_impatient);
        await WarmUpAsync(() => ConnectAsync(workers: 2));
    }

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task An_item_that_outlasts_the_drain_time_of_four_nodes_in_a_row_is_not_charged(string signal)
    {
        var pool = await RunOnOneNodeAfterAnotherAsync(s_impatient, async (node, _) => await node.SignalAsync(signal), exitCode: 0);

        Assert.Equal((Departures, Departures, 0L), (pool.Statistics.ItemsHandedBack, pool.Statistics.ItemsRetried, pool.Statistics.Lost));
        var ended = Nodes.Where(node => node.Process.HasExited).ToArray();
        var item = Gate.Visits.First(visit => visit.ProcessId == ended[0].Id).Label.Split(' ')[1];
        Assert.All(ended, node => Assert.Matches($@"hands back to the pool \[.*\] what runs: item {item} of \[long\]", node.Process.Log));
        await CheckAsync(pool, ended);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task An_item_whose_nodes_are_killed_while_they_leave_is_not_charged()
    {
        var pool = await RunOnOneNodeAfterAnotherAsync(
            s_patient,
            async (node, pool) =>
            {
                await node.SignalAsync("TERM");
                await Deadline.Until(() => pool.Workers == 1, "the pool to hear that it leaves", pool);
                await node.SignalAsync("KILL");
            },
            exitCode: 137);

        Assert.Equal((Departures, 0L), (pool.Statistics.ItemsHandedBack, pool.Statistics.Lost));
        await CheckAsync(pool, [.. Nodes.Where(node => node.Process.HasExited)]);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_seed_that_is_restarted_disturbs_no_work_elsewhere_and_nodes_offer_each_worker_again_when_its_item_ends()
    {
        await StartNextAsync(s_impatient, workers: 2);
        var pool = await ConnectAsync(workers: 4);
        var map = MapLong(pool, 4);
        await Gate.Until(gate => gate.Waiting.Count == 4, "an item on each worker", pool);
        var first = Nodes[0];
        var staying = Gate.Waiting.Where(visit => visit.ProcessId != first.Id).ToArray();

        await first.SignalAsync("TERM");
        await first.Process.CheckEndAsync(0);
        await StartAsync(first.StartAgainAsync());
        await Task.WhenAll(Nodes.Skip(1).Take(2).Select(node => node.Process.AwaitAsync("It joins again.")));
        await Gate.Until(gate => gate.Waiting.Count == 4, "the item of the seed on the new seed", pool);
        await Deadline.Until(() => pool.Workers == 1, "only the new seed to take chunks", pool);
        Assert.All(staying, visit => Assert.True(visit.IsWaiting)); // on the same node, and not cancelled

        // When an item ends, exactly its worker becomes free for new items.
        var other = Nodes[2];
        var (ending, continuing) =
            (staying.First(visit => visit.ProcessId == other.Id), staying.Last(visit => visit.ProcessId == other.Id));
        ending.Release();
        await Deadline.Until(() => pool.Workers == 2, "one more worker", pool);
        var more = MapLong(pool, 2, "more");
        bool IsMore(RemoteGate.Visit visit) =>
            visit.Label.StartsWith("more", StringComparison.Ordinal) && visit.ProcessId == other.Id;
        await Gate.Until(gate => gate.Waiting.Any(IsMore), "an item on it", pool);
        Assert.Equal(2, Gate.Waiting.Count(visit => visit.ProcessId == other.Id));
        Assert.True(continuing.IsWaiting);

        Gate.Open();
        CheckExact(await map.Within("the map", pool));
        CheckExact(await more.Within("the other map", pool));
        // Four items, and the seed's item a second time.
        Assert.Equal(5, Gate.Visits.Count(visit => visit.Label.StartsWith("long", StringComparison.Ordinal)));
        Assert.Equal((1L, 0L), (pool.Statistics.ItemsHandedBack, pool.Statistics.Lost));
        await CheckAsync(pool, first);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_node_with_a_fixed_port_hands_back_what_runs_before_it_joins_a_new_seed()
    {
        await Nodes[1].SignalAsync("TERM");
        await Nodes[1].Process.CheckEndAsync(0);
        var second = await StartAsync(Nodes[0].StartNextWithAsync(s_impatient, workers: 1, [.. Flags, "--port", Ports.GetFree()]));
        var pool = await ConnectAsync(workers: 2);
        var map = MapLong(pool, 2);
        await Gate.Until(gate => gate.Waiting.Count == 2, "an item on each", pool);
        var first = Nodes[0];

        await first.SignalAsync("TERM");
        await first.Process.CheckEndAsync(0);
        await StartAsync(first.StartAgainAsync());
        await second.Process.AwaitAsync("It joins again.");

        await Gate.Until(gate => gate.Waiting.Count == 2 && gate.Visits.Count == 4, "both items again", pool);
        Gate.Open();
        CheckExact(await map.Within("the map", pool));
        Assert.Equal((2L, 0L), (pool.Statistics.ItemsHandedBack, pool.Statistics.Lost));
        await CheckAsync(pool, first, Nodes[1]);
    }

    /// <summary>Ends one node after another, each while it runs the same item.</summary>
    /// <remarks>A second item waits at the gate too.</remarks>
    private async Task<WorkerPool> RunOnOneNodeAfterAnotherAsync(
        string[] environment, Func<ClusterNode, WorkerPool, Task> end, int exitCode)
    {
        var pool = await ConnectAsync(workers: 2);
        if (!ReferenceEquals(environment, s_impatient))
            await ReplaceAsync(Nodes[1], environment, pool);
        var map = MapLong(pool, 2);
        for (var i = 0; i < Departures; i++)
        {
            var node = Nodes[^1];
            await Gate.Until(gate => gate.Waiting.Any(visit => visit.ProcessId == node.Id), $"the item on node {i}", pool);
            await end(node, pool);
            await node.Process.CheckEndAsync(exitCode);
            await StartNextAsync(environment);
        }
        await Gate.Until(gate => gate.Waiting.Any(visit => visit.ProcessId == Nodes[^1].Id), "the item on the last node", pool);
        Gate.Open();
        CheckExact(await map.Within("the map", pool));
        return pool;
    }

    private async Task ReplaceAsync(ClusterNode node, string[] environment, WorkerPool pool)
    {
        await node.SignalAsync("TERM");
        await node.Process.CheckEndAsync(0);
        await StartNextAsync(environment);
        await Deadline.Until(() => pool.Workers == 2, "the new node", pool);
    }

    private Task<ClusterNode> StartNextAsync(string[] environment, int workers = 1) =>
        StartAsync(Nodes[0].StartNextWithAsync(environment, workers, Flags));

    private Task<WorkerPool> ConnectAsync(int workers) => Nodes[0].ConnectAsync(workers);

    private Task<int[]> MapLong(WorkerPool pool, int items, string name = "long")
    {
        var port = Gate.Port;
        return pool.MapAsync(async (x, token) =>
        {
            await RemoteGate.PassAsync(port, string.Create(CultureInfo.InvariantCulture, $"{name} {x}"), token);
            return 3 * x;
        }, Enumerable.Range(0, items).ToArray(), new JobOptions { ChunkSize = 1, Name = name });
    }
}
