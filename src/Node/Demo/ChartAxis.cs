using System.Globalization;

namespace ActorPool.Node.Demo;

/// <summary>One axis of a chart from 0 to a limit, with its ticks.</summary>
/// <param name="Limit">The value at the axis's end; above 0.</param>
/// <param name="Step">The distance of two ticks: 1, 2 or 5 times a power of ten.</param>
/// <param name="Origin">The pixel of 0.</param>
/// <param name="End">The pixel of the limit; less than <paramref name="Origin"/> for an axis that goes up.</param>
internal sealed record ChartAxis(double Limit, double Step, double Origin, double End)
{
    /// <summary>The values of the ticks: above 0, up to the limit.</summary>
    public IEnumerable<double> Ticks => Enumerable.Range(1, (int)Math.Floor(Limit / Step + 1e-9)).Select(i => i * Step);

    /// <summary>Chooses the smallest usual step that gives at most <paramref name="maxTicks"/> ticks.</summary>
    /// <param name="limit">The value at the axis's end; above 0.</param>
    /// <param name="maxTicks">The largest number of ticks; 1 or more.</param>
    /// <param name="minStep">The smallest step that makes sense: half a worker, for example, does not.</param>
    public static double ChooseStep(double limit, int maxTicks, double minStep)
    {
        var smallest = Math.Max(limit / maxTicks, minStep);
        var power = Math.Pow(10, Math.Floor(Math.Log10(smallest)));
        return power * (smallest / power) switch { <= 1.000001 => 1, <= 2.000001 => 2, <= 5.000001 => 5, _ => 10 };
    }

    /// <summary>Formats a tick's value.</summary>
    public static string FormatValue(double value) => value.ToString("#,0.##########", CultureInfo.InvariantCulture);

    public double GetPixel(double value) => Origin + value / Limit * (End - Origin);
}
