using System.Text.RegularExpressions;
using ActorPool.Diagnostics;
using ActorPool.Tests.Architecture;
using Akka.Event;

namespace ActorPool.Tests.Diagnostics;

public sealed partial class LogKindsTests
{
    private static readonly LogKind[] s_kinds = [.. typeof(LogKinds).GetFields().Select(field => field.GetValue(null)).OfType<LogKind>()];

    [Fact]
    public void Each_line_of_the_engine_has_a_kind_and_each_kind_a_number()
    {
        var lines = typeof(Log).GetMethods().Where(method => method.IsStatic).Select(method => method.Name);

        Assert.Equal(lines.Order(StringComparer.Ordinal), s_kinds.Select(kind => kind.Name).Order(StringComparer.Ordinal));
        Assert.Equal(s_kinds.Length, s_kinds.DistinctBy(kind => kind.Id).Count());
    }

    [Fact]
    public void The_page_about_services_lists_all_kinds()
    {
        var page = File.ReadAllText(Path.Combine(Source.Root, "docs", "hosting.md"));
        var listed = Row().Matches(page)
            .Select(row => $"{row.Groups["id"].Value} {row.Groups["name"].Value} {row.Groups["category"].Value}")
            .Where(row => row[0] < '8'); // the others are of ActorPool.Hosting

        Assert.Equal(
            s_kinds.Select(kind => $"{kind.Id} {kind.Name} {kind.Category}").Order(StringComparer.Ordinal),
            listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_message_puts_its_values_into_its_template_whatever_they_contain()
    {
        var message = new EngineMessage(
            SemanticLogMessageFormatter.Instance, LogKinds.NodeJoined, "[{Node}] adds [{Workers}] to {Pool}.", "{Workers}", 1.5, null);

        Assert.Equal("[{Workers}] adds [1.5] to .", message.ToString());
        Assert.Equal(["Node", "Workers", "Pool"], message.PropertyNames);
    }

    [GeneratedRegex(
        @"^\| (?<id>\d{3}) \| `(?<name>\w+)` \| `(?<category>[\w.]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
