using System.Globalization;
using System.Runtime.CompilerServices;
using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Faults;

/// <summary>Nodes whose workers are processes of their own.</summary>
public sealed class IsolationTests
{
    [Fact]
    public async Task Items_that_overflow_the_stack_fail_by_name_and_the_node_goes_on()
    {
        using var node = await ClusterNode.StartSeedAsync(2, "--isolation", "process");
        await using var pool = await node.ConnectAsync(2);
        var outcomes = await pool.TryMapAsync(x => x is 17 or 4_999 ? Overflow(0) : x, Enumerable.Range(0, 10_000)).Within("map", pool);
        Assert.Equal(9_998, outcomes.Count(one => one.IsSuccess && one.Value == one.Index));
        Assert.All(outcomes.Where(one => !one.IsSuccess), one =>
        {
            var index = one.Index;
            var poison = Assert.IsType<PoisonItemException>(one.Error!.InnerException);
            Assert.Contains($"Item {index} ended 3 worker processes", poison.Message, StringComparison.Ordinal);
        });
        Assert.False(node.Process.HasExited);
        Assert.Equal(0, pool.Statistics.Lost);
    }

    [Fact]
    public async Task Broadcast_values_and_state_are_in_the_processes_of_a_node()
    {
        using var node = await ClusterNode.StartSeedAsync(1, "--isolation", "process");
        await using var pool = await node.ConnectAsync(1, new WorkerPoolOptions { WorkerState = () => new Counter() });
        int[] values = [1, 2, 3];
        var shared = await pool.BroadcastAsync(values);
        var results = await pool.MapAsync(
            x => (Sum: x + shared.Value.Sum(), ((Counter)WorkContext.Current!.State!).Id, Environment.ProcessId),
            [10, 20]).Within("map", pool);
        Assert.Equal([16, 26], results.Select(one => one.Sum));
        Assert.Single(results.Select(one => one.Id).Distinct());
        Assert.DoesNotContain(node.Id, results.Select(one => one.ProcessId));
    }

    [Fact]
    public async Task A_suspect_of_a_plain_node_runs_in_a_worker_process_with_all_that_its_function_needs()
    {
        using var seed = await ClusterNode.StartSeedAsync(1);
        using var other = await seed.StartNextAsync(1);
        await using var pool = await seed.ConnectAsync(2, new WorkerPoolOptions { WorkerState = () => new Counter() });
        int[] values = [1, 2, 3];
        var shared = await pool.BroadcastAsync(values);
        var outcomes = await pool.TryMapAsync(
            x =>
            {
                _ = ((Counter)WorkContext.Current!.State!).Id;
                return x == 7 ? Overflow(0) : x + shared.Value.Sum();
            },
            Enumerable.Range(0, 40),
            new JobOptions { ChunkSize = 10 }).Within("map", pool);
        Assert.Equal(39, outcomes.Count(one => one.IsSuccess && one.Value == one.Index + 6));
        var poison = Assert.IsType<PoisonItemException>(outcomes[7].Error!.InnerException);
        Assert.Contains(
            "Item 7 had been lost with a node before. Item 7 ended 2 worker processes", poison.Message, StringComparison.Ordinal);
        Assert.Contains("a stack overflow", poison.Message, StringComparison.Ordinal);
        await Deadline.Until(() => seed.Process.HasExited != other.Process.HasExited, "one node to have ended");
    }

    [Fact]
    public async Task What_functions_change_in_a_plain_node_is_restored_when_its_last_pool_ends()
    {
        using var node = await ClusterNode.StartSeedAsync(1);
        var before = await LookAsync();
        await using (var pool = await node.ConnectAsync(1))
        {
            await pool.ApplyAsync(() =>
            {
                Environment.SetEnvironmentVariable("ACTORPOOL_TEST_LEFT", "secret-value");
                Environment.SetEnvironmentVariable("PATH", null);
                Environment.CurrentDirectory = "/";
                CultureInfo.DefaultThreadCurrentCulture = new CultureInfo("tr-TR");
                Console.SetOut(TextWriter.Null);
                return 0;
            }).Within("changes", pool);
        }
        await Deadline.Until(() => node.LogLines.Any(line => line.Contains("restored:", StringComparison.Ordinal)), "the node's line");
        var line = node.LogLines.Single(line => line.Contains("restored:", StringComparison.Ordinal));
        Assert.Contains("[ACTORPOOL_TEST_LEFT]", line, StringComparison.Ordinal);
        Assert.Contains("the working directory, the default culture, the console", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-value", line, StringComparison.Ordinal);
        Assert.Equal(before, await LookAsync());

        async Task<(string?, string?, string, string?, bool)> LookAsync()
        {
            await using var pool = await node.ConnectAsync(1);
            return await pool.ApplyAsync(() => (
                Environment.GetEnvironmentVariable("ACTORPOOL_TEST_LEFT"), Environment.GetEnvironmentVariable("PATH"),
                Environment.CurrentDirectory, CultureInfo.DefaultThreadCurrentCulture?.Name,
                Console.Out == TextWriter.Null)).Within("look", pool);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Overflow(int depth) => Overflow(depth + 1) + 1;

    private sealed class Counter
    {
        public Guid Id { get; } = Guid.NewGuid();
    }
}
