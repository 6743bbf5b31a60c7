using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;
using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Faults;

/// <summary>An item that ends every process that runs it, on nodes that are started again.</summary>
public sealed class PoisonFaultTests(ITestOutputHelper output) : ProcessScenario(output)
{
    private const int Aborted = 134;

    private static readonly TimeSpan s_maxWait = TimeSpan.FromMinutes(2);
    private static readonly int[] s_inputs = [.. Enumerable.Range(0, 300)];

    [Fact]
    [Trait("Category", "Slow")]
    public Task An_item_that_fails_fast_costs_one_node() => CheckGivenUpAsync(_ =>
    {
        Environment.FailFast("An item of a test ends its process.");
        return 0;
    });

    [Fact]
    [Trait("Category", "Slow")]
    public Task A_stack_overflow_costs_one_node() => CheckGivenUpAsync(Overflow);

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_converter_that_fails_fast_costs_three_nodes()
    {
        var poison = CreateRandom().Next(s_inputs.Length);
        var pool = await Nodes[0].ConnectAsync(workers: 6, new WorkerPoolOptions { Converters = [new LetterConverter()] });
        var map = pool.TryMapAsync(
            letter => 3 * letter.Number, [.. s_inputs.Select(number => new Letter(number, number == poison))], OneByOne);
        // Nodes read the inputs of suspects, too, and pass them on to worker processes.
        await CheckGivenUpAsync(pool, map, poison, nodes: 3, "lost 3 nodes in a row");
    }

    private async Task CheckGivenUpAsync(Func<int, int> die)
    {
        var poison = CreateRandom().Next(s_inputs.Length);
        var pool = await ConnectAsync();
        var map = pool.TryMapAsync(x => x == poison ? die(x) : 3 * x, s_inputs, OneByOne);
        await CheckGivenUpAsync(pool, map, poison, nodes: 1, "lost with a node before. Item"); // after one death, it is a suspect
    }

    private async Task CheckGivenUpAsync(WorkerPool pool, Task<ItemResult<int>[]> map, int poison, int nodes, string reason)
    {
        var dead = new HashSet<ClusterNode>();
        var starting = new List<Task<ClusterNode>>();
        // The job may end when its last victim's connection breaks, before that process has ended. As long as the pool does not have
        // exactly the workers of the live processes, a process is still ending.
        bool IsSettled() => pool.Workers == 2 * Nodes.Count(node => !node.Process.HasExited);
        while (!map.IsCompleted || starting.Count > 0 || !IsSettled())
        {
            var exits = Nodes.Except(dead).Select(node => node.Process.EndAsync(s_maxWait));
            Task[] others = !map.IsCompleted ? [map] : starting.Count > 0 ? [] : [Deadline.Until(IsSettled, "only the survivors", pool)];
            await Task.WhenAny([.. starting, .. exits, .. others]).Within("the next process to end, or the job");
            foreach (var started in starting.Where(task => task.IsCompleted).ToArray())
            {
                starting.Remove(started);
                await StartAsync(started);
            }
            foreach (var victim in Nodes.Where(node => node.Process.HasExited && dead.Add(node)).ToArray())
            {
                await victim.Process.CheckEndAsync(Aborted);
                // A seed starts again at its address, since the other nodes wait for it there.
                var isSeed = victim.Address.Equals(Nodes[0].Address, StringComparison.Ordinal);
                starting.Add(isSeed ? victim.StartAgainAsync() : Nodes[0].StartNextAsync(workers: 2, Flags));
            }
        }

        var results = await map;
        Measured($"processes lost: {dead.Count}");
        Assert.Equal(nodes, dead.Count);
        var failed = Assert.Single(results, result => !result.IsSuccess);
        Assert.Equal(poison, failed.Index);
        var poisoned = Assert.IsType<PoisonItemException>(failed.Error!.InnerException);
        Assert.Contains(reason, poisoned.Message, StringComparison.Ordinal);
        if (nodes > 1)
            Assert.All(dead, node => Assert.Contains($" {node.Address}: ", poisoned.Message, StringComparison.Ordinal));
        Assert.All(results.Where(result => result.IsSuccess), result => Assert.Equal(3 * result.Index, result.Value));
        await CheckAsync(pool, [.. dead]);
    }

    private static int Overflow(int depth) => depth == int.MinValue ? 0 : 1 + Overflow(depth + 1);

    private sealed record Letter(int Number, bool IsPoison);

    private sealed class LetterConverter : PayloadConverter<Letter, (int Number, bool IsPoison)>
    {
        public override (int Number, bool IsPoison) ToSurrogate(Letter value) => (value.Number, value.IsPoison);

        public override Letter FromSurrogate((int Number, bool IsPoison) surrogate)
        {
            if (surrogate.IsPoison)
                Environment.FailFast("A converter of a test ends its process.");
            return new Letter(surrogate.Number, surrogate.IsPoison);
        }
    }
}
