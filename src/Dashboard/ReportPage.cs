using System.Text;
using System.Text.RegularExpressions;

namespace ActorPool.Dashboard;

/// <summary>Writes a job's report: one HTML file that opens anywhere, without a network.</summary>
/// <remarks>
/// The file is the dashboard's own page, with its scripts and styles within it and the job's JSON beside them. The page's
/// <c>save.js</c> takes the same steps in the browser.
/// </remarks>
internal static partial class ReportPage
{
    private const int TimeoutMilliseconds = 10_000;
    private const string Charset = "<meta charset=\"utf-8\">";
    private const string Root = "<div id=\"app\"></div>";
    // The browser itself keeps the file from asking any server for anything.
    private const string Policy =
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

    /// <summary>Writes the report.</summary>
    /// <param name="json">The answer of <c>/api/v1/jobs/KEY</c>: JSON in full, which is not checked here.</param>
    /// <param name="writer">Gets the file, some 150 kB and the JSON; is not flushed.</param>
    public static void Write(string json, TextWriter writer)
    {
        var page = Icon().Replace(GetText("/index.html"), "");
        var policy = $"{Charset}\n<meta http-equiv=\"Content-Security-Policy\" content=\"{Policy}\">";
        page = page.Replace(Charset, policy, StringComparison.Ordinal);
        page = Style().Replace(page, match => $"<style>\n{GetText("/" + match.Groups["path"].Value)}</style>");
        var at = page.IndexOf(Root, StringComparison.Ordinal) + Root.Length;
        writer.Write(page[..at]);
        writer.Write("\n<script type=\"application/json\" id=\"report\">");
        WriteEscaped(json, writer);
        writer.Write("</script>");
        writer.Write(Script().Replace(page[at..], match => $"<script>\n{GetText("/" + match.Groups["path"].Value)}</script>"));
    }

    /// <summary>Writes JSON that neither HTML nor JavaScript takes for something else.</summary>
    /// <remarks>These characters occur in JSON only within strings, where an escape means the same.</remarks>
    private static void WriteEscaped(string json, TextWriter writer)
    {
        foreach (var c in json)
        {
            if (c is '<' or '>' or '&' or '\u2028' or '\u2029') writer.Write($"\\u{(int)c:x4}");
            else writer.Write(c);
        }
    }

    private static string GetText(string path) => Encoding.UTF8.GetString(
        (PageFiles.Find(path) ?? throw new InvalidOperationException($"The page names a file that it lacks: [{path}].")).Content.Span);

    [GeneratedRegex("<link rel=\"icon\"[^>]*>\n", RegexOptions.None, TimeoutMilliseconds)]
    private static partial Regex Icon();

    [GeneratedRegex("<link rel=\"stylesheet\" href=\"(?<path>[^\"]+)\">", RegexOptions.ExplicitCapture, TimeoutMilliseconds)]
    private static partial Regex Style();

    [GeneratedRegex("<script src=\"(?<path>[^\"]+)\"></script>", RegexOptions.ExplicitCapture, TimeoutMilliseconds)]
    private static partial Regex Script();
}
