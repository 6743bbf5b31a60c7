using System.Globalization;
using ActorPool.Node.Tests;
using Spectre.Console;

namespace ActorPool.Soak;

/// <summary>One long job over three nodes of two workers, of which one after the other is killed or frozen: each at least once, in random order, at random moments.</summary>
internal sealed class ClusterRun(int seed)
{
    private const int NodeCount = 3;
    private const int WorkersEach = 2;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly Random _random = new(seed);
    private readonly NodeProcess[] _nodes = new NodeProcess[NodeCount];
    private readonly string[] _addresses = new string[NodeCount];
    private readonly List<Incident> _incidents = [];
    private TimeSpan _standstill;
    private long _moved;

    /// <returns>Whether the results were exact and each node was harmed.</returns>
    public async Task<bool> ForAsync(TimeSpan length)
    {
        Console.WriteLine($"seed {seed}, {NodeCount} nodes of {WorkersEach} workers, {length}");
        try
        {
            for (var i = 0; i < NodeCount; i++)
                await StartAsync(i);
            await using var pool = await WorkerPool.ConnectAsync(_addresses[0]);
            await WholeAsync(pool);
            using var over = new CancellationTokenSource();
            var harm = HarmAsync(pool, over.Token);
            var items = await RunAsync(pool, length);
            await over.CancelAsync();
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

    /// <summary>Reads the results as they come, each of which has to be the next one.</summary>
    private async Task<long> RunAsync(WorkerPool pool, TimeSpan length)
    {
        var started = _moved = TimeProvider.System.GetTimestamp();
        long next = 0;
        await foreach (var result in pool.StreamAsync(Work, Numbers(started, length)))
        {
            if (result != next * 3)
                throw new ViolationException($"result {next} is {result} instead of {next * 3}");
            next++;
            var stood = TimeProvider.System.GetElapsedTime(_moved);
            _standstill = stood > _standstill ? stood : _standstill;
            _moved = TimeProvider.System.GetTimestamp();
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

    private async Task HarmAsync(WorkerPool pool, CancellationToken over)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            for (var turn = 0; ; turn++)
            {
                for (var quiet = _random.Next(3, 15); quiet > 0; quiet--)
                    await timer.WaitForNextTickAsync(over);
                var node = turn < NodeCount ? turn : _random.Next(NodeCount);
                var began = TimeProvider.System.GetTimestamp();
                var what = _random.Next(2) == 0 ? await KillAsync(node) : await FreezeAsync(node, timer);
                await WholeAsync(pool);
                _incidents.Add(new Incident(node, what, TimeProvider.System.GetElapsedTime(began)));
                Console.WriteLine($"node {node + 1} {what}, whole again after {_incidents[^1].Whole.TotalSeconds:F1} s; longest standstill so far {_standstill.TotalSeconds:F1} s");
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
        for (var left = seconds; left > 0; left--)
            await timer.WaitForNextTickAsync(CancellationToken.None);
        await _nodes[node].SignalAsync("CONT");
        return $"was frozen for {seconds} s";
    }

    private async Task StartAsync(int node)
    {
        var port = _addresses[node]?.Split(':')[1] ?? "0";
        string[] role = node == 0 ? ["--seed"] : ["--join", _addresses[0]];
        _nodes[node] = NodeProcess.Start([.. role, "--port", port, "--workers", WorkersEach.ToString(CultureInfo.InvariantCulture)]);
        _addresses[node] = (await _nodes[node].AwaitAsync("control:")).Split("control:")[1].Trim();
        await _nodes[node].AwaitAsync("next:");
    }

    private async Task WholeAsync(WorkerPool pool)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (pool.Workers != NodeCount * WorkersEach)
        {
            if (TimeProvider.System.GetElapsedTime(started) > s_patience)
                throw new ViolationException($"the pool has {pool.Workers} workers after {s_patience}. {string.Join('\n', _nodes.Select(node => node.Log))}");
            await timer.WaitForNextTickAsync();
        }
    }

    private void Report(long items, WorkerPool pool)
    {
        var table = new Table().AddColumn("node").AddColumn("what").AddColumn("whole again after");
        foreach (var incident in _incidents)
            table.AddRow($"{incident.Node + 1}", incident.What, string.Create(CultureInfo.InvariantCulture, $"{incident.Whole.TotalSeconds:F1} s"));
        AnsiConsole.Write(table);
        Console.WriteLine($"{items} items, all exact and in order; longest standstill {_standstill.TotalSeconds:F1} s. {pool.Statistics}");
    }

    private sealed record Incident(int Node, string What, TimeSpan Whole);
}
