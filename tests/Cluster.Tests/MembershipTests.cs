using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests;

/// <summary>Nodes that come, go, die and freeze while jobs run.</summary>
public sealed class MembershipTests : IAsyncLifetime
{
    private static readonly int[] s_inputs = [.. Enumerable.Range(0, 200)];
    private static readonly JobOptions s_oneByOne = new() { ChunkSize = 1 };

    private readonly RemoteGate _gate = new();
    private readonly List<ClusterNode> _nodes = [];

    public async Task InitializeAsync() => await StartSeedAsync(workers: 1);

    public Task DisposeAsync()
    {
        _gate.Dispose();
        foreach (var node in _nodes)
            node.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Maps_over_one_two_and_three_nodes_are_exact_and_in_order()
    {
        await using var pool = await _nodes[0].ConnectAsync(workers: 1);
        var offset = 7;
        for (var nodes = 1; nodes <= 3; nodes++)
        {
            await Deadline.Until(() => pool.Workers == nodes, $"{nodes} nodes", pool);

            var results = await pool.MapAsync(x => (Value: x + offset, Environment.ProcessId), Enumerable.Range(0, 10_000).ToArray(), new JobOptions { ChunkSize = 50 }).Within($"a map over {nodes} nodes", pool);

            Assert.Equal(Enumerable.Range(7, 10_000), results.Select(result => result.Value));
            Assert.Equal(_nodes.Select(node => node.Id).Order(), results.Select(result => result.ProcessId).Distinct().Order());
            if (nodes < 3)
                await StartNextAsync(workers: 1);
        }
    }

    [Fact]
    public async Task Pools_have_all_nodes_at_once_one_pool_after_another()
    {
        await StartNextAsync(workers: 1);
        await StartNextAsync(workers: 1);
        for (var i = 0; i < 8; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            await using var pool = await _nodes[0].ConnectAsync(workers: 3);
            Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(3.5)); // 4 s would be Akka's next heartbeat, without which a connection can begin stuck
        }
    }

    [Fact]
    public async Task A_node_that_joins_in_the_middle_of_a_job_gets_work_by_its_workers()
    {
        await using var pool = await _nodes[0].ConnectAsync(workers: 1);
        var map = Map(pool);
        await Until(gate => gate.Waiting.Count == 1, "an item on the seed", pool);

        var joined = await StartNextAsync(workers: 3);

        await Until(gate => gate.Waiting.Count(visit => visit.ProcessId == joined.Id) == 3, "an item on each of its workers", pool);
        _gate.Open();
        Assert.Equal(s_inputs, await map.Within("the map", pool));
    }

    [Fact]
    public async Task A_node_killed_in_the_middle_of_a_job_costs_no_result()
    {
        var second = await StartNextAsync(workers: 2);
        await using var pool = await _nodes[0].ConnectAsync(workers: 3);
        var map = Map(pool);
        await Until(gate => gate.Waiting.Count == 3, "an item on each worker", pool);
        var lost = _gate.Waiting.Where(visit => visit.ProcessId == second.Id).Select(visit => visit.Label).ToList();

        await second.SignalAsync("KILL");
        await Deadline.Until(() => pool.Workers == 1, "the pool to notice", pool);
        _gate.Open();

        Assert.Equal(s_inputs, await map.Within("the map", pool));
        Assert.All(lost, label => Assert.Contains(_gate.Visits, visit => visit.ProcessId == _nodes[0].Id && visit.Label.Equals(label, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_killed_seed_leaves_the_other_nodes_at_work()
    {
        var second = await StartNextAsync(workers: 2);
        await using var pool = await _nodes[0].ConnectAsync(workers: 3);
        var map = Map(pool);
        await Until(gate => gate.Waiting.Count == 3, "an item on each worker", pool);

        await _nodes[0].SignalAsync("KILL");
        _gate.Open();

        Assert.Equal(s_inputs, await map.Within("the map", pool));
        Assert.Equal(second.Id, await pool.ApplyAsync(() => Environment.ProcessId).Within("another call", pool));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_node_told_to_stop_finishes_what_runs_and_leaves(string signal)
    {
        var second = await StartNextAsync(workers: 2);
        await using var pool = await _nodes[0].ConnectAsync(workers: 3);
        var map = Map(pool);
        await Until(gate => gate.Waiting.Count == 3, "an item on each worker", pool);

        await second.SignalAsync(signal);
        await Deadline.Until(() => pool.Workers == 1, "the pool to hear of it", pool);
        _gate.Open();

        Assert.Equal(0, await second.Process.EndAsync());
        Assert.Equal(s_inputs, await map.Within("the map", pool));
        Assert.Equal(s_inputs.Length, _gate.Visits.Count); // nothing ran twice
        Assert.Contains("has left", second.Process.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_end_in_the_drain_time_runs_elsewhere()
    {
        var second = await Track(_nodes[0].StartNextWithAsync(["ACTORPOOL__CLUSTER__DRAIN_TIMEOUT=200ms"], workers: 2));
        await using var pool = await _nodes[0].ConnectAsync(workers: 3);
        var map = Map(pool);
        await Until(gate => gate.Waiting.Count == 3, "an item on each worker", pool);

        await second.SignalAsync("TERM");

        Assert.Equal(0, await second.Process.EndAsync());
        _gate.Open();
        Assert.Equal(s_inputs, await map.Within("the map", pool));
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    public async Task A_second_signal_ends_a_node_at_once(string signal, int exitCode)
    {
        var second = await StartNextAsync(workers: 2);
        await using var pool = await _nodes[0].ConnectAsync(workers: 3);
        var map = Map(pool);
        await Until(gate => gate.Waiting.Count == 3, "an item on each worker", pool);
        await second.SignalAsync(signal);
        await second.Process.AwaitAsync("Leaving");

        // Within half a second it would count as the first one, delivered twice.
        var told = TimeProvider.System.GetTimestamp();
        await Deadline.Until(() => TimeProvider.System.GetElapsedTime(told) > TimeSpan.FromMilliseconds(600), "the next request");
        await second.SignalAsync(signal);

        Assert.Equal(exitCode, await second.Process.EndAsync());
        _gate.Open();
        Assert.Equal(s_inputs, await map.Within("the map", pool));
    }

    [Fact]
    public async Task A_frozen_nodes_work_runs_elsewhere_and_it_is_used_again_when_it_wakes()
    {
        var second = await StartNextAsync(workers: 2);
        await using var pool = await _nodes[0].ConnectAsync(workers: 3, new WorkerPoolOptions { Config = "actorpool.cluster { lease-interval = 200ms, lease-timeout = 1s }" });
        var map = Map(pool);
        await Until(gate => gate.Waiting.Count == 3, "an item on each worker", pool);

        await second.SignalAsync("STOP");
        await Deadline.Until(() => pool.Workers == 1, "its lease to run out", pool);
        _gate.Open();
        Assert.Equal(s_inputs, await map.Within("the map", pool));

        await second.SignalAsync("CONT");
        await Deadline.Until(() => pool.Workers == 3, "its return", pool);
        Assert.Equal(s_inputs, await pool.MapAsync(x => x, s_inputs).Within("another map", pool));
    }

    [Fact]
    public async Task A_node_that_comes_back_at_its_address_is_used_again()
    {
        var second = await StartNextAsync(workers: 1);
        await using var pool = await _nodes[0].ConnectAsync(workers: 2);
        await second.SignalAsync("KILL");
        await Deadline.Until(() => pool.Workers == 1, "the loss", pool);
        await second.Process.EndAsync();

        var again = await StartNextAsync(workers: 2, "--port", second.Address.Split(':')[1]);

        await Deadline.Until(() => pool.Workers == 3, "its return", pool);
        var results = await pool.MapAsync(_ => Environment.ProcessId, s_inputs, s_oneByOne).Within("the map", pool);
        Assert.Contains(again.Id, results);
    }

    [Fact]
    public async Task A_pool_with_workers_of_its_own_takes_nodes_in()
    {
        await using var pool = await WorkerPool.ConnectAsync(_nodes[0].Address, new WorkerPoolOptions { Workers = 1 }).Within("the connection");
        var map = Map(pool);

        await Until(gate => gate.Waiting.Select(visit => visit.ProcessId).Order().SequenceEqual(new[] { Environment.ProcessId, _nodes[0].Id }.Order()), "an item here and there", pool);
        _gate.Open();

        Assert.Equal(s_inputs, await map.Within("the map", pool));
    }

    [Fact]
    public async Task Pools_share_a_nodes_workers_fairly_and_never_have_more_than_there_are()
    {
        await StartNextAsync(workers: 1);
        await using var first = await _nodes[0].ConnectAsync(workers: 2);
        await using var second = await _nodes[0].ConnectAsync(workers: 2);
        var firstMap = Map(first, "first");
        await Until(gate => gate.Waiting.Count == 2, "the first pool on both workers", first);
        var secondMap = Map(second, "second");

        for (var released = 0; released < 40; released++)
        {
            var waiting = _gate.Waiting;
            Assert.Equal(2, waiting.Count);
            waiting[0].Release();
            await Until(gate => gate.Waiting.Count == 2, $"the next item after {released}", second);
        }

        Assert.InRange(_gate.Visits.Count(visit => visit.Label.StartsWith("second", StringComparison.Ordinal)), 12, 22);
        _gate.Open();
        Assert.Equal(s_inputs, await firstMap.Within("the first map", first));
        Assert.Equal(s_inputs, await secondMap.Within("the second map", second));
    }

    [Fact]
    public async Task Jobs_fail_when_all_nodes_are_gone_for_long()
    {
        await using var pool = await _nodes[0].ConnectAsync(workers: 1, new WorkerPoolOptions { Config = "actorpool.cluster.no-workers-timeout = 300ms" });
        var map = Map(pool);
        await Until(gate => gate.Waiting.Count == 1, "an item", pool);

        await _nodes[0].SignalAsync("KILL");

        await Assert.ThrowsAsync<NoWorkersException>(() => map.Within("the map", pool));
    }

    private Task<int[]> Map(WorkerPool pool, string label = "item")
    {
        var port = _gate.Port;
        return pool.MapAsync(async (x, token) => { await RemoteGate.PassAsync(port, $"{label}-{x}", token); return x; }, s_inputs, s_oneByOne);
    }

    private Task Until(Func<RemoteGate, bool> condition, string phase, WorkerPool pool) =>
        _gate.Until(condition, phase, pool, () => string.Join('\n', _nodes.Select(node => node.Process.Log)));

    [Fact]
    public async Task A_node_can_join_while_one_that_was_killed_is_still_a_member()
    {
        var second = await StartNextAsync(workers: 1);
        await using var pool = await _nodes[0].ConnectAsync(workers: 2);
        await second.SignalAsync("KILL");
        await _nodes[0].Process.AwaitAsync("UNREACHABLE");

        await StartNextAsync(workers: 3);

        await Deadline.Until(() => pool.Workers == 4, "the new node's workers", pool);
        Assert.Equal(s_inputs, await pool.MapAsync(x => x, s_inputs, s_oneByOne).Within("a map", pool));
    }

    [Fact]
    public async Task A_seed_that_starts_anew_at_its_address_gets_its_nodes_and_its_pools_back()
    {
        var second = await StartNextAsync(workers: 2);
        await using var pool = await _nodes[0].ConnectAsync(workers: 3);
        await _nodes[0].SignalAsync("KILL");
        await Deadline.Until(() => pool.Workers == 2, "the pool to notice", pool);

        var again = await Track(_nodes[0].StartAgainAsync());

        await second.Process.AwaitAsync("It joins again.");
        await Deadline.Until(() => pool.Workers == 3, "the pool to have both", pool);
        Assert.Equal(s_inputs, await pool.MapAsync(x => x, s_inputs, s_oneByOne).Within("a map of the old pool", pool));
        await using var fresh = await again.ConnectAsync(workers: 3);
        Assert.Equal(s_inputs, await fresh.MapAsync(x => x, s_inputs, s_oneByOne).Within("a map of a new pool", fresh));
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
        await contact.SignalAsync("KILL"); // the only one that it was told to join
        await seed.Process.AwaitAsync($"{removed.Address}] was unreachable");

        await removed.SignalAsync("CONT");

        await removed.Process.AwaitAsync("It joins again.");
        Assert.Equal(75, await removed.Process.EndAsync(TimeSpan.FromMinutes(2)));
        Assert.Contains("No seed has let it in again within 60 s.", removed.Process.Error, StringComparison.Ordinal);
    }

    private Task<ClusterNode> StartSeedAsync(int workers) => Track(ClusterNode.StartSeedAsync(workers));

    private Task<ClusterNode> StartNextAsync(int workers, params string[] flags) => Track(_nodes[0].StartNextAsync(workers, flags));

    private async Task<ClusterNode> Track(Task<ClusterNode> starting)
    {
        var node = await starting;
        _nodes.Add(node);
        return node;
    }
}
