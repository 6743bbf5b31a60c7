using ActorPool.Diagnostics;
using ActorPool.Insights;

namespace ActorPool.Node.Observing;

/// <summary>Decides what is a problem of a cluster.</summary>
/// <remarks>It decides for tables, for scripts and for the dashboard: none of them has further rules.</remarks>
internal static class ClusterProblems
{
    private const int MaxJobs = 6; // the list of jobs has them all
    private const int MaxErrorChars = 300;
    private const int MaxNameChars = 80;

    /// <summary>Finds what did not answer, nodes that are not up, jobs with failures.</summary>
    /// <param name="answers">What the nodes have answered.</param>
    /// <param name="nodes">The same nodes, described.</param>
    /// <param name="jobs">All jobs, the newest first.</param>
    public static IReadOnlyList<ProblemReport> Find(
        IReadOnlyCollection<NodeAnswer> answers, IReadOnlyCollection<NodeReport> nodes, IReadOnlyCollection<JobSummary> jobs)
    {
        var silent = answers.Where(answer => answer.Report is null).Select(answer => new ProblemReport(
            ProblemSubject.Node, $"The node {answer.Address} is not seen: {Decapitalize(answer.Problem ?? "")}")
        {
            Node = answer.Address,
        });
        var untold = answers.SelectMany(answer => answer.Report?.Problems ?? []).Distinct(StringComparer.Ordinal)
            .Select(problem => new ProblemReport(ProblemSubject.Pool, problem));
        return [.. silent, .. untold, .. nodes.Select(FindInNode).OfType<ProblemReport>(), .. FindInJobs(jobs)];
    }

    /// <summary>Those that no list of jobs shows.</summary>
    public static IEnumerable<string> WithoutJobs(ClusterReport report) => report.Problems.Except(
        report.ProblemDetails.Where(problem => problem.Subject == ProblemSubject.Job).Select(problem => problem.Text),
        StringComparer.Ordinal);

    /// <returns>Null if it is up, or if it is not known why it is not: what is said of its silence says more.</returns>
    private static ProblemReport? FindInNode(NodeReport node) => node switch
    {
        { State: NodeState.Leaving } => new ProblemReport(ProblemSubject.Node, $"{node.Address} is leaving, and takes no more chunks.")
        {
            Node = node.Address,
            IsWarning = true,
        },
        { State: NodeState.Unreachable, IsKnown: true } =>
            new ProblemReport(ProblemSubject.Node, $"{node.Address} is unreachable: other members do not reach it.")
            {
                Node = node.Address,
            },
        _ => null,
    };

    private static IEnumerable<ProblemReport> FindInJobs(IReadOnlyCollection<JobSummary> jobs)
    {
        var failing = jobs.Where(job => job.State == JobState.Failed || (job.State == JobState.Running && job.Failed > 0)).ToList();
        var problems = failing.Take(MaxJobs).Select(job => new ProblemReport(ProblemSubject.Job, Describe(job)) { Job = job.Key });
        return failing.Count <= MaxJobs
            ? problems
            : problems.Append(new ProblemReport(
                ProblemSubject.Job, $"{CountText.Format(failing.Count - MaxJobs, "more job")} failed, or run with failed items."));
    }

    private static string Describe(JobSummary job) => job.State == JobState.Failed
        ? $"{GetName(job)} failed: {SafeText.Cut(job.Error ?? "no reason given", MaxErrorChars)}"
        : $"{GetName(job)} runs, and {CountText.Format(job.Failed, "item")} failed.";

    private static string GetName(JobSummary job) => string.IsNullOrWhiteSpace(job.Name) ? job.Key : SafeText.Cut(job.Name, MaxNameChars);

    private static string Decapitalize(string sentence) =>
        sentence.Length == 0 ? "it did not answer." : $"{char.ToLowerInvariant(sentence[0])}{sentence[1..]}";
}
