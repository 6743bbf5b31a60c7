using System.Text;
using System.Text.Json;
using ActorPool.Dashboard;
using ActorPool.Insights;

namespace ActorPool;

/// <summary>Saves what happened in a job as a page that opens in any browser.</summary>
public static class JobReports
{
    /// <summary>Writes the report of a job as one HTML file.</summary>
    /// <typeparam name="TResult">What the job returns; it is not in the report.</typeparam>
    /// <param name="job">A job of any pool, with or without nodes. It may run, have failed or been cancelled.</param>
    /// <param name="path">The file, for example <c>report.html</c>. One that exists is replaced; its folder must exist.</param>
    /// <param name="cancellationToken">Ends the writing, and leaves an incomplete file.</param>
    /// <returns>Completes when the file is written.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="job"/> or <paramref name="path"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file cannot be written; for example, its folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write the file.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <remarks>
    /// The page is the dashboard's page of a job: timeline, chunks, times, failures with a line of C# that runs those items again, and
    /// advice. It needs no network. It has what <see cref="Job{TResult}.Insights"/> has at the call: no results, and no inputs without
    /// <see cref="JobOptions.ShowInputs"/>, but the messages of exceptions, and the names of the job, its function, this machine and its
    /// nodes. It takes some milliseconds and 200 kB to 700 kB.
    /// </remarks>
    /// <example>
    /// <code>
    /// var job = pool.StartMap(Orders.Price, orders);
    /// await job.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    /// await job.SaveReportAsync("report.html");
    /// </code>
    /// </example>
    public static async Task SaveReportAsync<TResult>(
        this Job<TResult> job, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var json = JsonSerializer.Serialize(Describe(job), ReportJson.Default.JobReport);
        using var page = new StringWriter();
        ReportPage.Write(json, page);
        await File.WriteAllTextAsync(path, page.ToString(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellationToken)
            .ConfigureAwait(false);
    }

    private static JobReport Describe<TResult>(Job<TResult> job)
    {
        var pool = job.Execution.Pool;
        var insights = job.Insights;
        var clock = pool.Settings.TimeProvider;
        var now = clock.GetUtcNow();
        var started = now - clock.GetElapsedTime(job.Execution.Meter.Started);
        // Which chunks are in flight only the coordinator knows: a report of a running job is without them.
        var summary = JobSummary.Create(pool.Key, job.Id, insights, started, insights.Requeued, running: 0);
        return JobReport.Create(summary, insights, now);
    }
}
