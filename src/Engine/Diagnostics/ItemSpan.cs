using System.Globalization;

namespace ActorPool.Diagnostics;

/// <summary>Describes neighbouring items of a job.</summary>
internal static class ItemSpan
{
    private const int MaxNamed = 8;

    /// <summary>Formats one span.</summary>
    /// <returns>For example <c>item 3</c> or <c>items 3 to 5</c>.</returns>
    public static string Format(long first, int count) => count == 1
        ? string.Create(CultureInfo.InvariantCulture, $"item {first}")
        : string.Create(CultureInfo.InvariantCulture, $"items {first} to {first + count - 1}");

    /// <summary>Formats spans of several jobs; the first ones by name, the rest as a number.</summary>
    public static string List(IEnumerable<(string Job, long First, int Count)> spans)
    {
        var all = spans.OrderBy(span => span.Job, StringComparer.Ordinal).ThenBy(span => span.First).ToArray();
        var named = string.Join(", ", all.Take(MaxNamed).Select(span => $"{Format(span.First, span.Count)} of [{span.Job}]"));
        return all.Length <= MaxNamed
            ? named
            : string.Create(CultureInfo.InvariantCulture, $"{named}, and {all.Length - MaxNamed} more chunks");
    }
}
