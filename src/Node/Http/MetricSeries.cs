using System.Globalization;
using System.Text;

namespace ActorPool.Node.Http;

/// <summary>The values of one metric with one combination of tags.</summary>
/// <param name="buckets">The bounds of a histogram; 0 for others.</param>
internal sealed class MetricSeries(int buckets)
{
    private readonly Lock _lock = new();
    private readonly long[] _counts = new long[buckets + 1]; // the last one is beyond all bounds
    private double _value; // a histogram's sum

    public void Add(double value)
    {
        lock (_lock)
            _value += value;
    }

    public void Set(double value)
    {
        lock (_lock)
            _value = value;
    }

    /// <summary>Counts a value in its bucket: the first whose bound is not below it.</summary>
    public void Observe(double value, double[] bounds)
    {
        var at = Array.BinarySearch(bounds, value) is var found && found >= 0 ? found : ~found;
        lock (_lock)
        {
            _counts[at]++;
            _value += value;
        }
    }

    public void Write(StringBuilder text, string name, string labels, double[] bounds, MetricKind kind)
    {
        double value;
        long[] counts;
        lock (_lock)
            (value, counts) = (_value, [.. _counts]);
        if (kind is not MetricKind.Histogram)
        {
            WriteLine(text, name, labels, value);
            return;
        }
        var total = 0L;
        foreach (var (i, count) in counts.Index())
        {
            total += count;
            var bound = $"le=\"{(i < bounds.Length ? Format(bounds[i]) : "+Inf")}\"";
            WriteLine(text, $"{name}_bucket", labels.Length > 0 ? $"{labels},{bound}" : bound, total);
        }
        WriteLine(text, $"{name}_sum", labels, value);
        WriteLine(text, $"{name}_count", labels, total);
    }

    private static void WriteLine(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Format(value)).Append('\n');
    }

    private static string Format(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);
}
