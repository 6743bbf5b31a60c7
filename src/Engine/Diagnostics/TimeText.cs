using System.Globalization;

namespace ActorPool.Diagnostics;

/// <summary>Writes durations for people.</summary>
internal static class TimeText
{
    private static readonly (double Unit, string Name)[] s_units = [(1, "s"), (1e-3, "ms"), (1e-6, "µs")];

    /// <summary>Writes a time with two digits and its unit, such as <c>3.2 ms</c>.</summary>
    public static string Format(double seconds)
    {
        var (unit, name) = s_units.FirstOrDefault(one => seconds >= one.Unit, s_units[^1]);
        var value = seconds / unit;
        return $"{value.ToString(value < 10 ? "0.#" : "0", CultureInfo.InvariantCulture)} {name}";
    }
}
