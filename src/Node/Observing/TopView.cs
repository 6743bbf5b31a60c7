using System.Globalization;
using ActorPool.Insights;
using ActorPool.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorPool.Node.Observing;

/// <summary>Draws a cluster in the columns and rows of a terminal.</summary>
/// <remarks>
/// Each row is cut to the width. In a narrow terminal the less important columns are missing, in a low one the last rows; a line says how
/// many. What others have named is text, without control characters.
/// </remarks>
internal sealed class TopView(bool isUnicode)
{
    private const int BarCells = 16;
    private const int MaxProblems = 4;
    private const int LowTerminal = 20;
    private const int MaxName = 24;

    /// <summary>Draws the last report.</summary>
    /// <param name="report">What is known of the cluster.</param>
    /// <param name="lost">Why nothing newer is known; null if the report is new.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public IRenderable Draw(ClusterReport report, string? lost, int width, int height)
    {
        var lines = new List<IRenderable> { ReportTables.Line(Summarize(report), width) };
        if (lost is not null)
            lines.Add(ReportTables.Line(lost, width, Color.Red));
        var problems = height < LowTerminal ? 1 : MaxProblems;
        var told = ClusterProblems.WithoutJobs(report).ToList(); // a job has its failures in its row
        lines.AddRange(told.Take(problems).Select(problem => ReportTables.Line(problem, width, Color.Red)));
        if (told.Count > problems)
            lines.Add(ReportTables.Line($"and {told.Count - problems} more problems", width, Color.Red));
        lines.Add(ReportTables.Line("", width));
        // Jobs first: at least half of what is left, and all that the nodes do not need.
        var left = Math.Max(4, height - lines.Count - 2); // the last row stays empty, and so does one between the tables
        var running = report.Jobs.Where(job => job.State == JobState.Running).OrderBy(job => job.Started).ToList();
        var nodeRows = Math.Min(report.Nodes.Count + 1, Math.Max(left / 2, left - running.Count - 1));
        lines.AddRange(DrawJobs(running, width, left - nodeRows));
        lines.Add(ReportTables.Line("", width));
        lines.AddRange(DrawNodes(report.Nodes, width, nodeRows));
        return new Rows(lines);
    }

    private static string Summarize(ClusterReport report)
    {
        var (nodes, up) = (report.Nodes, report.Nodes.Count(node => node.State == NodeState.Up));
        var (busy, workers) = (nodes.Sum(node => node.Busy), nodes.Sum(node => node.Workers));
        var running = report.RunningJobs;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Asked}  {up} of {nodes.Count} nodes up, {busy} of {workers} workers busy, "
            + $"{running} running {(running == 1 ? "job" : "jobs")}  {report.Now:HH:mm:ss} UTC  q ends");
    }

    private IEnumerable<IRenderable> DrawJobs(List<JobSummary> jobs, int width, int rows)
    {
        if (jobs.Count == 0)
        {
            yield return ReportTables.Line("No job runs.", width, Color.Grey);
            yield break;
        }
        var columns = new List<TopColumn<JobSummary>>
        {
            new("job", GetNameWidth(width), job => job.Name),
            new("", BarCells, DrawBar),
            new("done", 5, job => job.Total is { } total ? Amounts.FormatPercent(job.Done, total) : "?", IsRight: true),
            new("speed", 9, job => Amounts.FormatRate(job.Rate), IsRight: true),
            new("remaining", 9, job => job.Remaining is { } time ? Amounts.Format(time) : "", IsRight: true),
            new("failed", 7, job => Amounts.Format(job.Failed), IsRight: true, job => job.Failed > 0 ? Color.Red : null),
            new("items", 21, FormatItems, IsRight: true),
            new("requeued", 8, job => Amounts.Format(job.Requeued), IsRight: true, job => job.Requeued > 0 ? Color.Yellow : null),
            new("pool", MaxName, job => $"{job.PoolName} of {job.Caller}"),
        };
        foreach (var line in TopColumn<JobSummary>.Draw(columns, jobs, width, rows))
            yield return line;
    }

    private IEnumerable<IRenderable> DrawNodes(IReadOnlyList<NodeReport> nodes, int width, int rows)
    {
        var columns = new List<TopColumn<NodeReport>>
        {
            new("node", GetNameWidth(width), node => node.Address),
            new("", BarCells, node => node.IsKnown ? Bar(node.Workers == 0 ? 0 : (double)node.Busy / node.Workers) : ""),
            new("busy", 9, node => ReportTables.Known(node, $"{node.Busy} of {node.Workers}"), IsRight: true),
            new("state", 11, node => node.State.ToString().ToLowerInvariant(), IsRight: false, GetColor),
            new("waiting", 7, node => ReportTables.Known(node, Amounts.Format(node.Waiting)), IsRight: true),
            new("memory", 11, node => ReportTables.Known(node, $"{Amounts.Format(node.MemoryBytes >> 20)} MiB"), IsRight: true),
            new("pools", 5, node => ReportTables.Known(node, Amounts.Format(node.Pools)), IsRight: true),
            new("machine", MaxName, node => node.Host),
        };
        return TopColumn<NodeReport>.Draw(columns, nodes, width, rows);
    }

    private string DrawBar(JobSummary job) => job.Total is { } total ? Bar(total == 0 ? 1 : (double)job.Done / total) : "";

    private string Bar(double share)
    {
        var full = (int)(Math.Clamp(share, 0, 1) * BarCells);
        return new string(isUnicode ? '━' : '#', full) + new string(isUnicode ? '─' : '-', BarCells - full);
    }

    private static string FormatItems(JobSummary job) =>
        $"{Amounts.Format(job.Done)} of {(job.Total is { } total ? Amounts.Format(total) : "?")}";

    // Room for a bar beside it, unless there is too little for both.
    private static int GetNameWidth(int width) => width < 34 ? Math.Min(width, MaxName) : Math.Clamp(width / 3, 14, MaxName);

    private static Color? GetColor(NodeReport node) => node.State switch
    {
        NodeState.Up => null,
        NodeState.Leaving => Color.Yellow,
        _ => Color.Red,
    };
}
