namespace ActorPool.Benchmarks;

/// <summary>Medians and percentiles of small samples.</summary>
internal static class Quantiles
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The smallest value that at least the given part of the sample does not exceed; sorts the sample.</summary>
    public static double Quantile(double[] values, double part)
    {
        Array.Sort(values);
        return values[Math.Max(0, (int)Math.Ceiling(part * values.Length) - 1)];
    }
}
