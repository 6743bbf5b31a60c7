using System.Globalization;
using ActorPool.Diagnostics;
using ActorPool.Jobs;

namespace ActorPool.Coordination;

/// <summary>Decides whose failed items can run again by order, and says what came of it.</summary>
/// <remarks>
/// Only an outcome that no one has seen can be replaced: it must be kept until the job's end. A job that ends at its first failure has
/// none, and a stream hands outcomes over as they come.
/// </remarks>
internal static class RetryRules
{
    private const int MaxIndices = 20;

    /// <summary>Says why no item of a running job can run again; null if some can.</summary>
    public static RetriedItems? FindRefusal(JobExecution job)
    {
        if (job.Sink.KeepsFailures)
            return null;
        return job.FailsFast
            ? Refuse(0, $"The first failure ends {job.Name}, so it has no failed items to run again. "
                + "Items of a job of TryMapAsync or StartTryMap can be run again while it runs.")
            : Refuse(
                job.Meter.Failed,
                $"The outcomes of {job.Name} go to its caller as they come, so none can be replaced."
                + DescribeOwnWay(job.Describe([]).Failures));
    }

    /// <summary>Says that a job has ended, and how the program runs its failed items.</summary>
    public static RetriedItems RefuseEnded(JobInsights job) => Refuse(
        job.Progress.Failed,
        $"{job.Name} has ended: its failed items cannot run again in it.{DescribeOwnWay(job.Failures)}");

    /// <summary>Says which items run again, and why others do not.</summary>
    public static RetriedItems Describe(JobExecution job, TakenFailures taken)
    {
        var (again, left) = (taken.Count, taken.Left.Count);
        var done = again == 0 && left == 0
            ? $"{job.Name} has no failed items."
            : $"{CountText.Format(again, "failed item")} of {job.Name} {(again == 1 ? "runs" : "run")} again.";
        if (left == 0)
            return new RetriedItems(again, 0, done);
        var why = $" {CountText.Format(left, "other")} cannot: of inputs that are read while the job runs, only those of "
            + $"[{job.Options.Window ?? job.Pool.Settings.StreamMaxWindow}] failed items are kept "
            + "(JobOptions.Window, actorpool.stream.max-window).";
        var text = done + why + DescribeOwnWay(job.Describe([]).Failures);
        return new RetriedItems(again, left, text) { IsRefused = again == 0 };
    }

    private static RetriedItems Refuse(long failed, string message) => new(0, failed, message) { IsRefused = true };

    /// <summary>Gives the line of C# with which the program runs items again.</summary>
    private static string DescribeOwnWay(IReadOnlyList<FailureGroup> failures)
    {
        var known = failures.SelectMany(group => group.Indices).Distinct().Order().ToList();
        if (known.Count == 0)
            return "";
        var named = known.Take(MaxIndices).Select(index => index.ToString(CultureInfo.InvariantCulture));
        var count = failures.Sum(group => group.Count);
        var which = count > MaxIndices ? $"the first {MaxIndices} of {CountText.Format(count, "failed item")}" : "the failed items";
        return $" To run {which} again, from the same inputs: "
            + $"var again = new[] {{ {string.Join(", ", named)} }}.Select(i => inputs[i]);";
    }
}
