using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Actor.Internal;
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

    /// <summary>A session keeps a gatherer for each chunk that ran at the same time; what leaks would be far more.</summary>
    private const int MoreActors = 4;

    private readonly List<ClusterNode> _nodes = [];
    private readonly Dictionary<int, Resources> _before = [];
    private Resources _ownBefore = null!;
    private int _mostActors;
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
            await TearDownAsync(); // xunit would not
            throw;
        }
    }

    public async Task DisposeAsync()
    {
        await TearDownAsync();
        Assert.True(_isChecked, "The scenario has not come to its check.");
    }

    private protected abstract Task SetUpAsync();

    private protected virtual Task TearDownAsync()
    {
        Gate?.Dispose();
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
            _mostActors = (await AnswersAsync(pool, _nodes)).Length;
        NoteResources();
    }

    /// <summary>What is held now is what has to be held in the end.</summary>
    private protected void NoteResources()
    {
        foreach (var node in _nodes)
            _before[node.Id] = node.Resources;
        _ownBefore = Resources.Of(Environment.ProcessId, OwnHome.Directory);
    }

    /// <summary>The end of each scenario; disposes of the pool.</summary>
    private protected async Task CheckAsync(WorkerPool pool, params ClusterNode[] gone)
    {
        _isChecked = true;
        var there = _nodes.Except(gone).ToList();
        var workers = there.Sum(node => node.Workers);
        await Deadline.Until(() => pool.Workers == workers, $"all {workers} workers of the survivors", pool);
        await LetsActorsGoAsync(pool, there);
        Assert.InRange(pool.Statistics.Lost, 0, _nodes.Sum(node => node.Workers * node.Harms)); // none that was never harmed
        var system = ((ActorRefWithCell)pool.Coordinator).Underlying.System;
        await pool.DisposeAsync();
        await system.WhenTerminated.Within("the end of the pool's actors");
        foreach (var node in there)
        {
            Assert.False(node.Process.HasExited, node.Process.Log);
            // One that was started in the meantime is like the others.
            await node.ReturnToAsync(_before.TryGetValue(node.Id, out var before) ? before : Resources.Most(_before.Values));
        }
        // This process holds three pipes of each node that it has started, until the scenario is torn down.
        var started = _nodes.Count(node => !_before.ContainsKey(node.Id));
        var own = _ownBefore with { Files = _ownBefore.Files + (3 * started), Children = _ownBefore.Children + started };
        await Resources.ReturnToAsync(own, Environment.ProcessId, OwnHome.Directory, "this process");
    }

    private protected void Measured(string what, TimeSpan time) => Measured($"{what}: {time.TotalSeconds:F2} s");

    private protected void Measured(string what) => output.WriteLine(what);

    /// <summary>How long a fault lasts, where that is what makes it one.</summary>
    private protected static async Task LastsAsync(TimeSpan time)
    {
        using var timer = new PeriodicTimer(time);
        await timer.WaitForNextTickAsync();
    }

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

    private protected static int Work(int x)
    {
        var noise = (uint)x;
        for (var i = 0; i < 4_000_000; i++)
            noise = (noise * 1_664_525) + 1_013_904_223;
        return noise == 42 ? -1 : 3 * x;
    }

    private async Task LetsActorsGoAsync(WorkerPool pool, IReadOnlyCollection<ClusterNode> nodes)
    {
        var started = TimeProvider.System.GetTimestamp();
        string[] actors;
        while ((actors = await AnswersAsync(pool, nodes)).Length > _mostActors + MoreActors)
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Deadline.Limit, $"A node had {_mostActors} actors at most before, and now has {actors.Length}: {string.Join(", ", actors)}");
    }

    /// <summary>All nodes take part in small jobs.</summary>
    /// <returns>The actors of the node that has most of them, at the moment when it has fewest: those of chunks come and go.</returns>
    private static async Task<string[]> AnswersAsync(WorkerPool pool, IReadOnlyCollection<ClusterNode> nodes)
    {
        var actors = new Dictionary<int, string[]>();
        while (!nodes.All(node => actors.ContainsKey(node.Id)))
        {
            var results = await pool.MapAsync(x => (Value: x + 1, Environment.ProcessId, Actors: ActorsHere()), Enumerable.Range(0, 500).ToArray(), OneByOne).Within($"a small job on all of {nodes.Count} nodes", pool);
            Assert.Equal(Enumerable.Range(1, 500), results.Select(result => result.Value));
            foreach (var result in results)
            {
                if (!actors.TryGetValue(result.ProcessId, out var fewest) || result.Actors.Length < fewest.Length)
                    actors[result.ProcessId] = result.Actors;
            }
        }
        return actors.Values.MaxBy(all => all.Length) ?? [];
    }

    /// <summary>In a function: the actors of its node that are not Akka's own.</summary>
    private static string[] ActorsHere() => [.. Below((ActorRefWithCell)((ExtendedActorSystem)InternalCurrentActorCellKeeper.Current!.System).Guardian)];

    private static IEnumerable<string> Below(ActorRefWithCell actor) => actor.Children.OfType<ActorRefWithCell>().SelectMany(Below).Prepend(actor.Path.ToStringWithoutAddress());
}
