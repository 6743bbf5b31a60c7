using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ActorPool.Tests.Conformance;

namespace ActorPool.Tests.Documentation;

/// <summary>The documentation agrees with the repository.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string s_root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(GetThisFile())!, "..", "..", ".."));

    private static readonly string[] s_verdicts = ["same", "adapted", "different", "n/a", "not covered"];

    [Fact]
    public void Each_case_that_a_test_cites_is_in_the_conformance_page()
    {
        var cases = ReadCases();

        Assert.All(
            FindCitedCases(),
            code => Assert.True(cases.ContainsKey(code), $"{code} is cited in tests/, but is not in docs/conformance.md."));
    }

    [Fact]
    public void Each_case_that_the_conformance_page_calls_tested_is_cited_by_a_test()
    {
        var cited = FindCitedCases();
        var cases = ReadCases();

        Assert.True(cases.Count > 300, $"Only {cases.Count} cases were found in docs/conformance.md.");
        Assert.All(cases, entry =>
        {
            var isTested = entry.Value is "same" or "adapted" or "different";
            var isKnown = s_verdicts.Contains(entry.Value, StringComparer.Ordinal);
            Assert.True(isKnown, $"{entry.Key} has the unknown verdict [{entry.Value}].");
            var isCited = cited.Contains(entry.Key);
            Assert.True(isTested == isCited, $"{entry.Key} is [{entry.Value}], but {(isTested ? "no" : "a")} test cites it.");
        });
    }

    [Fact]
    public void The_conformance_page_counts_its_verdicts()
    {
        var counts = ReadCases().Values.CountBy(verdict => verdict, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var line = string.Join(" · ", s_verdicts.Select(verdict => $"{verdict} {counts.GetValueOrDefault(verdict)}"));

        var page = File.ReadAllText(Path.Combine(s_root, "docs", "conformance.md")).ReplaceLineEndings(" ");
        Assert.Contains(line, page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_conformance_page_lists_the_cases_that_run_only_in_the_programs_process()
    {
        var marked = from type in typeof(ConformanceCases).Assembly.GetTypes()
                     where type.BaseType == typeof(ConformanceCases)
                     from method in type.GetMethods()
                     where method.GetCustomAttribute<FactAtAttribute>()?.Places is Places.Here
                         || method.GetCustomAttribute<TheoryAtAttribute>()?.Places is Places.Here
                     from code in CitedCase().Matches(method.Name)
                     select code.Value.Replace('_', '-');

        var page = File.ReadAllText(Path.Combine(s_root, "docs", "conformance.md"));
        var start = page.IndexOf("Only in the program's process:", StringComparison.Ordinal);
        var end = page.IndexOf("Not with worker processes:", StringComparison.Ordinal);
        var listed = CitedCase().Matches(page[start..end]).Select(code => code.Value);

        Assert.Equal(marked.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Links_between_pages_lead_to_files_and_headings()
    {
        var pages = Directory.EnumerateFiles(s_root, "*.md", SearchOption.AllDirectories)
            .Where(page => !Path.GetRelativePath(s_root, page).Split(Path.DirectorySeparatorChar)
                .Any(folder => folder is "bin" or "obj" or "TestResults"))
            .ToArray();
        var broken = new List<string>();
        foreach (var page in pages)
        {
            var links = Link().Matches(CodeBlock().Replace(File.ReadAllText(page), ""));
            foreach (var target in links.Select(link => link.Groups["target"].Value))
            {
                if (Uri.TryCreate(target, UriKind.Absolute, out _))
                    continue;
                var parts = target.Split('#');
                var file = parts[0].Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, parts[0]));
                if (!Path.Exists(file) || (parts.Length > 1 && !ReadAnchors(file).Contains(parts[1])))
                    broken.Add($"{Path.GetRelativePath(s_root, page)}: {target}");
            }
        }

        Assert.True(pages.Length > 3, "No pages were found.");
        Assert.Empty(broken);
    }

    [Fact]
    public void The_reliability_page_names_tests_and_marks_the_slow_ones()
    {
        var tests = ReadFaultTests();
        var cited = File.ReadLines(Path.Combine(s_root, "docs", "reliability.md"))
            .Where(line => FaultRow().IsMatch(line))
            .SelectMany(line => CitedTest().Matches(line.TrimEnd(' ', '|').Split('|')[^1]))
            .ToArray();

        var engine = Directory.EnumerateFiles(Path.Combine(s_root, "tests", "Engine.Tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension)
            .ToArray();

        Assert.True(cited.Length > 30, $"Only {cited.Length} tests were found in docs/reliability.md.");
        Assert.All(cited, test =>
        {
            var (name, marked) = (test.Groups["name"].Value, test.Groups["mark"].Value);
            var slow = tests
                .Where(one => string.Equals(one.Class, name, StringComparison.Ordinal) || one.Name.Contains(name, StringComparison.Ordinal))
                .Select(one => one.IsSlow).ToArray();
            var mark = slow switch
            {
                [] when engine.Contains(name, StringComparer.Ordinal) => "(Engine.Tests)",
                [] => "not a test",
                _ when slow.All(isSlow => isSlow) => "(Slow)",
                _ => slow.Any(isSlow => isSlow) ? "(in part Slow)" : "",
            };
            Assert.True(string.Equals(mark, marked, StringComparison.Ordinal), $"{name} is marked [{marked}], and should be [{mark}].");
        });
    }

    /// <summary>Reads which tests there are in Cluster.Tests, and which of them are Category=Slow.</summary>
    private static (string Class, string Name, bool IsSlow)[] ReadFaultTests() =>
    [
        .. from file in Directory.EnumerateFiles(Path.Combine(s_root, "tests", "Cluster.Tests"), "*Tests.cs", SearchOption.AllDirectories)
           from test in TestMethod().Matches(File.ReadAllText(file))
           let isSlow = test.Groups["attributes"].Value.Contains("[Trait(\"Category\", \"Slow\")]", StringComparison.Ordinal)
           select (Path.GetFileNameWithoutExtension(file), test.Groups["name"].Value, isSlow),
    ];

    /// <summary>Finds the codes that tests cite, written as on the page, such as MP-04.</summary>
    private static HashSet<string> FindCitedCases() =>
        Directory.EnumerateFiles(Path.Combine(s_root, "tests", "Engine.Tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => CitedCase().Matches(File.ReadAllText(file)))
            .Select(cited => cited.Value.Replace('_', '-')).ToHashSet(StringComparer.Ordinal);

    /// <summary>Reads the cases of the page with their verdicts.</summary>
    /// <remarks>A verdict is the last cell up to a colon.</remarks>
    private static Dictionary<string, string> ReadCases() =>
        File.ReadLines(Path.Combine(s_root, "docs", "conformance.md"))
            .Select(line => CaseRow().Match(line))
            .Where(row => row.Success)
            .ToDictionary(row => row.Groups["code"].Value, row => row.Groups["verdict"].Value, StringComparer.Ordinal);

    /// <summary>Reads the headings of a page and returns the anchors that GitHub gives them.</summary>
    private static HashSet<string> ReadAnchors(string file) =>
        File.ReadLines(file).Where(line => line.StartsWith('#'))
            .Select(line => NotInAnchors().Replace(line.TrimStart('#').Trim(), "").Replace(' ', '-').ToLowerInvariant())
            .ToHashSet(StringComparer.Ordinal);

    private static string GetThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex(
        "(?<![A-Za-z0-9])(M[PWLIXBEARUNCS]|EX|PP|TP|SH|IP|DL|IN|WT|AC|FU|RY|RA|DK|JB|LK|PB|EL|JL|GV)[_-][0-9]{2}[ab]?(?![0-9A-Za-z])",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex CitedCase();

    [GeneratedRegex(
        @"^\| (?<code>[A-Z]{2}-[0-9]{2}[ab]?) \|.*\| (?<verdict>[^|:]+)(:[^|]*)? \|$",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex CaseRow();

    /// <remarks>A row of what happens when something fails: its last cell starts with a test.</remarks>
    [GeneratedRegex(@"^\| .*\| `\w+`[^|]* \|$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex FaultRow();

    [GeneratedRegex(@"`(?<name>\w+)`( (?<mark>\([^)]*\)))?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex CitedTest();

    [GeneratedRegex(
        @"(?<attributes>(^ +\[[^\n]*\]\s*\n)+) +public (async )?(Task|void) (?<name>\w+)\(",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Link();

    [GeneratedRegex("```.*?```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("[^\\p{L}\\p{N} _-]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex NotInAnchors();
}
