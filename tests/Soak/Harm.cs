using System.Diagnostics;
using System.Globalization;

namespace ActorPool.Soak;

/// <summary>Kills or stops worker processes of this run at random moments.</summary>
/// <remarks>A process that starts is mostly spared: a pool gives up when three in a row do not start.</remarks>
internal sealed class Harm(Random random, OwnProcesses processes)
{
    private const int MaxStop = 3_000;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_startTime = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_betweenStarting = TimeSpan.FromSeconds(20);

    private readonly Dictionary<int, long> _firstSeen = [];
    private long? _lastStarting;

    public int Kills { get; private set; }

    public int Stops { get; private set; }

    /// <summary>Goes on until it is ended; every stopped process has then been continued.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        using var timer = new PeriodicTimer(s_look);
        var stopped = new List<(int Id, long Until)>();
        while (!ended.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            var now = Environment.TickCount64;
            foreach (var (id, _) in stopped.Where(one => one.Until <= now))
                await SignalAsync(id, "CONT");
            stopped.RemoveAll(one => one.Until <= now);
            if (random.Next(8) != 0 || ChooseVictim() is not { } victim || stopped.Exists(one => one.Id == victim))
                continue;
            if (random.Next(3) != 0)
            {
                Kills++;
                await SignalAsync(victim, "KILL");
            }
            else
            {
                Stops++;
                stopped.Add((victim, now + random.Next(MaxStop)));
                await SignalAsync(victim, "STOP");
            }
        }
        foreach (var (id, _) in stopped)
            await SignalAsync(id, "CONT");
    }

    private int? ChooseVictim()
    {
        var workers = processes.FindWorkers();
        foreach (var gone in _firstSeen.Keys.Except(workers).ToList())
            _firstSeen.Remove(gone);
        foreach (var worker in workers)
            _firstSeen.TryAdd(worker, TimeProvider.System.GetTimestamp());
        if (workers.Count == 0)
            return null;
        var victim = workers[random.Next(workers.Count)];
        if (TimeProvider.System.GetElapsedTime(_firstSeen[victim]) > s_startTime)
            return victim;
        if (_lastStarting is { } last && TimeProvider.System.GetElapsedTime(last) < s_betweenStarting)
            return null;
        _lastStarting = TimeProvider.System.GetTimestamp();
        return victim;
    }

    private static async Task SignalAsync(int id, string signal)
    {
        var start = new ProcessStartInfo("kill", [$"-{signal}", id.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var kill = Process.Start(start)!;
        await kill.WaitForExitAsync(); // it fails if the process has just ended
    }
}
