using System.Runtime.CompilerServices;
using ActorPool.Tests.Cluster;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Scenarios;

/// <summary>What a job used is free after it, while its pool goes on.</summary>
public sealed class MemoryTests(LoopbackCluster cluster) : PoolScenario, IClassFixture<LoopbackCluster>
{
    [Theory]
    [InlineData("map")]
    [InlineData("try-map that fails")]
    [InlineData("stream")]
    [InlineData("asynchronous map")]
    [InlineData("failed map")]
    [InlineData("cancelled map")]
    public async Task Inputs_results_and_captured_objects_are_collected_after_the_job(string kind)
    {
        var pool = CreatePool(2);
        var seen = await RunAsync(pool, kind);
        Assert.NotEmpty(seen);
        await AllAreCollected(seen, pool);
    }

    [Fact]
    public async Task They_are_collected_at_the_caller_when_nodes_run_the_job()
    {
        await using var pool = await cluster.ConnectAsync();
        await AllAreCollected(await RunAsync(pool, "map"), pool);
    }

    [Fact]
    public async Task They_are_collected_on_the_nodes()
    {
        await using var pool = await cluster.ConnectAsync();
        var options = new JobOptions { ChunkSize = 1 };
        await pool.MapAsync(NodeMemory.Remember, Enumerable.Range(0, 20).Select(i => new Box(i)).ToArray(), options).Within("map", pool);
        Assert.True(NodeMemory.Seen > 0);
        await Deadline.Until(() => NodeMemory.CountAlive() == 0, "nothing to be alive on the nodes", pool);
    }

    // Not inlined, and no async method of its own: its variables must be gone afterwards.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<List<WeakReference>> RunAsync(WorkerPool pool, string kind)
    {
        var captured = new Box(1);
        var inputs = Enumerable.Range(0, 50).Select(i => new Box(i)).ToArray();
        var seen = new List<WeakReference> { new(captured), new(inputs) };
        seen.AddRange(inputs.Select(input => new WeakReference(input)));
        foreach (var result in await StartAsync(pool, kind, inputs, captured))
            seen.Add(new WeakReference(result));
        return seen;
    }

    private static async Task<Box[]> StartAsync(WorkerPool pool, string kind, Box[] inputs, Box captured)
    {
        Box Add(Box input) => new(input.Number + captured.Number);
        switch (kind)
        {
            case "map":
                return await pool.MapAsync(Add, inputs).Within(kind, pool);
            case "try-map that fails":
                var tried = await pool.TryMapAsync(x => x.Number % 2 == 0 ? Add(x) : throw new SayWhenException(), inputs)
                    .Within(kind, pool);
                return [.. tried.Where(one => one.IsSuccess).Select(one => one.Value)];
            case "stream":
                return [.. await pool.StreamAsync(Add, inputs).ReadAll(kind, pool)];
            case "asynchronous map":
                return await pool.MapAsync(
                    async (x, _) =>
                    {
                        await Task.Yield();
                        return Add(x);
                    },
                    inputs).Within(kind, pool);
            case "failed map":
                await Assert.ThrowsAsync<WorkItemException>(
                    () => pool.MapAsync(x => x.Number == 40 ? throw new SayWhenException() : Add(x), inputs).Within(kind, pool));
                return [];
            default:
                var job = pool.StartMap(
                    async (x, token) =>
                    {
                        await new TaskCompletionSource().Task.WaitAsync(token);
                        return Add(x);
                    },
                    inputs);
                job.Cancel();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Within(kind, pool));
                return [];
        }
    }

    private static Task AllAreCollected(List<WeakReference> seen, WorkerPool pool) => Deadline.Until(
        () =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !seen.Exists(one => one.IsAlive);
        },
        "all to be collected", pool);

    private sealed record Box(int Number);

    private static class NodeMemory
    {
        private static readonly List<WeakReference> s_seen = [];

        public static int Seen { get; private set; }

        public static Box Remember(Box input)
        {
            var result = new Box(input.Number + 1);
            lock (s_seen)
            {
                s_seen.Add(new WeakReference(input));
                s_seen.Add(new WeakReference(result));
                Seen = s_seen.Count;
            }
            return result;
        }

        public static int CountAlive()
        {
            GC.Collect();
            lock (s_seen)
                return s_seen.Count(one => one.IsAlive);
        }
    }
}
