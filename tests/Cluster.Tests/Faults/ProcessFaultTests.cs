using ActorPool.ClusterTests.Support;
using ActorPool.Node.Tests;
using ActorPool.Tests.Support;
using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Faults;

/// <summary>Processes that are killed, frozen and restarted while jobs run on them.</summary>
public sealed class ProcessFaultTests(ITestOutputHelper output) : FaultScenario(output)
{
    /// <summary>A dead process breaks its connection.</summary>
    private static readonly TimeSpan s_dead = TimeSpan.FromSeconds(1);

    /// <summary>A silent one is noticed by its lease.</summary>
    private static readonly TimeSpan s_silent = TimeSpan.FromSeconds(8);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await StartAsync(ClusterNode.StartSeedAsync(workers: 2, Flags));
        await StartAsync(Nodes[0].StartNextAsync(workers: 2, Flags));
        await StartAsync(Nodes[0].StartNextAsync(workers: 2, Flags));
        await WarmUpAsync(() => Nodes[0].ConnectAsync(workers: 6));
    }

    [Fact]
    public async Task The_chunks_of_a_killed_node_run_elsewhere_within_a_second()
    {
        var pool = await Nodes[0].ConnectAsync(workers: 6);
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
    public async Task The_chunks_of_a_frozen_node_run_elsewhere_its_late_answers_are_dropped_and_it_is_used_again()
    {
        var pool = await Nodes[0].ConnectAsync(workers: 6);
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
    public async Task A_client_that_is_killed_leaves_nothing_running()
    {
        using var client = await StartClientAsync();
        await UsedAsync(Nodes[1]);

        var killed = TimeProvider.System.GetTimestamp();
        await client.SignalAsync("KILL");
        await Task.WhenAll(Nodes.Select(IdleAsync));

        Measured("dropped after the client's death", TimeProvider.System.GetElapsedTime(killed));
        Assert.InRange(TimeProvider.System.GetElapsedTime(killed), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await CheckAsync(await Nodes[0].ConnectAsync(workers: 6));
    }

    [Fact]
    public async Task A_client_that_is_frozen_is_forgotten()
    {
        using var client = await StartClientAsync();
        await UsedAsync(Nodes[1]);

        var frozen = TimeProvider.System.GetTimestamp();
        await client.SignalAsync("STOP");
        await Task.WhenAll(Nodes.Select(IdleAsync));

        await Nodes[1].Process.AwaitAsync("uses this node no more: it was not heard for");
        Measured("dropped after the client's freeze", TimeProvider.System.GetElapsedTime(frozen));
        Assert.InRange(TimeProvider.System.GetElapsedTime(frozen), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await client.SignalAsync("KILL");
        await CheckAsync(await Nodes[0].ConnectAsync(workers: 6));
    }

    [Fact]
    public async Task All_nodes_can_be_restarted_one_after_another_under_load()
    {
        var pool = await Nodes[0].ConnectAsync(workers: 6);
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
        var pool = await Nodes[0].ConnectAsync(workers: 6);
        await Nodes[2].SignalAsync("STOP");
        await Nodes[0].Process.AwaitAsync("is removed from the cluster");
        var job = StartWork(pool, 500);
        IsExact(await job.Within("a job meanwhile", pool));

        await Nodes[2].SignalAsync("CONT");

        await Nodes[2].Process.AwaitAsync("It joins again.");
        await CheckAsync(pool);
    }

    /// <summary>A process of its own that uses the cluster for long; one like it was there before, so that the nodes have what they keep for the next.</summary>
    private async Task<NodeProcess> StartClientAsync()
    {
        using (var first = NodeProcess.Start("demo", "--cluster", Nodes[0].Address, "--rows", "1000", "--runs", "1"))
            Assert.Equal(0, await first.EndAsync());
        await Task.WhenAll(Nodes.Select(IdleAsync));
        NoteResources();
        return NodeProcess.Start("demo", "--cluster", Nodes[0].Address, "--rows", "50000000");
    }

    /// <summary>Waits until the node works.</summary>
    private static Task UsedAsync(ClusterNode node) => LoadAsync(node, share => share > 0.3, "the node to be used");

    private static Task IdleAsync(ClusterNode node) => LoadAsync(node, share => share < 0.2, "the node to be idle");

    /// <summary>Waits until the share of a processor that the node uses, over half a second, is as it should be.</summary>
    private static async Task LoadAsync(ClusterNode node, Func<double, bool> isRight, string phase)
    {
        var (since, used) = (TimeProvider.System.GetTimestamp(), node.ProcessorTime());
        await Deadline.Until(() =>
        {
            var elapsed = TimeProvider.System.GetElapsedTime(since);
            if (elapsed < TimeSpan.FromMilliseconds(500))
                return false;
            var now = node.ProcessorTime();
            var share = (now - used) / elapsed;
            (since, used) = (TimeProvider.System.GetTimestamp(), now);
            return isRight(share);
        }, phase);
    }
}
