using System.Text;
using System.Text.RegularExpressions;
using Acornima;
using ActorPool.Node.Tests;

namespace ActorPool.Dashboard.Tests;

public sealed partial class PageFilesTests
{
    private const int TimeoutMilliseconds = 10_000;

    public static TheoryData<string> Paths => [.. PageFiles.All.Select(file => file.Path)];

    public static TheoryData<string> Scripts =>
        [.. PageFiles.All.Select(file => file.Path).Where(path => path.EndsWith(".js", StringComparison.Ordinal))];

    [Fact]
    public void Each_file_in_the_folder_is_found_by_its_path()
    {
        var folder = Path.Combine(Repository.Root, "src", "Dashboard", "Page");
        var expected = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => "/" + Path.GetRelativePath(folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(expected);
        Assert.Equal(expected, PageFiles.All.Select(file => file.Path).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(expected, path => Assert.Equal(path, PageFiles.Find(path)?.Path));
    }

    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/app.js", "text/javascript; charset=utf-8")]
    [InlineData("/style.css", "text/css; charset=utf-8")]
    [InlineData("/icon.svg", "image/svg+xml")]
    [InlineData("/vendor/preact.LICENSE.txt", "text/plain; charset=utf-8")]
    public void A_file_has_the_content_type_of_its_kind(string path, string contentType) =>
        Assert.Equal(contentType, PageFiles.Find(path)?.ContentType);

    [Theory]
    [InlineData("")]
    [InlineData("/APP.JS")]
    [InlineData("app.js")]
    [InlineData("/../Dashboard.csproj")]
    [InlineData("/vendor/")]
    public void Any_other_path_has_no_file(string path) => Assert.Null(PageFiles.Find(path));

    [Fact]
    public void Files_that_differ_have_etags_that_differ()
    {
        Assert.All(PageFiles.All, file => Assert.Matches("^\"[0-9a-f]{32}\"$", file.ETag));
        Assert.Equal(PageFiles.All.Count, PageFiles.All.Select(file => file.ETag).Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void No_file_refers_to_an_outside_address(string path) =>
        Assert.Empty(Outside().Matches(GetText(path)).Select(match => match.Value));

    [Theory]
    [InlineData("<script src=\"https://cdn.example/x.js\">")]
    [InlineData("<a href='//example.org'>")]
    [InlineData("fetch(\"http://example.org\")")]
    [InlineData("import x from 'https://example.org/x.js'")]
    [InlineData("@import \"https://example.org/x.css\"")]
    [InlineData("background: url(https://example.org/x.png)")]
    public void An_outside_address_would_be_found(string text) => Assert.Matches(Outside(), text);

    [Fact]
    public void The_page_names_files_that_it_has_and_each_script_once()
    {
        var named = Named().Matches(GetText("/")).Select(match => "/" + match.Groups["path"].Value).ToList();
        Assert.All(named, path => Assert.NotNull(PageFiles.Find(path)));
        var files = PageFiles.All.Select(file => file.Path);
        Assert.Equal(GetScriptsAndStyles(files), GetScriptsAndStyles(named), StringComparer.Ordinal);
    }

    /// <summary>The server's policy forbids them, and a browser would refuse them silently.</summary>
    [Fact]
    public void The_page_has_no_inline_script_and_no_style_attribute() =>
        Assert.DoesNotMatch(@"<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=", GetText("/"));

    [Fact]
    public void The_scripts_write_no_html()
    {
        var own = PageFiles.All.Select(file => file.Path).Where(path => path.EndsWith(".js", StringComparison.Ordinal))
            .Where(path => !path.StartsWith("/vendor/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(own);
        Assert.All(own, path => Assert.DoesNotMatch(Writer(), GetText(path)));
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_is_javascript_and_no_module(string path) => Assert.NotNull(new Parser().ParseScript(GetText(path), path));

    /// <summary>A script that is put into HTML ends at such a tag, wherever it stands.</summary>
    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_can_be_put_into_a_page(string path) => Assert.DoesNotMatch("(?i)</script|<!--", GetText(path));

    private static IEnumerable<string> GetScriptsAndStyles(IEnumerable<string> paths) =>
        paths.Where(path => Path.GetExtension(path) is ".js" or ".css").Order(StringComparer.Ordinal);

    private static string GetText(string path) => Encoding.UTF8.GetString(PageFiles.Find(path)!.Content.Span);

    [GeneratedRegex(
        """(?i)((src|href|action)\s*=\s*|fetch\(\s*|import\s*\(?|from\s*|EventSource\(\s*|url\(\s*)["'`]?\s*(https?:)?//""",
        RegexOptions.ExplicitCapture,
        TimeoutMilliseconds)]
    private static partial Regex Outside();

    [GeneratedRegex(
        """innerHTML|outerHTML|dangerously|insertAdjacent|document\.write|\beval\(|[^$]style=["']""",
        RegexOptions.None,
        TimeoutMilliseconds)]
    private static partial Regex Writer();

    [GeneratedRegex("(src|href)=\"(?<path>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeoutMilliseconds)]
    private static partial Regex Named();
}
