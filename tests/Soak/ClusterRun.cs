using System.Globalization;
using ActorPool.Node.Tests;
using Spectre.Console;

namespace ActorPool.Soak;

/// <summary>Runs one long job over three nodes while it kills or freezes them.</summary>
/// <remarks>
/// Each node has two workers. Nodes are killed or frozen at random moments: first each in turn, then one at random. A run fails if the job
/// ends before each node had its turn.
/// </remarks>
internal sealed class ClusterRun(int seed)
{
    private const int NodeCount = 3;
    private const int WorkersPerNode = 2;
    private static readonly TimeSpan s_maxWait = TimeSpan.FromMinutes(2);

    private readonly Random _random = new(seed);
    private readonly NodeProcess[] _nodes = new NodeProcess[NodeCount];
    private readonly string[] _addresses = new string[NodeCount];
    private readonly List<Incident> _incidents = [];
    private TimeSpan _longestPause;
    private long _lastResult;

    /// <returns>Whether the results were exact and each node was killed or frozen at least once.</returns>
    public async Task<bool> ForAsync(TimeSpan length)
    {
        Console.WriteLine($"seed {seed}, {NodeCount} nodes of {WorkersPerNode} workers, {length}");
        try
        {
            for (var i = 0; i < NodeCount; i++)
                await StartAsync(i);
            await using var pool = await WorkerPool.ConnectAsync(_addresses[0]);
            await AwaitAllWorkersAsync(pool);
            using var ended = new CancellationTokenSource();
            var harm = HarmAsync(pool, ended.Token);
            var items = await RunAsync(pool, length);
            await ended.CancelAsync();
            await harm;
            Report(items, pool);
            return _incidents.Select(incident => incident.Node).Distinct().Count() == NodeCount;
        }
        catch (ViolationException violation)
        {
            Console.WriteLine($"VIOLATION with --seed {seed}: {violation.Message}");
            return false;
        }
        finally
        {
            foreach (var node in _nodes)
                node?.Dispose();
        }
    }

    /// <summary>Reads the results, each of which has to be the next one.</summary>
    private async Task<long> RunAsync(WorkerPool pool, TimeSpan length)
    {
        var started = _lastResult = TimeProvider.System.GetTimestamp();
        long next = 0;
        await foreach (var result in pool.StreamAsync(Work, Numbers(started, length)))
        {
            if (result != next * 3)
                throw new ViolationException($"result {next} is {result} instead of {next * 3}");
            next++;
            var pause = TimeProvider.System.GetElapsedTime(_lastResult);
            _longestPause = pause > _longestPause ? pause : _longestPause;
            _lastResult = TimeProvider.System.GetTimestamp();
        }
        return next;
    }

    private static IEnumerable<long> Numbers(long started, TimeSpan length)
    {
        for (long i = 0; TimeProvider.System.GetElapsedTime(started) < length; i++)
            yield return i;
    }

    private static long Work(long x)
    {
        var noise = (uint)x;
        for (var i = 0; i < 4_000_000; i++)
            noise = (noise * 1_664_525) + 1_013_904_223;
        return noise == 42 ? -1 : 3 * x;
    }

    private async Task HarmAsync(WorkerPool pool, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            for (var round = 0; ; round++)
            {
                for (var quiet = _random.Next(3, 15); quiet > 0; quiet--)
                    await timer.WaitForNextTickAsync(ended);
                var node = round < NodeCount ? round : _random.Next(NodeCount);
                var began = TimeProvider.System.GetTimestamp();
                var what = _random.Next(2) == 0 ? await KillAsync(node) : await FreezeAsync(node, timer);
                await AwaitAllWorkersAsync(pool);
                _incidents.Add(new Incident(node, what, TimeProvider.System.GetElapsedTime(began)));
                Console.WriteLine(
                    $"node {node + 1} {what}, all workers again after {_incidents[^1].Recovery.TotalSeconds:F1} s; " +
                    $"longest pause so far {_longestPause.TotalSeconds:F1} s");
            }
        }
        catch (OperationCanceledException)
        {
            // The job has ended.
        }
    }

    private async Task<string> KillAsync(int node)
    {
        await _nodes[node].SignalAsync("KILL");
        await _nodes[node].EndAsync();
        _nodes[node].Dispose();
        await StartAsync(node);
        return "was killed and started again";
    }

    private async Task<string> FreezeAsync(int node, PeriodicTimer timer)
    {
        var seconds = _random.Next(2, 20);
        await _nodes[node].SignalAsync("STOP");
        for (var remaining = seconds; remaining > 0; remaining--)
            await timer.WaitForNextTickAsync(CancellationToken.None);
        await _nodes[node].SignalAsync("CONT");
        return $"was frozen for {seconds} s";
    }

    private async Task StartAsync(int node)
    {
        var port = _addresses[node]?.Split(':')[1] ?? "0";
        string[] role = node == 0 ? ["--seed"] : ["--join", _addresses[0]];
        _nodes[node] = NodeProcess.Start([.. role, "--port", port, "--workers", WorkersPerNode.ToString(CultureInfo.InvariantCulture)]);
        _addresses[node] = (await _nodes[node].AwaitAsync("control:")).Split("control:")[1].Trim();
        await _nodes[node].AwaitAsync("next:");
    }

    private async Task AwaitAllWorkersAsync(WorkerPool pool)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (pool.Workers != NodeCount * WorkersPerNode)
        {
            if (TimeProvider.System.GetElapsedTime(started) > s_maxWait)
            {
                var logs = string.Join('\n', _nodes.Select(node => node.Log));
                throw new ViolationException($"the pool has {pool.Workers} workers after {s_maxWait}. {logs}");
            }
            await timer.WaitForNextTickAsync();
        }
    }

    private void Report(long items, WorkerPool pool)
    {
        var table = new Table().AddColumn("node").AddColumn("what").AddColumn("all workers again after");
        foreach (var incident in _incidents)
        {
            var recovery = string.Create(CultureInfo.InvariantCulture, $"{incident.Recovery.TotalSeconds:F1} s");
            table.AddRow($"{incident.Node + 1}", incident.What, recovery);
        }
        AnsiConsole.Write(table);
        Console.WriteLine($"{items} items, all exact and in order; longest pause {_longestPause.TotalSeconds:F1} s. {pool.Statistics}");
    }

    private sealed record Incident(int Node, string What, TimeSpan Recovery);
}
