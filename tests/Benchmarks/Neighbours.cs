using System.Diagnostics;
using System.Globalization;

namespace ActorPool.Benchmarks;

/// <summary>Notices how busy other processes keep the machine, which spoils a comparison; on Linux only.</summary>
internal sealed class Neighbours
{
    // The kernel counts in hundredths of a second, whatever its own tick is.
    private const double TicksPerSecond = 100;

    private readonly double? _busy = BusySeconds();
    private readonly double _own = OwnSeconds();
    private readonly long _start = Stopwatch.GetTimestamp();

    public static Neighbours Watch() => new();

    /// <summary>The part of all processors that others used since <see cref="Watch"/>; this process and its ended children are no others.</summary>
    public double? Share()
    {
        if (_busy is not { } before || BusySeconds() is not { } after)
            return null;
        var others = after - before - (OwnSeconds() - _own);
        return Math.Clamp(others / (Stopwatch.GetElapsedTime(_start).TotalSeconds * Environment.ProcessorCount), 0, 1);
    }

    private static double OwnSeconds() => Environment.CpuUsage.TotalTime.TotalSeconds + Children.ChildProcess.ProcessorTime.TotalSeconds;

    private static double? BusySeconds()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        // cpu user nice system idle iowait irq softirq steal …
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var ticks = fields.Skip(1).Take(8).Select(f => double.Parse(f, CultureInfo.InvariantCulture)).ToArray();
        return (ticks.Sum() - ticks[3] - ticks[4]) / TicksPerSecond;
    }
}
