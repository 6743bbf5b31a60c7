using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ActorPool.Tests.Examples;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorPool.Tests.Documentation;

/// <summary>A block of C# that a reader copies has the namespaces that it needs.</summary>
public sealed partial class SnippetTests
{
    private static readonly Dictionary<string, HashSet<string>> s_names = FindNames();

    private static readonly string[] s_folders = ["", "docs", "samples", "config", "deploy"];

    public static TheoryData<string> Pages =>
        [.. s_folders.SelectMany(folder => Directory.GetFiles(Path.Combine(Readme.Root, folder), "*.md"))
            .Select(path => Path.GetRelativePath(Readme.Root, path))
            .Where(page => Readme.ListBlocks(File.ReadAllText(Path.Combine(Readme.Root, page))).Any())];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_block_of_a_page_has_the_usings_that_it_needs(string page)
    {
        var isReadme = page is "README.md";
        var before = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (section, code) in Readme.ListBlocks(File.ReadAllText(Path.Combine(Readme.Root, page))))
        {
            // In the README a reader starts at any block but those of the section that goes on with the first one.
            if (isReadme)
                before = section is "Examples" ? ["ActorPool"] : [];
            before.UnionWith(FindUsings(code));

            var missing = FindNeeded(code).Where(needed => !before.Contains(needed.Namespace)).Select(needed => $"{needed}").ToArray();

            Assert.True(missing.Length == 0, $"{page} needs usings: {string.Join(", ", missing)} in\n{code}");
        }
    }

    [Fact]
    public void A_block_without_its_usings_is_found()
    {
        const string Code = """
            builder.Services.AddActorPool();     // Props
            await using var test = PoolTest.Start(new WorkerPoolOptions { Name = "Schedule" });
            logger.LogInformation("");
            var props = node.Props;
            """;

        string[] found =
            [.. FindNeeded(Code).Select(needed => needed.Namespace).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string[] usings = [.. FindUsings("using ActorPool.TestKit;\nusing var x = y;\n")];

        Assert.Equal(["ActorPool", "ActorPool.Hosting", "ActorPool.TestKit", "Microsoft.Extensions.Logging"], found);
        Assert.Equal(["ActorPool.TestKit"], usings);
    }

    private static IEnumerable<string> FindUsings(string code) => Using().Matches(code).Select(match => match.Groups["namespace"].Value);

    /// <summary>Lists the names that a block uses, with their namespaces.</summary>
    /// <remarks>Those in comments and texts do not count.</remarks>
    private static IEnumerable<(string Namespace, string Name)> FindNeeded(string code)
    {
        var bare = CommentOrText().Replace(Using().Replace(code, ""), "");
        return from Match match in Name().Matches(bare)
               from pair in s_names
               where pair.Value.Contains(match.Value)
               select (pair.Key, match.Value);
    }

    /// <summary>Finds the types and the extension methods of each namespace.</summary>
    /// <remarks>Extension methods have the dot before them.</remarks>
    private static Dictionary<string, HashSet<string>> FindNames()
    {
        var names = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var files = Directory.GetFiles(Path.Combine(Readme.Root, "src"), "PublicAPI.*.txt", SearchOption.AllDirectories);
        foreach (var line in files.SelectMany(File.ReadLines))
        {
            if (PublicType().Match(line) is { Success: true } type)
                Add(type.Groups["namespace"].Value, type.Groups["name"].Value);
            if (ExtensionMethod().Match(line) is { Success: true } method)
                Add(method.Groups["namespace"].Value, $".{method.Groups["name"].Value}");
        }
        foreach (var type in typeof(IActorRef).Assembly.GetExportedTypes().Concat(typeof(ILogger).Assembly.GetExportedTypes())
            .Where(type => type is { Namespace: "Akka.Actor" or "Microsoft.Extensions.Logging", IsNested: false }))
        {
            Add(type.Namespace!, type.Name.Split('`')[0]);
            foreach (var method in type.GetMethods().Where(method => method.IsDefined(typeof(ExtensionAttribute))))
                Add(type.Namespace!, $".{method.Name}");
        }
        return names;

        void Add(string space, string name)
        {
            if (!names.TryGetValue(space, out var known))
                names.Add(space, known = new HashSet<string>(StringComparer.Ordinal));
            known.Add(name);
        }
    }

    [GeneratedRegex(
        "^using (?<namespace>[A-Z][A-Za-z.]*);$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Using();

    [GeneratedRegex("//[^\n]*|\"[^\"\n]*\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CommentOrText();

    [GeneratedRegex(@"\.?\b[A-Z]\w*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    [GeneratedRegex(
        @"^(?<namespace>ActorPool(\.\w+)??)\.(?<name>\w+)(<[\w, ]+>)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PublicType();

    [GeneratedRegex(
        @"^static (?<namespace>ActorPool(\.\w+)??)\.\w+\.(?<name>\w+)(<[\w, ]+>)?\(this ",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ExtensionMethod();
}
