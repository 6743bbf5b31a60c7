namespace ActorPool.Dashboard.Tests;

public sealed class ReportPageInBrowserTests
{
    [ChromiumFact]
    public async Task A_saved_report_shows_its_job_without_an_error_and_takes_no_string_for_html()
    {
        var (document, console) = await OpenReportAsync(SampleReport.Json);
        Assert.Empty(console);
        var page = GetMain(document);
        Assert.Contains("nightly&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;", page, StringComparison.Ordinal);
        Assert.Contains("&lt;img src=x onerror=alert(3)&gt;", page, StringComparison.Ordinal);
        Assert.Contains("var again = new[] { 21, 33 }.Select(i =&gt; inputs[i]);", page, StringComparison.Ordinal);
        Assert.Contains("<canvas", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Contains("<title>nightly", document, StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task Where_older_chunks_are_left_out_the_pictures_of_time_begin_with_the_first_that_is_known()
    {
        const string Note = "of the newest chunks";
        var (whole, _) = await OpenReportAsync(SampleReport.Json);
        Assert.DoesNotContain(Note, GetMain(whole), StringComparison.Ordinal);

        var (document, console) = await OpenReportAsync(
            SampleReport.Json.Replace("\"omitted\": 0", "\"omitted\": 7", StringComparison.Ordinal));

        Assert.Empty(console);
        Assert.Contains($"who ran which chunk when, {Note}; drag to zoom", GetMain(document), StringComparison.Ordinal);
        Assert.Contains($"items per second, {Note}", GetMain(document), StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task A_report_that_the_page_does_not_understand_says_so()
    {
        var (document, _) = await OpenReportAsync("""{ "version": 1, "now": "2026-12-01T04:30:00Z", "job": null }""");
        Assert.Contains("This page failed", document, StringComparison.Ordinal);
    }

    private static string GetMain(string document) =>
        document[document.IndexOf("<main", StringComparison.Ordinal)..document.IndexOf("</main>", StringComparison.Ordinal)];

    private static async Task<(string Document, IReadOnlyList<string> Console)> OpenReportAsync(string json)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("actorpool-report").FullName, "report.html");
        try
        {
            await using (var writer = new StreamWriter(file)) ReportPage.Write(json, writer);
            return await Chromium.OpenAsync(file);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }
}
