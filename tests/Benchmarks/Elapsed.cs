using System.Diagnostics;

namespace ActorPool.Benchmarks;

/// <summary>Time since a timestamp, as fine as the clock has it: a <see cref="TimeSpan"/> stops at 100 ns.</summary>
internal static class Elapsed
{
    public static double Milliseconds(long since) => Milliseconds(since, Stopwatch.GetTimestamp());
    public static double Milliseconds(long since, long until) => (until - since) * 1e3 / Stopwatch.Frequency;
}
