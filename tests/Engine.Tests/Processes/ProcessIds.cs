using System.Diagnostics;
using System.Globalization;
using ActorPool.Processes;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Processes;

/// <summary>Reads which processes a worker process has started, and waits for their end.</summary>
internal static class ProcessIds
{
    /// <summary>How soon a worker ends after its parent, with allowance for a busy machine.</summary>
    public static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    /// <summary>Reads lines up to <see cref="ChildHandlers.ReadyLine"/>, and those before it as ids.</summary>
    public static async Task<List<int>> ReadIdsUntilReady(this ChildProcess child)
    {
        var ids = new List<int>();
        while (await child.ReadLine() is var line && line is not ChildHandlers.ReadyLine)
            ids.Add(int.Parse(line, CultureInfo.InvariantCulture));
        return ids;
    }

    public static async Task<string> ReadLine(this ChildProcess child) =>
        (await child.Lines.ReadAsync().Within("a line of the child")).Text;

    /// <summary>Waits until none of them runs, and checks how long that has taken.</summary>
    public static async Task EndInTime(this IReadOnlyCollection<int> ids)
    {
        var watch = Stopwatch.StartNew();
        await Deadline.Until(() => !ids.Any(IsRunning), $"the end of {string.Join(", ", ids)}");
        Assert.True(watch.Elapsed < EndLimit, $"The end has taken [{watch.Elapsed}].");
    }

    /// <remarks>A process that nobody has waited for has ended too: in a container there may be nobody who does.</remarks>
    public static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            if (!OperatingSystem.IsLinux())
                return !process.HasExited;
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (Exception e) when (e is ArgumentException or IOException or InvalidOperationException)
        {
            return false;
        }
    }
}
