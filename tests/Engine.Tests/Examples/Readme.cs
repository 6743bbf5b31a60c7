using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace ActorPool.Tests.Examples;

/// <summary>The README, and the blocks of C# in pages such as it.</summary>
internal static partial class Readme
{
    /// <summary>The folder of the repository.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Folder, "..", "..", ".."));

    /// <summary>The folder of these files.</summary>
    public static string Folder => Path.GetDirectoryName(GetThisFile())!;

    public static string Text { get; } = File.ReadAllText(Path.Combine(Root, "README.md"));

    /// <summary>Lists the blocks of C# in a page, each with the heading of its section.</summary>
    public static IEnumerable<(string Section, string Code)> ListBlocks(string page)
    {
        var section = "";
        foreach (Match match in SectionOrBlock().Matches(page))
        {
            if (match.Groups["code"] is { Success: true, Value: var code })
                yield return (section, code);
            else
                section = match.Groups["section"].Value;
        }
    }

    private static string GetThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex(
        "```csharp\n(?<code>.*?)```|^## (?<section>[^\n]+)",
        RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex SectionOrBlock();
}
