using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;
using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Faults;

/// <summary>Links that are cut, one way or both, lose packets or are slow while jobs run over them. The pool is on a machine of its own, and so is each of three nodes.</summary>
public sealed class NetworkFaultTests(ITestOutputHelper output) : FaultScenario(output)
{
    private static readonly TimeSpan s_silent = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan s_longerThanItTakesToBeRemoved = TimeSpan.FromSeconds(30);

    private Network _network = null!;

    public override async Task InitializeAsync()
    {
        _network = await Network.StartAsync(hosts: 3);
        Gate = new RemoteGate(_network.Address);
        await StartAsync(ClusterNode.StartOnAsync(_network[0], workers: 2, [], ["--seed", .. Flags]));
        for (var i = 1; i < 3; i++)
            await StartAsync(ClusterNode.StartOnAsync(_network[i], workers: 2, [], ["--join", Nodes[0].Address, .. Flags]));
        await WarmUpAsync(ConnectAsync);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _network.DisposeAsync();
    }

    [NetworkFact]
    public Task A_node_that_is_cut_off_is_left_out_and_used_again_when_the_network_heals() =>
        OneIsLeftOutAsync(host => host.CutAsync(), s_silent);

    [NetworkFact]
    public Task Losing_what_the_pool_sends_to_one_node_leaves_out_that_node_alone() =>
        OneIsLeftOutAsync(host => host.CutFromAsync(_network.Address), s_silent);

    [NetworkFact]
    public Task Losing_what_one_node_sends_to_the_pool_leaves_out_that_node_alone() =>
        OneIsLeftOutAsync(host => host.CutToAsync(_network.Address), s_silent);

    [NetworkFact]
    public Task A_connection_that_is_reset_is_a_loss_at_once() =>
        OneIsLeftOutAsync(host => host.ResetAsync(), TimeSpan.FromSeconds(2));

    [NetworkFact]
    public async Task A_data_port_that_is_cut_off_is_noticed_although_the_control_plane_answers()
    {
        var pool = await ConnectAsync("actorpool.cluster.lease-timeout = 1s");
        var victim = RandomOf().Next(1, 3);
        var data = int.Parse((await Nodes[victim].Process.AwaitAsync("data:")).Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture);
        var map = MapAtGate(pool, 3);
        await Gate.Until(gate => gate.Waiting.Count == 3, "three items", pool);

        await _network[victim].CutPortAsync(data);

        await Gate.Until(gate => gate.Visits.Count(visit => visit.ProcessId != Nodes[victim].Id) == 3, "its item elsewhere", pool);
        Gate.Open();
        IsExact(await map.Within("the map", pool));
        await _network[victim].HealAsync();
        await CheckAsync(pool);
    }

    [NetworkFact]
    public async Task Nodes_that_cannot_reach_each_other_do_no_harm()
    {
        var pool = await ConnectAsync();
        var watch = new ProgressWatch(TimeProvider.System);

        await _network[1].CutFromAsync(_network[2].Address);
        await _network[1].CutToAsync(_network[2].Address);
        var cut = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(cut) < s_longerThanItTakesToBeRemoved)
            IsExact(await StartWork(pool, 500, watch).Within("a job", pool));

        Assert.Equal(6, watch.FewestWorkers);
        Assert.Equal(0, pool.Statistics.Lost);
        await _network[1].HealAsync();
        await CheckAsync(pool);
    }

    [NetworkFact]
    public async Task A_pool_that_is_cut_off_from_all_nodes_says_so_and_goes_on_when_it_can()
    {
        var pool = await ConnectAsync("actorpool.cluster.lease-timeout = 2s");
        var watch = new ProgressWatch(TimeProvider.System);
        var job = StartWork(pool, 2000, watch);
        await DoneAsync(job, 50, pool);

        foreach (var host in Hosts())
            await host.CutFromAsync(_network.Address);
        await Deadline.Until(() => watch.Last?.Workers == 0, "the job to say that it waits", pool);
        foreach (var host in Hosts())
            await host.HealAsync();

        IsExact(await job.Within("the job", pool));
        await CheckAsync(pool);
    }

    [NetworkFact]
    public async Task Lost_packets_lose_no_node()
    {
        var pool = await ConnectAsync();
        var watch = new ProgressWatch(TimeProvider.System);
        foreach (var host in Hosts())
            await host.LoseAsync(0.2);

        IsExact(await StartWork(pool, 2000, watch).Within("the job", pool));

        Measured("longest standstill at 20 % loss", watch.LongestStandstill);
        Assert.Equal(0, pool.Statistics.Lost);
        foreach (var host in Hosts())
            await host.HealAsync();
        await CheckAsync(pool);
    }

    [NetworkFact]
    public async Task A_slow_link_loses_no_node()
    {
        var pool = await ConnectAsync();
        foreach (var host in Hosts())
            await host.ThrottleAsync("1mbit");

        var results = await pool.MapAsync(bytes => bytes.Length, Enumerable.Range(0, 40).Select(_ => new byte[20_000]).ToArray()).Within("800 kB over links of 1 Mbit/s", pool);

        Assert.Equal(Enumerable.Repeat(20_000, 40), results);
        Assert.Equal(0, pool.Statistics.Lost);
        foreach (var host in Hosts())
            await host.HealAsync();
        await CheckAsync(pool);
    }

    [NetworkFact]
    [Trait("Category", "Slow")]
    public async Task A_link_that_comes_and_goes_costs_no_result()
    {
        var pool = await ConnectAsync();
        var job = StartWork(pool, 6000);
        for (var round = 1; round <= 4; round++)
        {
            await _network[1].CutAsync();
            await DoneAsync(job, round * 600, pool);
            await _network[1].HealAsync();
            await DoneAsync(job, (round * 600) + 300, pool);
        }

        IsExact(await job.Completion.WaitAsync(TimeSpan.FromMinutes(3)));
        await CheckAsync(pool);
    }

    [NetworkFact]
    [Trait("Category", "Slow")]
    public async Task A_node_that_was_cut_off_until_it_was_removed_comes_back_by_itself()
    {
        var pool = await ConnectAsync();
        await _network[2].CutAsync();
        await Nodes[0].Process.AwaitAsync("is removed from the cluster");
        IsExact(await StartWork(pool, 500).Within("a job meanwhile", pool));

        await _network[2].HealAsync();

        await CheckAsync(pool);
    }

    private async Task OneIsLeftOutAsync(Func<NetworkHost, Task> cut, TimeSpan limit)
    {
        var pool = await ConnectAsync();
        var victim = RandomOf(nameof(OneIsLeftOutAsync)).Next(1, 3);
        var others = Nodes.Where((_, i) => i != victim).Select(node => node.Id).ToHashSet();
        var map = MapAtGate(pool, 3);
        await Gate.Until(gate => gate.Waiting.Count == 3, "three items", pool);

        var started = TimeProvider.System.GetTimestamp();
        await cut(_network[victim]);
        await Gate.Until(gate => gate.Visits.Count(visit => others.Contains(visit.ProcessId)) == 3, "its item elsewhere", pool);
        var after = TimeProvider.System.GetElapsedTime(started);
        Measured("elsewhere after the cut", after);
        Assert.InRange(after, TimeSpan.Zero, limit);
        Assert.Equal(2, pool.Statistics.Lost); // those of that node, and no others

        await _network[victim].HealAsync();
        Gate.Open();
        IsExact(await map.Within("the map", pool));
        await CheckAsync(pool);
    }

    private IEnumerable<NetworkHost> Hosts() => Enumerable.Range(0, 3).Select(i => _network[i]);

    private Task<WorkerPool> ConnectAsync() => ConnectAsync("");

    private Task<WorkerPool> ConnectAsync(string config) => Nodes[0].ConnectAsync(workers: 6, new WorkerPoolOptions { Config = $"{_network.Config}\n{config}" });
}
