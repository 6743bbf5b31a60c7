using System.Globalization;
using System.Text.RegularExpressions;

namespace ActorPool.Tests.Architecture;

/// <summary>Source lines and summaries are short enough to read.</summary>
public sealed partial class ProseTests
{
    private const int MaxSummaryWords = 15;
    private const int TimeoutMilliseconds = 10_000;

    [Fact]
    public void No_line_is_longer_than_editorconfig_says()
    {
        var setting = MaxLineLength().Match(File.ReadAllText(Path.Combine(Source.Root, ".editorconfig")));
        var max = int.Parse(setting.Groups["max"].Value, CultureInfo.InvariantCulture);
        var found = from file in Source.GetAllFiles()
                    from line in File.ReadLines(file).Index()
                    where line.Item.Length > max
                    select $"{Path.GetRelativePath(Source.Root, file)}:{line.Index + 1}: {line.Item.Length} of {max} columns";
        Assert.Empty(found);
    }

    [Fact]
    public void No_summary_has_more_than_fifteen_words()
    {
        var found = from file in Source.GetAllFiles()
                    from summary in Summary().Matches(File.ReadAllText(file))
                    let words = CountWords(summary.Groups["text"].Value)
                    where words > MaxSummaryWords
                    select $"{Path.GetRelativePath(Source.Root, file)}: {words} words; the rest goes into <remarks>: {summary.Value}";
        Assert.Empty(found);
    }

    /// <summary>Counts words; a reference counts as one.</summary>
    private static int CountWords(string summary) => Tag().Replace(Reference().Replace(summary, "reference"), "")
        .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        .Count(word => word.Any(char.IsLetterOrDigit));

    [GeneratedRegex(@"max_line_length = (?<max>\d+)", RegexOptions.ExplicitCapture, TimeoutMilliseconds)]
    private static partial Regex MaxLineLength();

    [GeneratedRegex(
        "^ */// <summary>(?<text>.*?)</summary>",
        RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        TimeoutMilliseconds)]
    private static partial Regex Summary();

    [GeneratedRegex("<(see|paramref|typeparamref)[^>]*/>", RegexOptions.ExplicitCapture, TimeoutMilliseconds)]
    private static partial Regex Reference();

    [GeneratedRegex("<[^>]*>", RegexOptions.None, TimeoutMilliseconds)]
    private static partial Regex Tag();
}
