using System.Globalization;

namespace ActorPool.Values;

/// <summary>Writes what a probe found, the same in every culture.</summary>
public static class Answer
{
    /// <summary>How the answer of a probe begins that threw.</summary>
    public const string Threw = "threw";

    /// <summary>Writes values one after another.</summary>
    public static string Of(params object?[] parts) => string.Join(' ', parts.Select(Write));

    /// <summary>Writes items in their order.</summary>
    public static string Items<T>(IEnumerable<T> items) => $"[{string.Join(',', items.Select(item => Write(item)))}]";

    /// <summary>Writes items whose order means nothing.</summary>
    public static string Sorted<T>(IEnumerable<T> items) =>
        $"[{string.Join(',', items.Select(item => Write(item)).Order(StringComparer.Ordinal))}]";

    private static string Write(object? value) => value switch
    {
        null => "null",
        string text => string.Concat(text.Select(c => c is >= ' ' and < (char)127 ? $"{c}" : $"\\u{(int)c:x4}")),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
