using System.Runtime.CompilerServices;
using ActorPool.Node.Tests;
using ActorPool.Tests.Support;
using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Support;

/// <summary>A cluster to which something is done while a job runs. Each scenario ends with the same check: the result is exact and in order, each index once, nothing is left behind, and all survivors work.</summary>
public abstract class FaultScenario(ITestOutputHelper output) : IAsyncLifetime
{
    private protected static readonly JobOptions OneByOne = new() { ChunkSize = 1 };

    /// <summary>With the log of who comes and goes, and unreachable members removed sooner than by default.</summary>
    private protected static readonly string[] Flags = ["--config", Repository.Config("seed.conf")];

    private readonly List<ClusterNode> _nodes = [];
    private readonly Dictionary<int, Resources> _before = [];
    private Resources _ownBefore = Resources.Of(Environment.ProcessId);

    private protected RemoteGate Gate { get; set; } = null!;

    private protected IReadOnlyList<ClusterNode> Nodes => _nodes;

    public virtual Task InitializeAsync()
    {
        Gate = new RemoteGate();
        return Task.CompletedTask;
    }

    public virtual Task DisposeAsync()
    {
        Gate.Dispose();
        foreach (var node in _nodes)
        {
            output.WriteLine(node.Process.Log);
            node.Dispose();
        }
        return Task.CompletedTask;
    }

    private protected static Random RandomOf([CallerMemberName] string test = "") => Seed.Random(test);

    private protected async Task<ClusterNode> StartAsync(Task<ClusterNode> starting)
    {
        var node = await starting;
        _nodes.Add(node);
        return node;
    }

    /// <summary>Lets the pool and its nodes do what they do the first time, and notes what they hold then, when no pool is there.</summary>
    private protected async Task WarmUpAsync(Func<Task<WorkerPool>> connect)
    {
        await using (var pool = await connect())
            await AnswersAsync(pool);
        NoteResources();
    }

    /// <summary>What is held now is what has to be held in the end.</summary>
    private protected void NoteResources()
    {
        foreach (var node in _nodes)
            _before[node.Id] = Resources.Of(node.Id);
        _ownBefore = Resources.Of(Environment.ProcessId);
    }

    /// <summary>The end of each scenario; disposes of the pool.</summary>
    private protected async Task CheckAsync(WorkerPool pool, params ClusterNode[] gone)
    {
        var workers = _nodes.Except(gone).Sum(node => node.Workers);
        await Deadline.Until(() => pool.Workers == workers, $"all {workers} workers of the survivors", pool);
        await AnswersAsync(pool);
        await pool.DisposeAsync();
        foreach (var node in _nodes.Except(gone))
        {
            Assert.False(node.Process.HasExited, node.Process.Log);
            if (_before.TryGetValue(node.Id, out var before))
                await Resources.ReturnToAsync(before, node.Id, $"the node {node.Address}");
        }
        await Resources.ReturnToAsync(_ownBefore, Environment.ProcessId, "this process");
    }

    private protected void Measured(string what, TimeSpan time) => output.WriteLine($"{what}: {time.TotalSeconds:F2} s");

    /// <summary>A job that waits at the gate, an item a chunk.</summary>
    private protected Task<int[]> MapAtGate(WorkerPool pool, int items)
    {
        var (host, port) = (Gate.Host, Gate.Port);
        return pool.MapAsync(async (x, token) =>
        {
            await RemoteGate.PassAsync(host, port, $"item {x}", token);
            return 3 * x;
        }, Enumerable.Range(0, items).ToArray(), OneByOne);
    }

    private protected static void IsExact(int[] results) => Assert.Equal(Enumerable.Range(0, results.Length).Select(x => 3 * x), results);

    /// <summary>A job that keeps its workers busy, a few milliseconds an item.</summary>
    private protected static Job<int[]> StartWork(WorkerPool pool, int items, IProgress<JobProgress>? progress = null) =>
        pool.StartMap(Work, Enumerable.Range(0, items), new JobOptions { Progress = progress });

    /// <summary>Waits until so many items are done.</summary>
    private protected static Task DoneAsync(Job<int[]> job, int items, WorkerPool pool) => Deadline.Until(() => job.Progress.Done >= items, $"{items} items ({job})", pool);

    private static int Work(int x)
    {
        var noise = (uint)x;
        for (var i = 0; i < 4_000_000; i++)
            noise = (noise * 1_664_525) + 1_013_904_223;
        return noise == 42 ? -1 : 3 * x;
    }

    private static async Task AnswersAsync(WorkerPool pool)
    {
        var results = await pool.MapAsync(x => (Value: x + 1, Environment.ProcessId), Enumerable.Range(0, 500).ToArray(), OneByOne).Within("a small job", pool);
        Assert.Equal(Enumerable.Range(1, 500), results.Select(result => result.Value));
    }
}
