using ActorPool.Diagnostics;
using ActorPool.Insights;

namespace ActorPool.Node.Observing;

/// <summary>Makes one picture of what the nodes of a cluster have answered.</summary>
internal static class ClusterMerge
{
    private const int MaxLines = 500;

    public static ClusterReport Create(string asked, DateTimeOffset now, IReadOnlyCollection<NodeAnswer> answers)
    {
        // A pool tells the same to each node that it uses.
        var pools = answers.SelectMany(answer => answer.Report?.Pools ?? []).DistinctBy(pool => pool.Key, StringComparer.Ordinal).ToList();
        var nodes = answers.Select(answer => Describe(answer)).OrderBy(node => node.Address, StringComparer.Ordinal).ToList();
        var jobs = pools.SelectMany(pool => pool.RecentJobs ?? []).OrderByDescending(job => job.Started).ToList();
        var problems = ClusterProblems.Find(answers, nodes, jobs);
        return new ClusterReport(
            ReportJson.Version, now, asked, nodes, [.. pools.Select(pool => pool with { RecentJobs = null })], jobs,
            [.. problems.Select(problem => problem.Text)])
        {
            ProblemDetails = problems,
        };
    }

    /// <summary>Merges the lines of several logs; the newest 500.</summary>
    public static LogReport CreateLog(IEnumerable<LogReport> logs)
    {
        var lines = logs.SelectMany(log => log.Lines).OrderBy(line => line.Time).ToList();
        return new LogReport(ReportJson.Version, [.. lines.Skip(lines.Count - MaxLines)]);
    }

    private static NodeReport Describe(NodeAnswer answer) => answer.Report is not { } report
        ? NodeReport.CreateSilent(answer.Address, answer.IsUnreachable ? NodeState.Unreachable : NodeState.Silent)
        : answer.IsUnreachable ? report.Node with { State = NodeState.Unreachable }
        : report.Node;
}

/// <summary>What one node has answered.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Report">Its answer; null if there is none.</param>
/// <param name="Problem">Why not, as a sentence.</param>
/// <param name="IsUnreachable">Whether other members do not reach it.</param>
internal sealed record NodeAnswer(string Address, AgentReport? Report, string? Problem, bool IsUnreachable)
{
    /// <summary>When it was asked, by the clock of this machine.</summary>
    public DateTimeOffset Asked { get; init; }

    /// <summary>When the answer was here.</summary>
    public DateTimeOffset Answered { get; init; }

    /// <summary>How its process is set up; null if that is not known.</summary>
    public ProcessTraits? Traits { get; init; }
}
