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

    /// <summary>The part of all processors that others used since <see cref="Watch"/>; this process and those below it are no others.</summary>
    public double? Share()
    {
        if (_busy is not { } before || BusySeconds() is not { } after)
            return null;
        var others = after - before - (OwnSeconds() - _own);
        return Math.Clamp(others / (Stopwatch.GetElapsedTime(_start).TotalSeconds * Environment.ProcessorCount), 0, 1);
    }

    // Of this process, its ended children, and the tree of the living ones with what ended below them.
    private static double OwnSeconds()
    {
        if (!OperatingSystem.IsLinux())
            return 0;
        var all = Processes().ToList();
        var children = all.ToLookup(p => p.Parent);
        var self = all.Single(p => p.Id == Environment.ProcessId);
        return Environment.CpuUsage.TotalTime.TotalSeconds + ((self.Ended + children[self.Id].Sum(Tree)) / TicksPerSecond);

        double Tree((int Id, int Parent, double Own, double Ended) process) => process.Own + process.Ended + children[process.Id].Sum(Tree);
    }

    private static IEnumerable<(int Id, int Parent, double Own, double Ended)> Processes()
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
                continue; // ended meanwhile
            }
            // pid (name) state ppid … with utime, stime, cutime and cstime as the 14th to 17th; a name may have anything in it
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = fields[11..15].Select(f => double.Parse(f, CultureInfo.InvariantCulture)).ToArray();
            yield return (id, int.Parse(fields[1], CultureInfo.InvariantCulture), ticks[0] + ticks[1], ticks[2] + ticks[3]);
        }
    }

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
