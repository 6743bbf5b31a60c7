using System.Globalization;
using ActorPool.Node.Tests;
using static ActorPool.Soak.ViolationException;

namespace ActorPool.Soak;

/// <summary>Runs random jobs on worker processes while these are killed and stopped.</summary>
/// <remarks>
/// One pool has worker processes of its own, another one uses those of two nodes. Every few seconds the lanes pause, and each pool must
/// come to rest with all of its workers. At the end no process and no file may be left.
/// </remarks>
internal sealed class ProcessRun(int seed)
{
    private const int LocalWorkers = 3;
    private const int NodeCount = 2;
    private const int WorkersPerNode = 2;
    private const int Lanes = 3; // of each pool
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan s_maxWait = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_maxEnd = TimeSpan.FromSeconds(20);

    private readonly Health _health = new();
    private readonly SortedDictionary<string, int> _kinds = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <returns>Whether every guarantee held.</returns>
    public async Task<bool> ForAsync(TimeSpan length)
    {
        Console.WriteLine($"seed {seed}, {LocalWorkers} worker processes, and {NodeCount} nodes of {WorkersPerNode}, {length}");
        using var processes = new OwnProcesses();
        var nodes = new List<NodeProcess>();
        try
        {
            await RunAsync(length, processes, nodes);
            foreach (var node in nodes)
            {
                await node.SignalAsync("TERM");
                ThrowUnless(await node.EndAsync() == 0, $"a node did not end well: {node.Log}");
            }
            await AwaitAsync(() => processes.FindLeftovers().Count == 0, s_maxEnd, () =>
                $"the run left {string.Join(", ", processes.FindLeftovers())}");
            var kinds = string.Join(", ", _kinds.Select(kind => $"{kind.Key} {kind.Value}"));
            Console.WriteLine($"no process and no file is left; jobs: {kinds}");
            return true;
        }
        catch (ViolationException violation)
        {
            Console.WriteLine($"VIOLATION with --seed {seed}: {violation.Message}");
            return false;
        }
        finally
        {
            foreach (var node in nodes)
                node.Dispose();
        }
    }

    private async Task RunAsync(TimeSpan length, OwnProcesses processes, List<NodeProcess> nodes)
    {
        var seedAddress = "";
        for (var i = 0; i < NodeCount; i++)
        {
            string[] role = i == 0 ? ["--seed"] : ["--join", seedAddress];
            string[] size = ["--port", "0", "--workers", WorkersPerNode.ToString(CultureInfo.InvariantCulture), "--isolation", "process"];
            nodes.Add(NodeProcess.StartWith(["ACTORPOOL__ABANDON_AFTER=300ms"], [.. role, .. size]));
            var address = (await nodes[i].AwaitAsync("control:")).Split("control:")[1].Trim();
            seedAddress = i == 0 ? address : seedAddress;
            await nodes[i].AwaitAsync("next:");
        }
        await using var local = WorkerPool.Create(new WorkerPoolOptions
        {
            Workers = LocalWorkers,
            Isolation = WorkerIsolation.Process,
            MaxMemoryPerWorker = ProcessJobs.MaxMemory,
            Config = "actorpool.abandon-after = 300ms\nakka { loglevel = OFF, stdout-loglevel = OFF }",
        });
        await using var cluster = await WorkerPool.ConnectAsync(
            seedAddress, new WorkerPoolOptions { Config = "akka { loglevel = OFF, stdout-loglevel = OFF }" });
        await AwaitRestAsync(local, cluster, processes);
        var (kills, stops) = (0, 0);
        var started = TimeProvider.System.GetTimestamp();
        for (var round = 0; TimeProvider.System.GetElapsedTime(started) < length; round++)
        {
            using var ended = new CancellationTokenSource(s_round);
            var harm = new Harm(new Random(HashCode.Combine(seed, round)), processes);
            var harming = harm.RunAsync(ended.Token);
            var lanes = Enumerable.Range(0, 2 * Lanes).Select(lane => RunLaneAsync(
                lane < Lanes ? local : cluster, new Random(HashCode.Combine(seed, round, lane)), isLocal: lane < Lanes, ended.Token));
            await Task.WhenAll(lanes);
            await harming;
            await AwaitRestAsync(local, cluster, processes);
            await Task.Run(_health.Sample);
            (kills, stops) = (kills + harm.Kills, stops + harm.Stops);
            var elapsed = TimeProvider.System.GetElapsedTime(started);
            Console.WriteLine($"{elapsed:mm\\:ss} {_kinds.Values.Sum()} jobs, {kills} kills, {stops} stops, {_health}");
        }
        _health.Check();
        Console.WriteLine($"local: {local.Statistics}\ncluster: {cluster.Statistics}");
    }

    private async Task RunLaneAsync(WorkerPool pool, Random random, bool isLocal, CancellationToken ended)
    {
        var jobs = new ProcessJobs(pool, random, hasMemoryLimit: isLocal);
        while (!ended.IsCancellationRequested)
        {
            var (name, job) = jobs.CreateNext();
            try
            {
                await job().WaitAsync(s_maxWait, CancellationToken.None);
            }
            catch (Exception e)
            {
                throw new ViolationException($"{name} of the {(isLocal ? "local pool" : "cluster")} ended with", e);
            }
            var kind = $"{(isLocal ? "" : "cluster ")}{job.Method.Name}";
            lock (_lock)
                _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
        }
    }

    private static Task AwaitRestAsync(WorkerPool local, WorkerPool cluster, OwnProcesses processes) => AwaitAsync(
        () => local.Statistics is { Busy: 0, Jobs: 0, Workers: LocalWorkers }
            && cluster.Statistics is { Busy: 0, Jobs: 0, Workers: NodeCount * WorkersPerNode }
            && processes.FindWorkers().Count == LocalWorkers + (NodeCount * WorkersPerNode),
        s_maxWait,
        () => $"the pools did not come back to rest: {local.Statistics}, {cluster.Statistics}, "
            + $"{processes.FindWorkers().Count} worker processes");

    private static async Task AwaitAsync(Func<bool> holds, TimeSpan limit, Func<string> explain)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!holds())
        {
            if (TimeProvider.System.GetElapsedTime(started) > limit)
                throw new ViolationException(explain());
            await timer.WaitForNextTickAsync();
        }
    }
}
