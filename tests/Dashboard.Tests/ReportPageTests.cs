using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ActorPool.Dashboard.Tests;

public sealed class ReportPageTests
{
    private const string Begin = "<script type=\"application/json\" id=\"report\">";
    private const string End = "</script>";
    private const string Hostile = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> & &lt; \u2028\u2029 $1 $& {0}";

    private static readonly JsonSerializerOptions s_withoutEscapes = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void Hostile_strings_stay_within_the_data_and_keep_their_meaning()
    {
        var json = JsonSerializer.Serialize(new { job = new { name = Hostile } }, s_withoutEscapes);
        Assert.Contains("</script>", json, StringComparison.Ordinal);
        var data = GetData(WriteReport(json));
        Assert.DoesNotMatch("[<>&\u2028\u2029]", data);
        Assert.Equal(Hostile, JsonDocument.Parse(data).RootElement.GetProperty("job").GetProperty("name").GetString());
    }

    [Fact]
    public void A_report_is_one_file_that_asks_for_nothing_else()
    {
        var report = WriteReport("{}");
        var outside = report.Replace(GetData(report), "", StringComparison.Ordinal);
        Assert.DoesNotMatch("(?m)^<(link|script[^>]*\\ssrc)", outside);
        Assert.Contains("default-src 'none'", outside, StringComparison.Ordinal);
        Assert.Equal(CountFiles(".js"), Regex.Count(outside, "(?m)^<script>$"));
        Assert.Equal(CountFiles(".css"), Regex.Count(outside, "(?m)^<style>$"));
    }

    [Fact]
    public void The_data_stands_before_the_scripts_that_read_it()
    {
        var report = WriteReport("{\"version\":1}");
        Assert.Equal("{\"version\":1}", GetData(report));
        Assert.True(report.IndexOf(Begin, StringComparison.Ordinal) < report.IndexOf("<script>\n", StringComparison.Ordinal));
    }

    private static int CountFiles(string ending) => PageFiles.All.Count(file => file.Path.EndsWith(ending, StringComparison.Ordinal));

    private static string WriteReport(string json)
    {
        using var writer = new StringWriter();
        ReportPage.Write(json, writer);
        return writer.ToString();
    }

    private static string GetData(string report)
    {
        var begin = report.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        return report[begin..report.IndexOf(End, begin, StringComparison.Ordinal)];
    }
}
