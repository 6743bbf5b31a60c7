using System.Globalization;

namespace ActorPool.Node.Demo;

/// <summary>The times of all runs of one way to do the work.</summary>
internal sealed class Times(IEnumerable<TimeSpan> runs)
{
    // A run of one row can be shorter than the clock's resolution, and a time of 0 gives no rate.
    private readonly TimeSpan[] _sorted = [.. runs.Select(run => run > TimeSpan.Zero ? run : TimeSpan.FromTicks(1)).Order()];

    public TimeSpan Min => _sorted[0];

    public TimeSpan Max => _sorted[^1];

    /// <summary>The middle time, or the mean of the two in the middle.</summary>
    public TimeSpan Median => (_sorted[(_sorted.Length - 1) / 2] + _sorted[_sorted.Length / 2]) / 2;
}

/// <summary>The times of one function of a row.</summary>
/// <param name="Work">The function.</param>
/// <param name="Rows">Rows of each run.</param>
/// <param name="Sequential">Times of the plain loop.</param>
/// <param name="Pools">Times in pools of 1, 2, … workers of this process, or in one pool over a cluster.</param>
internal sealed record SpeedupMeasurement(RowWork Work, int Rows, Times Sequential, IReadOnlyList<PoolTimes> Pools)
{
    /// <summary>Computes the plain loop's median divided by the pool's.</summary>
    public double GetSpeedup(PoolTimes pool) => Sequential.Median / pool.Times.Median;
}

/// <summary>Times in one pool.</summary>
/// <param name="Workers">Workers that the pool had.</param>
/// <param name="Times">Its times.</param>
internal sealed record PoolTimes(int Workers, Times Times)
{
    public string Name { get; } = Workers == 1 ? "1 worker" : string.Create(CultureInfo.InvariantCulture, $"{Workers:N0} workers");
}
