using System.Globalization;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Support;

/// <summary>What a process holds: to be the same after a fault as before.</summary>
internal sealed record Resources(IReadOnlyList<string> Open, int Threads)
{
    /// <summary>Threads of the runtime's own come and go, and a log file may be open.</summary>
    private const int Tolerance = 12;

    public static Resources Of(int process) => new(
        [.. Directory.GetFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd")).Select(TargetOf).Where(open => !open.EndsWith(".dll", StringComparison.Ordinal))], // assemblies are kept
        Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task")).Length);

    public int Descriptors => Open.Count;

    public override string ToString() => $"{Descriptors} descriptors, {Threads} threads";

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
            var more = now.Open.CountBy(open => open, StringComparer.Ordinal).Select(open => (open.Key, Count: open.Value - before.Open.Count(one => one.Equals(open.Key, StringComparison.Ordinal)))).Where(open => open.Count > 0);
            throw new HangException($"{e.Message} Before: {before}, now: {now}; more of {string.Join(", ", more)}.", e);
        }
    }

    private static string TargetOf(string descriptor)
    {
        try
        {
            return (File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name ?? "").Split(':')[0]; // socket:[123]
        }
        catch (IOException)
        {
            return ""; // closed meanwhile
        }
    }
}
