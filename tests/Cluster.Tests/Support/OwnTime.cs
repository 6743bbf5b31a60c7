using System.Globalization;

namespace ActorPool.ClusterTests.Support;

/// <summary>Measures time without the share that other processes took of the processors.</summary>
/// <remarks>
/// For limits that are promised on a machine without other work. While other processes use half of the processors, a second counts as
/// half a second. This process, its ended children and the test's nodes are not other processes. If nothing else runs, this is the time on
/// the clock.
/// </remarks>
internal sealed class OwnTime
{
    private const double TicksPerSecond = 100; // of /proc, on every Linux (USER_HZ)

    private readonly IReadOnlyCollection<ClusterNode> _nodes;
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly double _othersAtStart;

    private OwnTime(IReadOnlyCollection<ClusterNode> nodes) => (_nodes, _othersAtStart) = (nodes, ReadOthersTime(nodes));

    /// <param name="nodes">The test's nodes; more may be added. Their work does not count as that of others.</param>
    public static OwnTime Start(IReadOnlyCollection<ClusterNode> nodes) => new(nodes);

    /// <summary>The time since the start, without the share of others.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            var elapsed = TimeProvider.System.GetElapsedTime(_started);
            var others = Math.Max(0, ReadOthersTime(_nodes) - _othersAtStart) / Environment.ProcessorCount;
            return elapsed - TimeSpan.FromSeconds(Math.Min(others, elapsed.TotalSeconds));
        }
    }

    /// <summary>Reads how many seconds of processor time others have used since the machine started.</summary>
    private static double ReadOthersTime(IReadOnlyCollection<ClusterNode> nodes)
    {
        // cpu user nice system idle iowait irq softirq steal guest guest_nice; user and nice include guest and guest_nice (proc(5)).
        var all = ParseNumbers(File.ReadLines("/proc/stat").First()["cpu".Length..]);
        var busy = all[0] + all[1] + all[2] + all[5] + all[6] + all[7];
        var own = ReadTicks(Environment.ProcessId, withChildren: true) + nodes.Sum(node => ReadTicks(node.Id, withChildren: false));
        return (busy - own) / TicksPerSecond;
    }

    /// <summary>Reads the ticks that a process has used.</summary>
    /// <remarks>Those of a child are included when the process has waited for its end.</remarks>
    private static long ReadTicks(int process, bool withChildren)
    {
        try
        {
            var line = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            // The name, in brackets, may contain anything. After it: the state and ten more fields, then utime, stime, cutime, cstime.
            var fields = line[(line.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return ParseNumbers(string.Join(' ', fields[11..(withChildren ? 15 : 13)])).Sum();
        }
        catch (IOException)
        {
            return 0; // it has ended, and is included in its parent
        }
    }

    private static long[] ParseNumbers(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
}
