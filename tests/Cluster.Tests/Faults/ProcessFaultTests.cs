using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;
using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Faults;

/// <summary>Processes that are killed, frozen and restarted while jobs run on them.</summary>
public sealed class ProcessFaultTests(ITestOutputHelper output) : ProcessScenario(output)
{
    /// <summary>For a dead process: its connection breaks.</summary>
    private static readonly TimeSpan s_maxDeathTime = TimeSpan.FromSeconds(1);

    /// <summary>For a silent process: its lease ends.</summary>
    private static readonly TimeSpan s_maxSilentTime = TimeSpan.FromSeconds(8);

    /// <summary>For a restarted seed: the nodes that knew it find it.</summary>
    private static readonly TimeSpan s_maxRejoinTime = TimeSpan.FromSeconds(20);

    /// <summary>For a new node: twice the 2 s that it takes by itself.</summary>
    /// <remarks>It compiles all code for the first time, on processors that it shares with five other processes.</remarks>
    private static readonly TimeSpan s_maxStartTime = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task The_chunks_of_a_killed_node_run_elsewhere_within_a_second()
    {
        var pool = await ConnectAsync();
        var victim = Nodes[CreateRandom().Next(1, 3)];
        var map = MapAtGate(pool, 3);
        await Gate.Until(gate => gate.Waiting.Count == 3, "three items", pool);
        var lost = Gate.Waiting.Where(visit => visit.ProcessId == victim.Id).Select(visit => visit.Label).ToArray();
        Assert.NotEmpty(lost);

        var killed = OwnTime.Start(Nodes);
        await victim.SignalAsync("KILL");
        await Gate.Until(
            gate => lost.All(label => gate.Waiting.Any(
                visit => visit.Label.Equals(label, StringComparison.Ordinal) && visit.ProcessId != victim.Id)),
            "its items elsewhere", pool);
        var after = killed.Elapsed;
        Measured("elsewhere after a kill", after);
        Assert.InRange(after, TimeSpan.Zero, s_maxDeathTime);

        Gate.Open();
        CheckExact(await map.Within("the map", pool));
        await CheckAsync(pool, victim);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_dead_node_costs_the_others_no_descriptors()
    {
        var pool = await ConnectAsync();
        CheckExact(await StartWork(pool, 200).Within("the map", pool));
        var before = Nodes[0].Resources;
        var victim = Nodes[CreateRandom().Next(1, 3)];

        await victim.SignalAsync("KILL");
        // Until then, the others call it about once a second.
        await Nodes[0].Process.AwaitAsync($"{victim.Address}] was unreachable for");
        var after = Nodes[0].Resources;
        Measured($"{before}, then {after}");
        Assert.InRange(after.Sockets, 0, before.Sockets + 3);
        await CheckAsync(pool, victim);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task The_chunks_of_a_frozen_node_run_elsewhere_its_late_answers_are_dropped_and_it_is_used_again()
    {
        var pool = await ConnectAsync();
        var victim = Nodes[CreateRandom().Next(1, 3)];
        var map = MapAtGate(pool, 3);
        await Gate.Until(gate => gate.Waiting.Count == 3, "three items", pool);
        var lost = Gate.Waiting.Where(visit => visit.ProcessId == victim.Id).Select(visit => visit.Label).ToArray();

        var frozen = OwnTime.Start(Nodes);
        await victim.SignalAsync("STOP");
        await Gate.Until(
            gate => lost.All(label => gate.Waiting.Any(
                visit => visit.Label.Equals(label, StringComparison.Ordinal) && visit.ProcessId != victim.Id)),
            "its items elsewhere", pool);
        var after = frozen.Elapsed;
        Measured("elsewhere after a freeze", after);
        Assert.InRange(after, TimeSpan.Zero, s_maxSilentTime);

        // Both attempts of an item may pass the gate; the abandoned one must not count.
        Gate.Open();
        await victim.SignalAsync("CONT");
        CheckExact(await map.Within("the map", pool));
        Assert.Equal(3, pool.Statistics.ItemsDone); // each index once
        await CheckAsync(pool);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task All_nodes_can_be_restarted_one_after_another_under_load()
    {
        var pool = await ConnectAsync();
        var watch = new ProgressWatch(TimeProvider.System);
        var work = StartSteadyWork(pool, watch);
        await work.AwaitProgressAsync();

        var ended = new List<ClusterNode>();
        foreach (var node in Nodes.ToArray())
        {
            await node.SignalAsync("TERM");
            await node.Process.CheckEndAsync(0);
            ended.Add(node);
            await StartAsync(ReferenceEquals(node, Nodes[0]) ? node.StartAgainAsync() : Nodes[0].StartNextAsync(workers: 2, Flags));
            await Deadline.Until(() => pool.Workers == 6, "all workers again", pool);
            await work.AwaitProgressAsync();
        }

        CheckExact(await work.EndAsync());
        Assert.Equal(0, work.Job.Progress.Failed);
        Measured("longest standstill", watch.MaxStandstill);
        Assert.InRange(watch.MaxStandstill, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        await CheckAsync(pool, [.. ended]);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_node_that_was_frozen_until_the_others_removed_it_comes_back_by_itself()
    {
        var pool = await ConnectAsync();
        await Nodes[2].SignalAsync("STOP");
        await Nodes[0].Process.AwaitAsync("is removed from the cluster");
        var job = StartWork(pool, 500);
        CheckExact(await job.Within("a job meanwhile", pool));

        await Nodes[2].SignalAsync("CONT");

        await Nodes[2].Process.AwaitAsync("It joins again.");
        await CheckAsync(pool);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_node_that_is_frozen_for_12_s_costs_no_result_and_needs_no_restart()
    {
        var pool = await ConnectAsync();
        var watch = new ProgressWatch(TimeProvider.System);
        var victim = Nodes[CreateRandom().Next(0, 3)];
        var work = StartSteadyWork(pool, watch);
        await work.AwaitProgressAsync();

        await victim.SignalAsync("STOP");
        await WaitAsync(TimeSpan.FromSeconds(12));
        await victim.SignalAsync("CONT");
        await Deadline.Until(() => pool.Workers == 6, "its return", pool);
        await work.AwaitProgressAsync();

        var results = await work.EndAsync();
        CheckExact(results);
        Measured("longest standstill", watch.MaxStandstill);
        Assert.Equal(results.Length, pool.Statistics.ItemsDone);
        await CheckAsync(pool);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_seed_that_was_killed_and_starts_again_has_its_cluster_back_in_time()
    {
        var pool = await ConnectAsync();
        var work = StartSteadyWork(pool);
        await work.AwaitProgressAsync();
        var first = Nodes[0];
        await first.SignalAsync("KILL");

        var started = OwnTime.Start(Nodes);
        var again = await StartAsync(first.StartAgainAsync());
        await Task.WhenAll(Nodes.Skip(1).Take(2).Select(node => node.Process.AwaitAsync("It joins again.")));
        await using (await again.ConnectAsync(workers: 6)) // the new seed knows all nodes
        {
        }
        var after = started.Elapsed;
        Measured("one cluster again after", after);
        Assert.InRange(after, TimeSpan.Zero, s_maxRejoinTime);

        CheckExact(await work.EndAsync());
        await CheckAsync(pool, first);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_node_that_joins_in_the_middle_of_a_job_works_at_once()
    {
        var pool = await ConnectAsync();
        var job = MapAtGate(pool, 100);
        await Gate.Until(gate => gate.Waiting.Count == 6, "an item on each worker", pool);

        var joined = await StartNextAsync();
        var up = OwnTime.Start(Nodes);
        await Gate.Until(
            gate => gate.Waiting.Count(visit => visit.ProcessId == joined.Id) == 2, "an item on each of its workers", pool);

        var after = up.Elapsed;
        Measured("at work after", after);
        Assert.InRange(after, TimeSpan.Zero, s_maxStartTime);
        Gate.Open();
        CheckExact(await job.Within("the job", pool));
        await CheckAsync(pool);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_job_waits_without_nodes_says_so_and_fails_when_none_comes()
    {
        var pool = await ConnectAsync("actorpool.cluster.no-workers-timeout = 3s");
        var watch = new ProgressWatch(TimeProvider.System);
        var work = StartSteadyWork(pool, watch);
        await work.AwaitProgressAsync();

        await Task.WhenAll(Nodes.Select(node => node.SignalAsync("KILL")));
        await Deadline.Until(() => watch.Last?.Workers == 0, "the job to say that it waits", pool);
        var started = TimeProvider.System.GetTimestamp();

        await Assert.ThrowsAsync<NoWorkersException>(() => work.EndAsync());
        Measured("waited", TimeProvider.System.GetElapsedTime(started));
        await CheckAsync(pool, [.. Nodes]);
    }
}
