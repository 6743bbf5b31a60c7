using ActorPool.Diagnostics;
using ActorPool.Insights;
using ActorPool.Node.Observing;
using ActorPool.Wire;

namespace ActorPool.Node.Doctor;

/// <summary>What the answers of a cluster's nodes show.</summary>
internal static class AnswerFindings
{
    private static readonly TimeSpan s_clockTolerance = TimeSpan.FromSeconds(2);

    public static IEnumerable<Finding> Find(IReadOnlyList<NodeAnswer> answers, ProcessTraits here) =>
        answers.SelectMany(answer => FindInNode(answer, here)).Append(FindIslands(answers)).Append(FindReleases(answers))
            .OfType<Finding>();

    /// <summary>Says how far a node's clock certainly is from this machine's.</summary>
    /// <returns>Zero if the node's time is between its question and its answer; positive if it is ahead.</returns>
    public static TimeSpan MeasureClock(DateTimeOffset node, DateTimeOffset asked, DateTimeOffset answered) =>
        node > answered ? node - answered : node < asked ? node - asked : TimeSpan.Zero;

    private static IEnumerable<Finding> FindInNode(NodeAnswer answer, ProcessTraits here)
    {
        if (answer.IsUnreachable && answer.Report is not null)
        {
            yield return new Finding(
                FindingLevel.Problem, "node", "Other nodes do not reach it: check the network between them.", answer.Address);
        }
        if (answer.Report is not { } report)
        {
            // It works: only what it would tell is missing.
            var isOld = string.Equals(answer.Problem, QuestionException.EarlierRelease, StringComparison.Ordinal);
            var message = answer.Problem ?? "It did not answer.";
            yield return new Finding(
                isOld && !answer.IsUnreachable ? FindingLevel.Warning : FindingLevel.Problem, "node",
                answer.IsUnreachable ? $"Other nodes do not reach it: check its process, and the network between them. {message}" : message,
                answer.Address);
            yield break;
        }
        if (report.Node.State == NodeState.Leaving)
            yield return new Finding(FindingLevel.Warning, "node", "It is leaving, and takes no more chunks.", answer.Address);
        foreach (var problem in report.Problems)
            yield return new Finding(FindingLevel.Warning, "pool", problem, answer.Address);
        if (report.Now is { } now)
            yield return FindClock(answer, now);
        if (answer.Traits is { } traits)
        {
            yield return TraitDifferences.Describe(traits, here) is { } differences
                ? new Finding(FindingLevel.Warning, "cultures", differences, answer.Address)
                : new Finding(FindingLevel.Ok, "cultures", "Cultures and time zone are those of this machine.", answer.Address);
        }
    }

    private static Finding FindClock(NodeAnswer answer, DateTimeOffset now)
    {
        var difference = MeasureClock(now, answer.Asked, answer.Answered);
        return difference.Duration() < s_clockTolerance
            ? new Finding(FindingLevel.Ok, "clock", "Its clock is that of this machine.", answer.Address)
            : new Finding(
                FindingLevel.Warning, "clock",
                $"Its clock is {TimeText.Format(difference.Duration().TotalSeconds)} "
                + $"{(difference > TimeSpan.Zero ? "ahead of" : "behind")} that of this machine: certificates may be refused, "
                + "and lines of logs are out of order. Set both by NTP.",
                answer.Address);
    }

    private static Finding? FindIslands(IReadOnlyList<NodeAnswer> answers)
    {
        var views = answers.Where(answer => answer.Report is not null)
            .GroupBy(answer => string.Join(", ", answer.Report!.Members.Order(StringComparer.Ordinal)), StringComparer.Ordinal)
            .OrderBy(view => view.Key, StringComparer.Ordinal)
            .ToList();
        if (views.Count == 0)
            return null;
        if (views.Count == 1)
            return new Finding(FindingLevel.Ok, "members", "All nodes name the same members.");
        var all = views.SelectMany(view => view.First().Report!.Members).ToList();
        var isSplit = all.Count == all.Distinct(StringComparer.Ordinal).Count();
        var text = string.Join(
            "; ", views.Select(view => $"{string.Join(", ", view.Select(answer => answer.Address))}: the members [{view.Key}]"));
        return isSplit
            ? new Finding(
                FindingLevel.Problem, "members",
                $"There are {views.Count} clusters. {text}. Start the seeds with the same --join list, and their nodes again.")
            : new Finding(
                FindingLevel.Warning, "members",
                $"The nodes name different members. {text}. If that lasts longer than a join or an end, check the network between them.");
    }

    private static Finding? FindReleases(IReadOnlyList<NodeAnswer> answers)
    {
        var here = typeof(PoolNode).Assembly.GetName().Version!.ToString(3);
        var groups = answers.Select(answer => answer.Report).OfType<AgentReport>()
            .GroupBy(report => report.Node.Engine, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).ToList();
        if (groups.Count == 0)
            return null;
        var text = string.Join("; ", groups.Select(group =>
        {
            var first = group.First();
            var protocols = first.ControlProtocol is null ? "" : $" (protocol {first.ControlProtocol}, data {first.DataProtocol})";
            var nodes = groups.Count == 1 ? "" : $": {string.Join(", ", group.Select(report => report.Node.Address))}";
            return $"{group.Key}{protocols}{nodes}";
        }));
        return groups is [{ Key: var only }] && only.Equals(here, StringComparison.Ordinal)
            ? new Finding(FindingLevel.Ok, "release", $"All nodes have {text}, as this program has.")
            : new Finding(
                FindingLevel.Warning, "release",
                $"Nodes have {text}; this program has {here}. Neighbouring releases understand each other: finish the upgrade.");
    }
}
