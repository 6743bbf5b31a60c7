namespace ActorPool.Benchmarks;

/// <summary>Medians and percentiles of small samples.</summary>
internal static class Quantiles
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Finds the value that the given part of the sample does not exceed.</summary>
    /// <remarks>Sorts <paramref name="values"/>. The result is the smallest value that at least that part does not exceed.</remarks>
    public static double Quantile(double[] values, double part)
    {
        Array.Sort(values);
        return values[Math.Max(0, (int)Math.Ceiling(part * values.Length) - 1)];
    }
}
