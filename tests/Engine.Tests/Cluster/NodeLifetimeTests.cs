using System.Collections.Concurrent;
using ActorPool.Configuration;
using ActorPool.Tests.Support;
using Akka.Actor;

namespace ActorPool.Tests.Cluster;

/// <summary>Nodes that come and go while jobs run, in one process.</summary>
public sealed class NodeLifetimeTests : IAsyncLifetime
{
    // The functions run in this process too: the tests observe and block them with these. Keys keep the tests apart.
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> s_gates = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, ConcurrentQueue<string>> s_ran = new(StringComparer.Ordinal);

    private readonly string _key = Guid.NewGuid().ToString();
    private PoolNode _seed = null!;

    public async Task InitializeAsync()
    {
        s_gates[_key] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        s_ran[_key] = new ConcurrentQueue<string>();
        _seed = await LoopbackCluster.StartNodeAsync(workers: 1);
    }

    public async Task DisposeAsync()
    {
        s_gates[_key].TrySetResult();
        await _seed.DisposeAsync();
    }

    [Fact]
    public async Task A_node_that_joins_in_the_middle_of_a_job_gets_work()
    {
        await using var pool = await WorkerPool.ConnectAsync(_seed.Address).Within("the connection");
        var map = Map(pool, 200);
        await Deadline.Until(() => !s_ran[_key].IsEmpty, "the first item", pool);

        await using var joined = await LoopbackCluster.StartNodeAsync(workers: 2, _seed.Address);

        await Deadline.Until(() => s_ran[_key].Count >= 3, "items on all three workers", pool);
        s_gates[_key].TrySetResult();
        Assert.Equal(Enumerable.Range(0, 200), await map.Within("the map", pool));
    }

    [Fact]
    public async Task A_pool_with_local_workers_begins_at_once_and_adds_nodes()
    {
        var options = new WorkerPoolOptions { Workers = 1 };
        await using var pool = await WorkerPool.ConnectAsync("127.0.0.1:1," + _seed.Address, options).Within("the connection");
        var map = Map(pool, 50);

        await Deadline.Until(() => s_ran[_key].Count >= 2, "items here and there", pool);
        s_gates[_key].TrySetResult();

        Assert.Equal(Enumerable.Range(0, 50), await map.Within("the map", pool));
    }

    [Fact]
    public async Task A_pool_stops_calling_a_node_that_was_removed()
    {
        var options = new PoolNodeOptions { Port = 0, Workers = 1, Config = "actorpool.cluster.down-after = 1s" };
        await using var seed = await PoolNode.StartAsync(options);
        var second = await LoopbackCluster.StartNodeAsync(workers: 1, seed.Address);
        await using var pool = await WorkerPool.ConnectAsync(seed.Address).Within("the connection");
        await Deadline.Until(() => pool.Workers == 2, "both nodes", pool);
        Assert.Equal(2, CountLinks(pool));

        await second.DisposeAsync();

        await Deadline.Until(() => CountLinks(pool) == 1, "its link to stop", pool);
    }

    [Fact]
    public async Task A_lost_nodes_chunks_run_elsewhere()
    {
        var second = await LoopbackCluster.StartNodeAsync(workers: 2, _seed.Address);
        await using var pool = await WorkerPool.ConnectAsync(_seed.Address).Within("the connection");
        await Deadline.Until(() => pool.Workers == 3, "both nodes", pool);
        var map = Map(pool, 200);
        await Deadline.Until(() => s_ran[_key].Count >= 3, "items on all workers", pool);

        await second.DisposeAsync();
        s_gates[_key].TrySetResult();

        Assert.Equal(Enumerable.Range(0, 200), await map.Within("the map", pool));
    }

    [Fact]
    public async Task A_node_that_leaves_finishes_what_runs_and_hands_back_the_rest()
    {
        var second = await LoopbackCluster.StartNodeAsync(workers: 1, _seed.Address);
        await using var pool = await WorkerPool.ConnectAsync(_seed.Address).Within("the connection");
        await Deadline.Until(() => pool.Workers == 2, "both nodes", pool);
        var map = Map(pool, 100);
        await Deadline.Until(() => s_ran[_key].Count >= 2, "items on both workers", pool);

        var leaving = second.LeaveAsync();
        await Deadline.Until(() => pool.Workers == 1, "the pool to hear of it", pool);
        Assert.False(leaving.IsCompleted); // its item still runs
        s_gates[_key].TrySetResult();

        await leaving.Within("the leaving", pool);
        Assert.Equal(Enumerable.Range(0, 100), await map.Within("the map", pool));
        Assert.Equal(100, s_ran[_key].Count); // nothing ran twice
        await second.Completion.Within("the node's end");
    }

    [Fact]
    public async Task A_drain_that_takes_too_long_gives_the_chunks_to_others()
    {
        var second = await PoolNode.StartAsync(new PoolNodeOptions
        {
            Port = 0,
            Workers = 1,
            Join = [_seed.Address],
            Config = "actorpool.cluster.drain-timeout = 100ms",
        });
        await using var pool = await WorkerPool.ConnectAsync(_seed.Address).Within("the connection");
        await Deadline.Until(() => pool.Workers == 2, "both nodes", pool);
        var map = Map(pool, 20);
        await Deadline.Until(() => s_ran[_key].Count >= 2, "items on both workers", pool);

        await second.LeaveAsync().Within("the leaving", pool);
        s_gates[_key].TrySetResult();

        Assert.Equal(Enumerable.Range(0, 20), await map.Within("the map", pool));
    }

    [Fact]
    public async Task An_item_that_outlasts_the_drain_time_of_each_leaving_node_is_not_charged()
    {
        await using var pool = await RunOnOneNodeAfterAnotherAsync(node => node.LeaveAsync(), departures: 4);

        Assert.Equal(4, pool.Statistics.ItemsHandedBack);
        Assert.Equal(4, pool.Statistics.ItemsRetried);
        Assert.Equal(0, pool.Statistics.Lost);
    }

    [Fact]
    public async Task An_item_that_runs_on_nodes_disposed_of_one_after_another_is_not_charged()
    {
        await using var pool = await RunOnOneNodeAfterAnotherAsync(node => node.DisposeAsync().AsTask(), departures: 4);

        Assert.Equal(4, pool.Statistics.ItemsHandedBack);
    }

    [Fact]
    public async Task A_node_whose_leaving_is_cut_short_charges_no_item()
    {
        await using var pool = await RunOnOneNodeAfterAnotherAsync(
            async node =>
            {
                using var now = new CancellationTokenSource();
                var leaving = node.LeaveAsync(now.Token);
                await now.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
            },
            departures: 3,
            drain: "1h");

        Assert.Equal(3, pool.Statistics.ItemsHandedBack);
    }

    [Fact]
    public async Task A_seed_that_starts_anew_does_not_disturb_items_on_other_nodes()
    {
        var port = int.Parse(_seed.Address.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        await using var second = await LoopbackCluster.StartNodeAsync(workers: 2, _seed.Address);
        await using var pool = await WorkerPool.ConnectAsync(_seed.Address).Within("the connection");
        await Deadline.Until(() => pool.Workers == 3, "both nodes", pool);
        await _seed.LeaveAsync().Within("the seed's leaving", pool);
        var map = Map(pool, 2);
        await Deadline.Until(() => s_ran[_key].Count == 2, "items on the node that stays", pool);

        _seed = await PoolNode.StartAsync(new PoolNodeOptions { Port = port, Workers = 1 });

        var outside = await Assert.ThrowsAnyAsync<ActorPoolException>(
            () => second.Completion.Within("the node to see that its seed is another process"));
        Assert.Contains("started a new cluster", outside.Message, StringComparison.Ordinal);
        await Deadline.Until(() => pool.Workers == 1, "the node to take no more work", pool);
        s_gates[_key].TrySetResult();
        Assert.Equal(Enumerable.Range(0, 2), await map.Within("the map", pool));
        Assert.Equal(2, s_ran[_key].Count); // nothing ran twice
    }

    [Fact]
    public async Task The_work_of_a_pool_that_ends_is_dropped()
    {
        var pool = await WorkerPool.ConnectAsync(_seed.Address).Within("the connection");
        var map = pool.MapAsync(Stopping(_key), [1]);
        await Deadline.Until(() => !s_ran[_key].IsEmpty, "the item", pool);

        await pool.DisposeAsync();

        await Assert.ThrowsAsync<PoolTerminatedException>(() => map);
        await Deadline.Until(() => s_ran[_key].Contains("stopped", StringComparer.Ordinal), "the item to see it");
    }

    [Fact]
    public async Task Jobs_fail_when_there_was_no_node_for_the_no_workers_timeout()
    {
        var second = await LoopbackCluster.StartNodeAsync(workers: 1);
        var options = new WorkerPoolOptions { Config = "actorpool.cluster.no-workers-timeout = 200ms" };
        await using var pool = await WorkerPool.ConnectAsync(second.Address, options).Within("the connection");
        await second.DisposeAsync();
        await Deadline.Until(() => pool.Workers == 0, "the loss", pool);

        var error = await Assert.ThrowsAsync<NoWorkersException>(() => pool.MapAsync(x => x, [1, 2, 3]).Within("the map", pool));

        Assert.Contains("no-workers-timeout", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_comes_back_at_its_address_is_used_again()
    {
        var first = await LoopbackCluster.StartNodeAsync(workers: 1);
        var port = int.Parse(first.Address.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        await using var pool = await WorkerPool.ConnectAsync(first.Address).Within("the connection");
        Assert.Equal(2, await pool.ApplyAsync(x => x + 1, 1).Within("before", pool));
        await first.DisposeAsync();
        await Deadline.Until(() => pool.Workers == 0, "the loss", pool);

        await using var again = await PoolNode.StartAsync(new PoolNodeOptions { Port = port, Workers = 2 });

        Assert.Equal(3, await pool.ApplyAsync(x => x + 1, 2).Within("after", pool));
        Assert.Equal(2, pool.Workers);
    }

    [Fact]
    public async Task A_job_without_nodes_says_that_it_waits_and_that_it_goes_on()
    {
        var first = await LoopbackCluster.StartNodeAsync(workers: 1);
        var port = int.Parse(first.Address.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        await using var pool = await WorkerPool.ConnectAsync(first.Address).Within("the connection");
        var log = new ProgressLog();
        var map = pool.StartMap(Waiting(_key), Enumerable.Range(0, 3), new JobOptions { ChunkSize = 1, Progress = log });
        await Deadline.Until(() => !s_ran[_key].IsEmpty, "the first item", pool);

        await first.DisposeAsync();
        await Deadline.Until(() => log.Last.Workers == 0, "the report that it waits", pool);
        await using var again = await PoolNode.StartAsync(new PoolNodeOptions { Port = port, Workers = 2 });
        await Deadline.Until(() => log.Last.Workers == 2, "the report that it goes on", pool);
        s_gates[_key].TrySetResult();

        Assert.Equal(Enumerable.Range(0, 3), await map.Within("the map", pool));
    }

    [Fact]
    public async Task An_item_that_fails_here_and_then_on_a_node_gets_no_extra_attempts()
    {
        var options = new WorkerPoolOptions { Workers = 1 };
        await using var pool = await WorkerPool.ConnectAsync(_seed.Address, options).Within("the connection");
        await Deadline.Until(() => pool.Workers == 2, "both", pool);
        var key = _key;

        var results = await pool.TryMapAsync((Func<int, int>)(x =>
        {
            s_ran[key].Enqueue($"{x}");
            throw new InvalidOperationException("never");
        }), Enumerable.Range(0, 40), new JobOptions { ChunkSize = 1, Retries = 2 }).Within("the map", pool);

        Assert.All(results, result => Assert.Equal(3, result.Attempts));
        Assert.All(s_ran[key].GroupBy(x => x, StringComparer.Ordinal), runs => Assert.Equal(3, runs.Count()));
    }

    [Theory]
    [InlineData("0.0.0.0", "not one address or name of this machine")]
    [InlineData("example.org", "not an address of the loopback interface, and there are no certificates for other machines")]
    [InlineData("192.168.1.1", "not an address of the loopback interface, and there are no certificates for other machines")]
    public async Task A_node_that_others_could_reach_is_refused(string host, string reason)
    {
        var error = await Assert.ThrowsAsync<SettingsException>(() => PoolNode.StartAsync(new PoolNodeOptions { Host = host }));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_errors_in_the_options_of_a_node_are_reported_together()
    {
        var options = new PoolNodeOptions
        {
            Port = 70_000,
            Join = ["nowhere"],
            Functions = "/no/such/directory",
            Workers = 0,
            Config = "actorpool.cluster.prefetch = many",
        };

        var error = await Assert.ThrowsAsync<SettingsException>(() => PoolNode.StartAsync(options));

        foreach (var word in new[] { "70000", "nowhere", "/no/such/directory", "Workers is [0]", "prefetch" })
            Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        var port = int.Parse(_seed.Address.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);

        var error = await Assert.ThrowsAsync<IOException>(() => PoolNode.StartAsync(new PoolNodeOptions { Port = port }));

        Assert.Contains(_seed.Address, error.Message, StringComparison.Ordinal);
    }

    private Task<int[]> Map(WorkerPool pool, int items) =>
        pool.MapAsync(Waiting(_key), Enumerable.Range(0, items).ToArray(), new JobOptions { ChunkSize = 1 });

    /// <summary>Runs one item on a node until the node leaves, then on the next node.</summary>
    private async Task<WorkerPool> RunOnOneNodeAfterAnotherAsync(Func<PoolNode, Task> leave, int departures, string drain = "50ms")
    {
        var options = new PoolNodeOptions { Port = 0, Workers = 1, Config = $"actorpool.cluster.drain-timeout = {drain}" };
        var node = await PoolNode.StartAsync(options);
        var pool = await WorkerPool.ConnectAsync(node.Address).Within("the connection");
        var map = Map(pool, 1);
        for (var number = 1; number <= departures; number++)
        {
            await Deadline.Until(() => s_ran[_key].Count == number, $"the item on node {number}", pool);
            var next = await PoolNode.StartAsync(options with { Join = [node.Address] });
            await Deadline.Until(() => pool.Workers == 2, "the next node", pool);
            await leave(node).Within("the leaving", pool);
            node = next;
        }
        await using (node)
        {
            await Deadline.Until(() => s_ran[_key].Count == departures + 1, "the item on the last node", pool);
            s_gates[_key].TrySetResult();
            Assert.Equal(Enumerable.Range(0, 1), await map.Within("the map", pool));
        }
        return pool;
    }

    /// <summary>Counts the nodes that the pool calls.</summary>
    private static int CountLinks(WorkerPool pool) =>
        ((ActorRefWithCell)pool.Coordinator).Underlying.ChildrenContainer.Children.OfType<ActorRefWithCell>()
            .Single(child => child.Path.Name.Equals("nodes", StringComparison.Ordinal)).Children.Count();

    /// <summary>Records each item, and holds all of them until the test opens their gate.</summary>
    private static Func<int, CancellationToken, ValueTask<int>> Waiting(string key) => async (x, token) =>
    {
        s_ran[key].Enqueue($"{x}");
        await s_gates[key].Task.WaitAsync(token);
        return x;
    };

    private static Func<int, CancellationToken, ValueTask<int>> Stopping(string key) => async (x, token) =>
    {
        s_ran[key].Enqueue("began");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
        }
        finally
        {
            s_ran[key].Enqueue("stopped");
        }
        return x;
    };
}
