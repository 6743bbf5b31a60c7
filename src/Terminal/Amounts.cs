using System.Globalization;

namespace ActorPool.Terminal;

/// <summary>Writes numbers, times and speeds for people, in the same way in every culture.</summary>
internal static class Amounts
{
    public static string Format(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Formats a time.</summary>
    /// <returns>For example <c>0.8 s</c>, <c>42 s</c>, <c>3 m 05 s</c>, <c>2 h 07 m</c>, <c>1 d 04 h</c>.</returns>
    public static string Format(TimeSpan time) => time switch
    {
        { TotalSeconds: < 9.95 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalSeconds: < 59.5 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} m {time.Seconds:00} s"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Hours} h {time.Minutes:00} m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.Days:N0} d {time.Hours:00} h"),
    };

    /// <summary>Formats a speed.</summary>
    /// <param name="rate">Items a second.</param>
    /// <returns>For example <c>1,234/s</c>, <c>4.2/s</c>, <c>12.0/min</c>.</returns>
    public static string FormatRate(double rate) => rate switch
    {
        >= 10 => string.Create(CultureInfo.InvariantCulture, $"{rate:N0}/s"),
        >= 1 => string.Create(CultureInfo.InvariantCulture, $"{rate:0.0}/s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{rate * 60:0.0}/min"),
    };

    /// <summary>Formats how much is done.</summary>
    /// <returns>The whole percents, rounded down: 100 only when all is done.</returns>
    public static string FormatPercent(long done, long total) =>
        string.Create(CultureInfo.InvariantCulture, $"{(total == 0 ? 100 : Math.Floor(100.0 * done / total)):0}%");
}
