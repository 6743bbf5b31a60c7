using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests;

/// <summary>Nodes join, come back and serve several pools while jobs run.</summary>
public sealed class MembershipTests : NodesAtWork
{
    [Fact]
    public async Task Maps_over_one_two_and_three_nodes_are_exact_and_in_order()
    {
        await using var pool = await Nodes[0].ConnectAsync(workers: 1);
        var offset = 7;
        for (var nodes = 1; nodes <= 3; nodes++)
        {
            await Deadline.Until(() => pool.Workers == nodes, $"{nodes} nodes", pool);

            var results = await pool.MapAsync(
                x => (Value: x + offset, Environment.ProcessId),
                Enumerable.Range(0, 10_000).ToArray(), new JobOptions { ChunkSize = 50 }).Within($"a map over {nodes} nodes", pool);

            Assert.Equal(Enumerable.Range(7, 10_000), results.Select(result => result.Value));
            Assert.Equal(Nodes.Select(node => node.Id).Order(), results.Select(result => result.ProcessId).Distinct().Order());
            if (nodes < 3)
                await StartNextAsync(workers: 1);
        }
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Each_new_pool_gets_all_nodes_at_once()
    {
        await StartNextAsync(workers: 1);
        await StartNextAsync(workers: 1);
        for (var i = 0; i < 8; i++)
        {
            var connecting = OwnTime.Start(Nodes);
            await using var pool = await Nodes[0].ConnectAsync(workers: 3);
            // Without ClusterConfig's heartbeat-interval, a stuck connection would wait 4 s.
            Assert.InRange(connecting.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3.5));
        }
    }

    [Fact]
    public async Task A_node_that_joins_in_the_middle_of_a_job_gets_work_for_each_of_its_workers()
    {
        await using var pool = await Nodes[0].ConnectAsync(workers: 1);
        var map = Map(pool);
        await Until(gate => gate.Waiting.Count == 1, "an item on the seed", pool);

        var joined = await StartNextAsync(workers: 3);

        await Until(
            gate => gate.Waiting.Count(visit => visit.ProcessId == joined.Id) == 3, "an item on each of its workers", pool);
        Gate.Open();
        Assert.Equal(Inputs, await map.Within("the map", pool));
    }

    [Fact]
    public async Task A_node_that_comes_back_at_its_address_is_used_again()
    {
        var second = await StartNextAsync(workers: 1, "--port", Ports.GetFree());
        await using var pool = await Nodes[0].ConnectAsync(workers: 2);
        await second.SignalAsync("KILL");
        await Deadline.Until(() => pool.Workers == 1, "the loss", pool);
        await second.Process.EndAsync();

        var again = await StartNextAsync(workers: 2, "--port", second.Address.Split(':')[1]);

        await Deadline.Until(() => pool.Workers == 3, "its return", pool);
        var results = await pool.MapAsync(_ => Environment.ProcessId, Inputs, OneByOne).Within("the map", pool);
        Assert.Contains(again.Id, results);
    }

    [Fact]
    public async Task A_pool_with_local_workers_adds_nodes()
    {
        await using var pool = await WorkerPool.ConnectAsync(Nodes[0].Address, new WorkerPoolOptions { Workers = 1 })
            .Within("the connection");
        var map = Map(pool);

        int[] both = [.. new[] { Environment.ProcessId, Nodes[0].Id }.Order()];
        await Until(
            gate => gate.Waiting.Select(visit => visit.ProcessId).Order().SequenceEqual(both), "an item here and on the node", pool);
        Gate.Open();

        Assert.Equal(Inputs, await map.Within("the map", pool));
    }

    [Fact]
    public async Task Pools_share_a_nodes_workers_fairly_and_never_have_more_than_there_are()
    {
        await StartNextAsync(workers: 1);
        await using var first = await Nodes[0].ConnectAsync(workers: 2);
        await using var second = await Nodes[0].ConnectAsync(workers: 2);
        var firstMap = Map(first, "first");
        await Until(gate => gate.Waiting.Count == 2, "the first pool on both workers", first);
        var secondMap = Map(second, "second");

        for (var released = 0; released < 40; released++)
        {
            var waiting = Gate.Waiting;
            Assert.Equal(2, waiting.Count);
            waiting[0].Release();
            await Until(gate => gate.Waiting.Count == 2, $"the next item after {released}", second);
        }

        // Of 42 visits. A worker that becomes free before one pool's next chunk arrives takes the other pool's chunk, so the shares
        // differ, but neither pool gets fewer than 12.
        Assert.InRange(Gate.Visits.Count(visit => visit.Label.StartsWith("second", StringComparison.Ordinal)), 12, 30);
        Gate.Open();
        Assert.Equal(Inputs, await firstMap.Within("the first map", first));
        Assert.Equal(Inputs, await secondMap.Within("the second map", second));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_node_can_join_while_one_that_was_killed_is_still_a_member()
    {
        var second = await StartNextAsync(workers: 1);
        await using var pool = await Nodes[0].ConnectAsync(workers: 2);
        await second.SignalAsync("KILL");
        await Nodes[0].Process.AwaitAsync("UNREACHABLE");

        await StartNextAsync(workers: 3);

        await Deadline.Until(() => pool.Workers == 4, "the new node's workers", pool);
        Assert.Equal(Inputs, await pool.MapAsync(x => x, Inputs, OneByOne).Within("a map", pool));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_seed_that_restarts_at_its_address_gets_its_nodes_and_its_pools_back()
    {
        var second = await StartNextAsync(workers: 2);
        await using var pool = await Nodes[0].ConnectAsync(workers: 3);
        await Nodes[0].SignalAsync("KILL");
        await Deadline.Until(() => pool.Workers == 2, "the pool to notice", pool);

        var again = await Track(Nodes[0].StartAgainAsync());

        await second.Process.AwaitAsync("It joins again.");
        await Deadline.Until(() => pool.Workers == 3, "the pool to have both", pool);
        Assert.Equal(Inputs, await pool.MapAsync(x => x, Inputs, OneByOne).Within("a map of the old pool", pool));
        await using var fresh = await again.ConnectAsync(workers: 3);
        Assert.Equal(Inputs, await fresh.MapAsync(x => x, Inputs, OneByOne).Within("a map of a new pool", fresh));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_node_that_is_removed_and_finds_no_seed_ends_so_that_a_supervisor_starts_it_again()
    {
        using var impatient = new SettingsFile("actorpool.cluster.down-after = 1s");
        var seed = await Track(ClusterNode.StartSeedAsync(1, "--config", impatient.Path));
        var contact = await Track(seed.StartNextAsync(workers: 1));
        var removed = await Track(contact.StartNextAsync(workers: 1));
        await removed.SignalAsync("STOP");
        await contact.SignalAsync("KILL"); // the only node that the removed one was told to join
        await seed.Process.AwaitAsync($"{removed.Address}] was unreachable");

        await removed.SignalAsync("CONT");

        await removed.Process.AwaitAsync("It joins again.");
        await removed.Process.CheckEndAsync(75, TimeSpan.FromMinutes(2));
        Assert.Contains("No seed accepted it again within 60 s.", removed.Process.Error, StringComparison.Ordinal);
    }
}
