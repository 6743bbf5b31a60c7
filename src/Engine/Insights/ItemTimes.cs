namespace ActorPool.Insights;

/// <summary>Counts items by their time.</summary>
/// <remarks>There are three classes for each power of ten, from 1 µs to 1,000 s.</remarks>
internal sealed class ItemTimes(ItemTimes? before)
{
    private const int PerDecade = 3;
    private const int Decades = 9;
    private const double Lowest = 1e-6; // seconds

    private static readonly TimeSpan[] s_edges = [.. Enumerable.Range(0, PerDecade * Decades + 1)
        .Select(i => TimeSpan.FromSeconds(Lowest * Math.Pow(10, i / (double)PerDecade)))];

    private readonly long[] _counts = [.. before?._counts ?? new long[s_edges.Length + 1]];

    /// <param name="seconds">The mean time of some items.</param>
    /// <param name="items">How many.</param>
    public void Add(double seconds, int items) => _counts[FindClass(seconds)] += items;

    public TimeHistogram ToHistogram() => new(s_edges, [.. _counts]);

    private static int FindClass(double seconds) => seconds < Lowest
        ? 0
        : Math.Min(s_edges.Length, 1 + (int)(PerDecade * Math.Log10(seconds / Lowest)));
}
