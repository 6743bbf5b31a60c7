using System.Globalization;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Support;

/// <summary>What a process holds: to be the same after a fault as before.</summary>
internal sealed record Resources(int Descriptors, int Threads)
{
    /// <summary>Threads of the runtime's own come and go, and a log file may be open.</summary>
    private const int Tolerance = 12;

    public static Resources Of(int process) => new(
        Directory.GetFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd")).Length,
        Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task")).Length);

    /// <summary>Waits until the process has no more than it had.</summary>
    public static async Task ReturnToAsync(Resources before, int process, string whose)
    {
        var now = before;
        try
        {
            await Deadline.Until(() =>
            {
                now = Of(process);
                return now.Descriptors <= before.Descriptors + Tolerance && now.Threads <= before.Threads + Tolerance;
            }, $"{whose} to let go of what it held");
        }
        catch (HangException e)
        {
            throw new HangException($"{e.Message} Before: {before}, now: {now}.", e);
        }
    }
}
