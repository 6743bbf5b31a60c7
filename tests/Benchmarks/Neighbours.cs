using System.Diagnostics;
using System.Globalization;

namespace ActorPool.Benchmarks;

/// <summary>Measures how busy other processes keep the machine; on Linux only.</summary>
internal sealed class Neighbours
{
    // The kernel counts in hundredths of a second, independently of its tick.
    private const double TicksPerSecond = 100;

    private readonly double? _busy = GetBusySeconds();
    private readonly double _own = GetOwnSeconds();
    private readonly long _start = Stopwatch.GetTimestamp();

    public static Neighbours Watch() => new();

    /// <summary>Gets the part of all processors that other processes used since <see cref="Watch"/>.</summary>
    /// <returns>0 to 1, without this process and its descendants; null where it cannot be measured.</returns>
    public double? GetShare()
    {
        if (_busy is not { } before || GetBusySeconds() is not { } after)
            return null;
        var others = after - before - (GetOwnSeconds() - _own);
        return Math.Clamp(others / (Stopwatch.GetElapsedTime(_start).TotalSeconds * Environment.ProcessorCount), 0, 1);
    }

    // Of this process, its ended children, and the tree of its running children with their ended ones.
    private static double GetOwnSeconds()
    {
        if (!OperatingSystem.IsLinux())
            return 0;
        var all = ReadProcesses().ToList();
        var children = all.ToLookup(p => p.Parent);
        var self = all.Single(p => p.Id == Environment.ProcessId);
        return Environment.CpuUsage.TotalTime.TotalSeconds + ((self.Ended + children[self.Id].Sum(GetTreeTicks)) / TicksPerSecond);

        double GetTreeTicks((int Id, int Parent, double Own, double Ended) process) =>
            process.Own + process.Ended + children[process.Id].Sum(GetTreeTicks);
    }

    private static IEnumerable<(int Id, int Parent, double Own, double Ended)> ReadProcesses()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var id))
                continue;
            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(directory, "stat"));
            }
            catch (IOException)
            {
                continue; // the process has ended
            }
            // pid (name) state ppid … with utime, stime, cutime and cstime as the 14th to 17th field; a name may have any characters
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = fields[11..15].Select(f => double.Parse(f, CultureInfo.InvariantCulture)).ToArray();
            yield return (id, int.Parse(fields[1], CultureInfo.InvariantCulture), ticks[0] + ticks[1], ticks[2] + ticks[3]);
        }
    }

    private static double? GetBusySeconds()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        // cpu user nice system idle iowait irq softirq steal …
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var ticks = fields.Skip(1).Take(8).Select(f => double.Parse(f, CultureInfo.InvariantCulture)).ToArray();
        return (ticks.Sum() - ticks[3] - ticks[4]) / TicksPerSecond;
    }
}
