using System.Globalization;
using ActorPool.Diagnostics;

namespace ActorPool.Insights;

/// <summary>Finds what would make a job faster, and says it in a sentence.</summary>
internal static class JobAdvice
{
    private const double ShortItem = 10e-6; // seconds; a chunk's own cost is a few microseconds
    private const long ManyItems = 1000;
    private const double Much = 0.5; // of the workers' time
    private const double LongShare = 0.3; // of the job's time
    private static readonly TimeSpan s_longEnough = TimeSpan.FromMilliseconds(100); // a shorter job is not worth advice

    /// <param name="insights">The job.</param>
    /// <param name="workers">Workers that the pool has.</param>
    /// <returns>Sentences, the most important first.</returns>
    public static IReadOnlyList<string> Create(JobInsights insights, int workers)
    {
        var advice = new List<string>();
        if (insights.Failures is [var group, ..])
            advice.Add(DescribeFailure(group));
        if (insights.Holders.Sum(holder => holder.Lost) is > 0 and var lost)
            advice.Add($"Chunks lost with their workers or nodes, or handed back: {lost}. They ran again; the log says why.");
        if (insights.Progress.Elapsed < s_longEnough)
            return advice;
        if (DescribeTimes(insights, workers) is { } sentence)
            advice.Add(sentence);
        return advice;
    }

    private static string? DescribeTimes(JobInsights insights, int workers)
    {
        var (progress, time) = (insights.Progress, insights.Time);
        var total = time.Working + time.Waiting + time.Transferring + time.Idle;
        if (workers == 0 && insights.State == JobState.Running)
            return "The job waits for workers: there is none.";
        if (progress.Done == 0 || total == TimeSpan.Zero)
            return null;
        if (time.Serializing > Much * total)
            return $"{Percent(time.Serializing, total)} of the time went into writing inputs and reading results: send less in each item, "
                + "share what is common with BroadcastAsync, or run the job on the workers of this process.";
        if (time.Waiting > Much * total)
            return $"{Percent(time.Waiting, total)} of the time the workers of the nodes ran chunks of other pools, while chunks of "
                + "this one waited there: it gets its share of them, and needs more nodes to be faster.";
        if (time.Transferring > Much * total)
            return $"{Percent(time.Transferring, total)} of the time the workers had nothing to do while chunks were on their way. "
                + "Items are too short for the network: use larger chunks (JobOptions.ChunkSize), or the workers of this process.";
        var each = time.Working.TotalSeconds / progress.Done;
        if (each < ShortItem && progress.Done >= ManyItems)
        {
            return $"Items take {TimeText.Format(each)}: MapChunksAsync gives the function a whole chunk, and saves a call for each item.";
        }
        if (insights.State is JobState.Succeeded && insights.Slowest is [var slowest, ..]
            && slowest.Count == 1 && slowest.Each > LongShare * progress.Elapsed && workers > 1 && progress.Done > workers)
            return $"Item {slowest.Start} took {TimeText.Format(slowest.Each.TotalSeconds)} of the job's "
                + $"{TimeText.Format(progress.Elapsed.TotalSeconds)}: put the inputs that take the longest first.";
        if (progress.Total is { } items && items < workers)
        {
            return $"The job has {CountText.Format(items, "item")} for {CountText.Format(workers, "worker")}: "
                + "more and smaller items would use them.";
        }
        return null;
    }

    private static string DescribeFailure(FailureGroup group) =>
        $"{CountText.Format(group.Count, "item")} failed with {group.Type}, "
        + $"for example item {group.Indices[0]}: {group.Message.TrimEnd('.')}.";

    private static string Percent(TimeSpan part, TimeSpan total) => (part / total).ToString("P0", CultureInfo.InvariantCulture);
}
