using System.Globalization;
using System.Text;

namespace ActorPool.Benchmarks.Scale;

/// <summary>Draws which part of the workers is busy over the number of nodes.</summary>
internal static class ScalePicture
{
    private const int Width = 640;
    private const int Height = 300;
    private const int Left = 60;
    private const int Right = 120;
    private const int Top = 28;
    private const int Bottom = 46;

    private static readonly string[] s_colours = ["#2f81f7", "#e5534b", "#2da44e", "#bf8700"]; // readable on white and on black

    public static string Draw(IReadOnlyList<(string Name, IReadOnlyList<ScaleResult> Results)> series)
    {
        var svg = new StringBuilder();
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\"");
        Add(svg, $" font-family=\"sans-serif\" font-size=\"12\" fill=\"#768390\" role=\"img\">\n");
        Add(svg, $"<title>Busy workers over the number of nodes, for chunks of different length</title>\n");
        Add(svg, $"<text x=\"{Left}\" y=\"16\">workers busy, %</text>\n");
        foreach (var percent in new[] { 0, 25, 50, 75, 100 })
        {
            var y = GetY(percent / 100.0);
            Add(svg, $"<path d=\"M{Left} {y:F1}H{Width - Right}\" stroke=\"#768390\" stroke-opacity=\"0.35\"/>");
            Add(svg, $"<text x=\"{Left - 8}\" y=\"{y + 4:F1}\" text-anchor=\"end\">{percent}</text>\n");
        }
        foreach (var nodes in ScaleCase.AllNodes)
            Add(svg, $"<text x=\"{GetX(nodes):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{nodes}</text>\n");
        Add(svg, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 8}\" text-anchor=\"middle\">");
        Add(svg, $"nodes of {ScaleCosts.WorkersPerNode} workers</text>\n");
        var labels = new List<double>();
        foreach (var ((name, results), colour) in series.Zip(s_colours))
        {
            var points = string.Join(' ', results.Select(one =>
                string.Create(CultureInfo.InvariantCulture, $"{GetX(one.Case.Nodes):F1},{GetY(one.BusyWorkers):F1}")));
            Add(svg, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
            foreach (var one in results)
            {
                var radius = one.IsReported ? 5 : 2.5;
                Add(svg, $"<circle cx=\"{GetX(one.Case.Nodes):F1}\" cy=\"{GetY(one.BusyWorkers):F1}\" r=\"{radius}\" fill=\"{colour}\"/>");
            }
            var y = GetY(results[^1].BusyWorkers) + 4;
            while (labels.Exists(label => Math.Abs(label - y) < 14))
                y -= 14;
            labels.Add(y);
            Add(svg, $"\n<text x=\"{Width - Right + 10}\" y=\"{y:F1}\" fill=\"{colour}\">{name}</text>\n");
        }
        Add(svg, $"</svg>\n");
        return svg.ToString();
    }

    private static double GetX(int nodes) =>
        Left + ((Width - Left - Right) * Math.Log(nodes) / Math.Log(ScaleCase.AllNodes[^1]));

    private static double GetY(double part) => Height - Bottom - ((Height - Top - Bottom) * part);

    private static void Add(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));
}
