using System.Text.RegularExpressions;

namespace ActorPool.Benchmarks.Children;

/// <summary>Patterns of the lines that peers print.</summary>
internal static partial class Patterns
{
    /// <summary>The line of a child that serves, with its ports.</summary>
    [GeneratedRegex(@"^ready(?: (?<port>\d+))*$", RegexOptions.ExplicitCapture, 1000)]
    public static partial Regex Ready { get; }

    /// <summary>The address of a node.</summary>
    [GeneratedRegex(@"(?<address>(127\.0\.0\.1|localhost|\[::1\]):[1-9]\d*)", RegexOptions.ExplicitCapture, 1000)]
    public static partial Regex Address { get; }

    /// <summary>An answer of numbers.</summary>
    [GeneratedRegex(@"^[-+.\deE]+( [-+.\deE]+)*$", RegexOptions.ExplicitCapture, 1000)]
    public static partial Regex Numbers { get; }
}
