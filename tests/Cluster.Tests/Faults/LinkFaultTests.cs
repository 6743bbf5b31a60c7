using System.Globalization;
using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;
using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Faults;

/// <summary>Links that lose packets or are narrow.</summary>
/// <remarks>The check at the end fails if a node was lost.</remarks>
public sealed class LinkFaultTests(ITestOutputHelper output) : NetworkScenario(output, slow: false)
{
    private const int Megabyte = 1 << 20;

    [NetworkFact]
    [Trait("Category", "Slow")]
    public async Task Lost_packets_lose_no_node()
    {
        var pool = await ConnectAsync();
        var watch = new ProgressWatch(TimeProvider.System);
        foreach (var host in AllHosts)
            await host.LoseAsync(0.2);

        CheckExact(await StartWork(pool, 2000, watch).Within("the job", pool));

        Measured("longest standstill at 20 % loss", watch.MaxStandstill);
        await HealAllAsync();
        await CheckAsync(pool);
    }

    [NetworkFact]
    [Trait("Category", "Slow")]
    public async Task A_slow_link_loses_no_node()
    {
        var pool = await ConnectAsync();
        foreach (var host in AllHosts)
            await host.ThrottleAsync("1mbit");

        var results = await pool.MapAsync(bytes => bytes.Length, Enumerable.Range(0, 40).Select(_ => new byte[20_000]).ToArray())
            .Within("800 kB over links of 1 Mbit/s", pool);

        Assert.Equal(Enumerable.Repeat(20_000, 40), results);
        await HealAllAsync();
        await CheckAsync(pool);
    }

    [NetworkFact]
    [Trait("Category", "Slow")]
    public async Task A_large_result_does_not_delay_heartbeats()
    {
        var pool = await ConnectAsync();
        foreach (var host in AllHosts)
            await host.ThrottleAsync("20mbit");

        await CheckLargeResultsAsync(pool, items: 3, megabytes: 5);

        await HealAllAsync();
        await CheckAsync(pool);
    }

    [NetworkFact]
    [Trait("Category", "Slow")]
    public async Task A_hundred_megabytes_over_a_narrow_link_take_at_most_twice_their_size_in_memory()
    {
        const int Megabytes = 100;
        var pool = await ConnectAsync();
        foreach (var host in AllHosts)
            await host.ThrottleAsync("20mbit");
        var before = Nodes.ToDictionary(node => node.Id, GetMaxMemory);

        await CheckLargeResultsAsync(pool, items: 1, Megabytes);

        var grown = Nodes.Max(node => GetMaxMemory(node) - before[node.Id]);
        Measured($"largest growth of a node, in MB: {grown}");
        Assert.InRange(grown, 0, 2 * Megabytes);
        await HealAllAsync();
        await CheckAsync(pool);
    }

    private async Task CheckLargeResultsAsync(WorkerPool pool, int items, int megabytes)
    {
        var length = megabytes * Megabyte;
        var started = TimeProvider.System.GetTimestamp();
        var results = await pool.MapAsync(x =>
        {
            var bytes = new byte[length];
            Array.Fill(bytes, (byte)x);
            return bytes;
        }, Enumerable.Range(1, items).ToArray(), OneByOne).WaitAsync(TimeSpan.FromMinutes(3));
        Measured($"{items} results of {megabytes} MB over 20 Mbit/s", TimeProvider.System.GetElapsedTime(started));
        Assert.All(results.Index(), result => Assert.True(
            result.Item.Length == length && !result.Item.AsSpan().ContainsAnyExcept((byte)(result.Index + 1)), $"result {result.Index}"));
        Assert.All(Nodes, node => Assert.DoesNotContain("UNREACHABLE", node.Process.Error, StringComparison.Ordinal));
    }

    /// <summary>Reads a process's largest working set so far, in MB.</summary>
    private static long GetMaxMemory(ClusterNode node)
    {
        var status = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{node.Id}/status"));
        var peak = status.First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
    }
}
