using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;
using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Faults;

/// <summary>Processes that are killed, frozen and restarted while jobs run on them.</summary>
public sealed class ProcessFaultTests(ITestOutputHelper output) : ProcessScenario(output)
{
    /// <summary>A dead process breaks its connection.</summary>
    private static readonly TimeSpan s_dead = TimeSpan.FromSeconds(1);

    /// <summary>A silent one is noticed by its lease.</summary>
    private static readonly TimeSpan s_silent = TimeSpan.FromSeconds(8);

    /// <summary>A seed that has started anew is found by the nodes that knew it.</summary>
    private static readonly TimeSpan s_reunited = TimeSpan.FromSeconds(20);

    /// <summary>2 s, and as much again: all code is compiled there for the first time, on processors that it shares with five other processes.</summary>
    private static readonly TimeSpan s_atWork = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task The_chunks_of_a_killed_node_run_elsewhere_within_a_second()
    {
        var pool = await ConnectAsync();
        var victim = Nodes[RandomOf().Next(1, 3)];
        var map = MapAtGate(pool, 3);
        await Gate.Until(gate => gate.Waiting.Count == 3, "three items", pool);
        var lost = Gate.Waiting.Where(visit => visit.ProcessId == victim.Id).Select(visit => visit.Label).ToArray();
        Assert.NotEmpty(lost);

        var killed = TimeProvider.System.GetTimestamp();
        await victim.SignalAsync("KILL");
        await Gate.Until(gate => lost.All(label => gate.Waiting.Any(visit => visit.Label.Equals(label, StringComparison.Ordinal) && visit.ProcessId != victim.Id)), "its items elsewhere", pool);
        var after = TimeProvider.System.GetElapsedTime(killed);
        Measured("elsewhere after a kill", after);
        Assert.InRange(after, TimeSpan.Zero, s_dead);

        Gate.Open();
        IsExact(await map.Within("the map", pool));
        await CheckAsync(pool, victim);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_node_that_is_gone_costs_the_others_no_descriptors()
    {
        var pool = await ConnectAsync();
        IsExact(await StartWork(pool, 200).Within("the map", pool));
        var before = Nodes[0].Resources;
        var victim = Nodes[RandomOf().Next(1, 3)];

        await victim.SignalAsync("KILL");
        await Nodes[0].Process.AwaitAsync($"{victim.Address}] was unreachable for"); // until then it is called about once a second
        var after = Nodes[0].Resources;
        Measured($"{before}, then {after}");
        Assert.InRange(after.Sockets, 0, before.Sockets + 3);
        await CheckAsync(pool, victim);
    }

    [Fact]
    public async Task The_chunks_of_a_frozen_node_run_elsewhere_its_late_answers_are_dropped_and_it_is_used_again()
    {
        var pool = await ConnectAsync();
        var victim = Nodes[RandomOf().Next(1, 3)];
        var map = MapAtGate(pool, 3);
        await Gate.Until(gate => gate.Waiting.Count == 3, "three items", pool);
        var lost = Gate.Waiting.Where(visit => visit.ProcessId == victim.Id).Select(visit => visit.Label).ToArray();

        var frozen = TimeProvider.System.GetTimestamp();
        await victim.SignalAsync("STOP");
        await Gate.Until(gate => lost.All(label => gate.Waiting.Any(visit => visit.Label.Equals(label, StringComparison.Ordinal) && visit.ProcessId != victim.Id)), "its items elsewhere", pool);
        var after = TimeProvider.System.GetElapsedTime(frozen);
        Measured("elsewhere after a freeze", after);
        Assert.InRange(after, TimeSpan.Zero, s_silent);

        // Both attempts of an item may pass the gate; the one that was given up must not count.
        Gate.Open();
        await victim.SignalAsync("CONT");
        IsExact(await map.Within("the map", pool));
        Assert.Equal(3, pool.Statistics.ItemsDone); // each index once
        await CheckAsync(pool);
    }

    [Fact]
    public async Task All_nodes_can_be_restarted_one_after_another_under_load()
    {
        var pool = await ConnectAsync();
        var watch = new ProgressWatch(TimeProvider.System);
        var job = StartWork(pool, 6000, watch);
        await DoneAsync(job, 100, pool);

        var gone = new List<ClusterNode>();
        foreach (var node in Nodes.ToArray())
        {
            await node.SignalAsync("TERM");
            Assert.Equal(0, await node.Process.EndAsync());
            gone.Add(node);
            await StartAsync(ReferenceEquals(node, Nodes[0]) ? node.StartAgainAsync() : Nodes[0].StartNextAsync(workers: 2, Flags));
            await Deadline.Until(() => pool.Workers == 6, "all workers again", pool);
            var done = job.Progress.Done;
            await Deadline.Until(() => job.Completion.IsCompleted || job.Progress.Done > done + 50, "the job to go on", pool);
        }

        IsExact(await job.Completion.WaitAsync(TimeSpan.FromMinutes(5)));
        Assert.Equal(0, job.Progress.Failed);
        Measured("longest standstill", watch.LongestStandstill);
        Assert.InRange(watch.LongestStandstill, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        await CheckAsync(pool, [.. gone]);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_node_that_was_frozen_until_the_others_removed_it_comes_back_by_itself()
    {
        var pool = await ConnectAsync();
        await Nodes[2].SignalAsync("STOP");
        await Nodes[0].Process.AwaitAsync("is removed from the cluster");
        var job = StartWork(pool, 500);
        IsExact(await job.Within("a job meanwhile", pool));

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
        var victim = Nodes[RandomOf().Next(0, 3)];
        var job = StartWork(pool, 6000, watch);
        await DoneAsync(job, 100, pool);

        await victim.SignalAsync("STOP");
        await LastsAsync(TimeSpan.FromSeconds(12));
        await victim.SignalAsync("CONT");

        IsExact(await job.Completion.WaitAsync(TimeSpan.FromMinutes(2)));
        Measured("longest standstill", watch.LongestStandstill);
        Assert.Equal(6000, pool.Statistics.ItemsDone);
        await CheckAsync(pool);
    }

    [Fact]
    public async Task A_seed_that_was_killed_and_starts_again_has_its_cluster_back_in_time()
    {
        var pool = await ConnectAsync();
        var job = StartWork(pool, 4000);
        await DoneAsync(job, 100, pool);
        var first = Nodes[0];
        await first.SignalAsync("KILL");

        var started = TimeProvider.System.GetTimestamp();
        var again = await StartAsync(first.StartAgainAsync());
        await Task.WhenAll(Nodes.Skip(1).Take(2).Select(node => node.Process.AwaitAsync("It joins again.")));
        await using (await again.ConnectAsync(workers: 6)) // who asks it, finds all
        {
        }
        Measured("one cluster again after", TimeProvider.System.GetElapsedTime(started));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, s_reunited);

        IsExact(await job.Within("the job", pool));
        await CheckAsync(pool, first);
    }

    [Fact]
    public async Task A_node_that_joins_in_the_middle_of_a_job_works_at_once()
    {
        var pool = await ConnectAsync();
        var job = MapAtGate(pool, 100);
        await Gate.Until(gate => gate.Waiting.Count == 6, "an item on each worker", pool);

        var joined = await StartNextAsync();
        var up = TimeProvider.System.GetTimestamp();
        await Gate.Until(gate => gate.Waiting.Count(visit => visit.ProcessId == joined.Id) == 2, "an item on each of its workers", pool);

        Measured("at work after", TimeProvider.System.GetElapsedTime(up));
        Assert.InRange(TimeProvider.System.GetElapsedTime(up), TimeSpan.Zero, s_atWork);
        Gate.Open();
        IsExact(await job.Within("the job", pool));
        await CheckAsync(pool);
    }

    [Fact]
    public async Task A_job_waits_without_nodes_says_so_and_fails_when_none_comes()
    {
        var pool = await ConnectAsync("actorpool.cluster.no-workers-timeout = 3s");
        var watch = new ProgressWatch(TimeProvider.System);
        var job = StartWork(pool, 100_000, watch);
        await DoneAsync(job, 50, pool);

        await Task.WhenAll(Nodes.Select(node => node.SignalAsync("KILL")));
        await Deadline.Until(() => watch.Last?.Workers == 0, "the job to say that it waits", pool);
        var waits = TimeProvider.System.GetTimestamp();

        await Assert.ThrowsAsync<NoWorkersException>(() => job.Within("the job", pool));
        Measured("waited", TimeProvider.System.GetElapsedTime(waits));
        await CheckAsync(pool, [.. Nodes]);
    }
}
