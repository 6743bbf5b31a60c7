namespace ActorPool.Node.Demo;

/// <summary>Times of one way to do the work.</summary>
internal sealed class Times(IEnumerable<TimeSpan> runs)
{
    // A run of one row can be shorter than the clock's step, and no rate follows from 0.
    private readonly TimeSpan[] _sorted = [.. runs.Select(run => run > TimeSpan.Zero ? run : TimeSpan.FromTicks(1)).Order()];

    public TimeSpan Shortest => _sorted[0];

    public TimeSpan Longest => _sorted[^1];

    /// <summary>The middle one; of an even number, the mean of the two in the middle.</summary>
    public TimeSpan Median => (_sorted[(_sorted.Length - 1) / 2] + _sorted[_sorted.Length / 2]) / 2;
}

/// <summary>What one function of a row took.</summary>
/// <param name="Work">The function.</param>
/// <param name="Rows">Rows that each run went over.</param>
/// <param name="Sequential">Times of the plain loop.</param>
/// <param name="Pools">Times in pools of 1, 2, … workers.</param>
internal sealed record SpeedupMeasurement(RowWork Work, int Rows, Times Sequential, IReadOnlyList<Times> Pools)
{
    /// <summary>The plain loop's median divided by that of the pool with so many workers.</summary>
    public double Speedup(int workers) => Sequential.Median / Pools[workers - 1].Median;
}
