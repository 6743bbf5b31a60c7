using System.Diagnostics;

namespace ActorPool.Benchmarks;

/// <summary>Measures time since a timestamp.</summary>
/// <remarks>With the resolution of the clock: a <see cref="TimeSpan"/> has only 100 ns.</remarks>
internal static class Elapsed
{
    public static double Milliseconds(long since) => Milliseconds(since, Stopwatch.GetTimestamp());
    public static double Milliseconds(long since, long until) => (until - since) * 1e3 / Stopwatch.Frequency;
}
