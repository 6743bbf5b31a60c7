using System.Runtime.CompilerServices;
using ActorPool.Node.Tests;
using ActorPool.Tests.Support;
using Akka.Actor;
using Akka.Actor.Internal;
using Xunit.Abstractions;

namespace ActorPool.ClusterTests.Support;

/// <summary>A cluster on which a test causes faults while jobs run.</summary>
/// <remarks>
/// Each test ends with the same check: results are exact and in order, each index once; nothing is left over; all survivors work.
/// </remarks>
[Collection(Alone.Name)]
public abstract class FaultScenario(ITestOutputHelper output) : IAsyncLifetime
{
    private protected static readonly JobOptions OneByOne = new() { ChunkSize = 1 };

    /// <summary>Flags to log which pools connect and leave, and to remove unreachable members sooner.</summary>
    private protected static readonly string[] Flags = ["--config", Repository.Config("seed.conf")];

    /// <summary>How many more actors a node may have at the end.</summary>
    /// <remarks>A session keeps a gatherer for each chunk that ran at the same time. A leak would be far larger.</remarks>
    private const int ExtraActors = 4;

    private readonly List<ClusterNode> _nodes = [];
    private readonly List<SteadyWork> _work = [];
    private readonly Dictionary<int, Resources> _before = [];
    private Resources _ownBefore = null!;
    private int _maxActors;
    private bool _isChecked;

    private protected RemoteGate Gate { get; set; } = null!;

    private protected IReadOnlyList<ClusterNode> Nodes => _nodes;

    public async Task InitializeAsync()
    {
        try
        {
            await SetUpAsync();
        }
        catch
        {
            await TearDownAsync(); // xunit does not call DisposeAsync then
            throw;
        }
    }

    public async Task DisposeAsync()
    {
        await TearDownAsync();
        Assert.True(_isChecked, "The test has not called CheckAsync.");
    }

    private protected abstract Task SetUpAsync();

    private protected virtual Task TearDownAsync()
    {
        Gate?.Dispose();
        foreach (var work in _work)
            work.Dispose();
        foreach (var node in _nodes)
        {
            output.WriteLine(node.Process.Log);
            node.Dispose();
        }
        return Task.CompletedTask;
    }

    private protected static Random CreateRandom([CallerMemberName] string test = "") => Seed.CreateRandom(test);

    private protected async Task<ClusterNode> StartAsync(Task<ClusterNode> starting)
    {
        var node = await starting;
        _nodes.Add(node);
        return node;
    }

    /// <summary>Runs a first job on a first pool, then records what the processes hold.</summary>
    private protected async Task WarmUpAsync(Func<Task<WorkerPool>> connect)
    {
        await using (var pool = await connect())
            _maxActors = (await RunOnAllAsync(pool, _nodes)).Length;
        NoteResources();
    }

    /// <summary>Records what the processes hold; at the end they must not hold more.</summary>
    private protected void NoteResources()
    {
        foreach (var node in _nodes)
            _before[node.Id] = node.Resources;
        _ownBefore = Resources.Read(Environment.ProcessId, OwnHome.Directory);
    }

    /// <summary>Ends each test: checks the survivors, and disposes of the pool.</summary>
    private protected async Task CheckAsync(WorkerPool pool, params ClusterNode[] ended)
    {
        _isChecked = true;
        var survivors = _nodes.Except(ended).ToList();
        var workers = survivors.Sum(node => node.Workers);
        await Deadline.Until(() => pool.Workers == workers, $"all {workers} workers of the survivors", pool);
        await AwaitActorsReleasedAsync(pool, survivors);
        Assert.InRange(pool.Statistics.Lost, 0, _nodes.Sum(node => node.Workers * node.Harms)); // a node without harm loses no worker
        var system = ((ActorRefWithCell)pool.Coordinator).Underlying.System;
        await pool.DisposeAsync();
        await system.WhenTerminated.Within("the end of the pool's actors");
        foreach (var node in survivors)
        {
            Assert.False(node.Process.HasExited, node.Process.Log);
            // A node that was started in the meantime is compared with the others.
            await node.AwaitReleaseAsync(_before.TryGetValue(node.Id, out var before) ? before : Resources.Max(_before.Values));
        }
        // This process holds three pipes of each node that it has started, until the end of the test.
        var started = _nodes.Count(node => !_before.ContainsKey(node.Id));
        var own = _ownBefore with { Files = _ownBefore.Files + (3 * started), Children = _ownBefore.Children + started };
        await Resources.AwaitReleaseAsync(own, Environment.ProcessId, OwnHome.Directory, "this process");
    }

    private protected void Measured(string what, TimeSpan time) => Measured($"{what}: {time.TotalSeconds:F2} s");

    private protected void Measured(string what) => output.WriteLine(what);

    /// <summary>Waits, where the length of a fault is part of the test.</summary>
    private protected static async Task WaitAsync(TimeSpan time)
    {
        using var timer = new PeriodicTimer(time);
        await timer.WaitForNextTickAsync();
    }

    /// <summary>Starts a job whose items wait at the gate, one item per chunk.</summary>
    private protected Task<int[]> MapAtGate(WorkerPool pool, int items)
    {
        var (host, port) = (Gate.Host, Gate.Port);
        return pool.MapAsync(async (x, token) =>
        {
            await RemoteGate.PassAsync(host, port, $"item {x}", token);
            return 3 * x;
        }, Enumerable.Range(0, items).ToArray(), OneByOne);
    }

    private protected static void CheckExact(int[] results) =>
        Assert.Equal(Enumerable.Range(0, results.Length).Select(x => 3 * x), results);

    /// <summary>Starts a job whose items keep a worker busy for a few milliseconds each.</summary>
    private protected static Job<int[]> StartWork(WorkerPool pool, int items, IProgress<JobProgress>? progress = null) =>
        pool.StartMap(Work, Enumerable.Range(0, items), new JobOptions { Progress = progress });

    /// <summary>Starts a job that keeps its workers busy until the test ends it.</summary>
    private protected SteadyWork StartSteadyWork(WorkerPool pool, IProgress<JobProgress>? progress = null)
    {
        var work = SteadyWork.Start(pool, ShortWork, progress);
        _work.Add(work);
        return work;
    }

    private protected static int Work(int x) => Compute(x, rounds: 4_000_000);

    private static int ShortWork(int x) => Compute(x, rounds: 1_000_000);

    private static int Compute(int x, int rounds)
    {
        var noise = (uint)x;
        for (var i = 0; i < rounds; i++)
            noise = (noise * 1_664_525) + 1_013_904_223;
        return noise == 42 ? -1 : 3 * x;
    }

    private async Task AwaitActorsReleasedAsync(WorkerPool pool, IReadOnlyCollection<ClusterNode> nodes)
    {
        var started = TimeProvider.System.GetTimestamp();
        string[] actors;
        while ((actors = await RunOnAllAsync(pool, nodes)).Length > _maxActors + ExtraActors)
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(started) < Deadline.Limit,
                $"Each node had at most {_maxActors} actors before, and one now has {actors.Length}: {string.Join(", ", actors)}");
        }
    }

    /// <summary>Runs small jobs until each node has taken part, and lists their actors.</summary>
    /// <returns>
    /// The actors of the node with the most. For each node, the shortest of its lists counts, since the actors of chunks come and go.
    /// </returns>
    private static async Task<string[]> RunOnAllAsync(WorkerPool pool, IReadOnlyCollection<ClusterNode> nodes)
    {
        var actors = new Dictionary<int, string[]>();
        while (!nodes.All(node => actors.ContainsKey(node.Id)))
        {
            var results = await pool.MapAsync(
                x => (Value: x + 1, Environment.ProcessId, Actors: ListActors()),
                Enumerable.Range(0, 500).ToArray(), OneByOne).Within($"a small job on all of {nodes.Count} nodes", pool);
            Assert.Equal(Enumerable.Range(1, 500), results.Select(result => result.Value));
            foreach (var result in results)
            {
                if (!actors.TryGetValue(result.ProcessId, out var fewest) || result.Actors.Length < fewest.Length)
                    actors[result.ProcessId] = result.Actors;
            }
        }
        return actors.Values.MaxBy(all => all.Length) ?? [];
    }

    /// <summary>In a function: lists the actors of its node, without Akka's internal ones.</summary>
    private static string[] ListActors()
    {
        var system = (ExtendedActorSystem)InternalCurrentActorCellKeeper.Current!.System;
        return [.. ListTree((ActorRefWithCell)system.Guardian)];
    }

    private static IEnumerable<string> ListTree(ActorRefWithCell actor) =>
        actor.Children.OfType<ActorRefWithCell>().SelectMany(ListTree).Prepend(actor.Path.ToStringWithoutAddress());
}
