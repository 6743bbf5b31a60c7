using System.Globalization;

namespace ActorPool.Diagnostics;

/// <summary>Writes counts with their nouns for people.</summary>
internal static class CountText
{
    /// <summary>Writes <c>1 worker</c> or <c>4 workers</c>.</summary>
    public static string Format(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
