using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;
using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Faults;

/// <summary>An item that ends every process that runs it, on nodes that somebody starts again.</summary>
public sealed class PoisonFaultTests(ITestOutputHelper output) : ProcessScenario(output)
{
    private const int MostLost = 3;
    private const int Aborted = 134;

    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(2);
    private static readonly int[] s_inputs = [.. Enumerable.Range(0, 300)];

    [Fact]
    public Task A_process_that_fails_fast_is_lost_three_times_at_most() => IsGivenUpAsync(_ =>
    {
        Environment.FailFast("An item of a test ends its process.");
        return 0;
    });

    [Fact]
    [Trait("Category", "Slow")]
    public Task A_stack_overflow_ends_three_processes_at_most() => IsGivenUpAsync(Overflow);

    private async Task IsGivenUpAsync(Func<int, int> die)
    {
        var poison = RandomOf().Next(s_inputs.Length);
        var pool = await ConnectAsync();
        var map = pool.TryMapAsync(x => x == poison ? die(x) : 3 * x, s_inputs, OneByOne);

        var dead = new HashSet<ClusterNode>();
        var starting = new List<Task<ClusterNode>>();
        // The job may end with its last victim's connection, before that process has: until there are as many workers as the living have, one is still dying.
        bool IsSettled() => pool.Workers == 2 * Nodes.Count(node => !node.Process.HasExited);
        while (!map.IsCompleted || starting.Count > 0 || !IsSettled())
        {
            var exits = Nodes.Except(dead).Select(node => node.Process.EndAsync(s_longest));
            Task[] others = !map.IsCompleted ? [map] : starting.Count > 0 ? [] : [Deadline.Until(IsSettled, "the survivors and no others", pool)];
            await Task.WhenAny([.. starting, .. exits, .. others]).Within("the next process to end, or the job");
            foreach (var started in starting.Where(task => task.IsCompleted).ToArray())
            {
                starting.Remove(started);
                await StartAsync(started);
            }
            foreach (var victim in Nodes.Where(node => node.Process.HasExited && dead.Add(node)).ToArray())
            {
                Assert.Equal(Aborted, await victim.Process.EndAsync());
                // The seed's address is the one that the others come back to; they wait for it.
                starting.Add(victim.Address.Equals(Nodes[0].Address, StringComparison.Ordinal) ? victim.StartAgainAsync() : Nodes[0].StartNextAsync(workers: 2, Flags));
            }
        }

        var results = await map;
        Measured($"processes lost: {dead.Count}");
        Assert.InRange(dead.Count, 1, MostLost);
        var failed = Assert.Single(results, result => !result.IsSuccess);
        Assert.Equal(poison, failed.Index);
        Assert.IsType<PoisonItemException>(failed.Error!.InnerException);
        Assert.All(results.Where(result => result.IsSuccess), result => Assert.Equal(3 * result.Index, result.Value));
        await CheckAsync(pool, [.. dead]);
    }

    private static int Overflow(int depth) => depth == int.MinValue ? 0 : 1 + Overflow(depth + 1);
}
