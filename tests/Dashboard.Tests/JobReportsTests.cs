using ActorPool.Tests.Support;

namespace ActorPool.Dashboard.Tests;

public sealed class JobReportsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorpool-report");

    private string Path => System.IO.Path.Combine(_folder.FullName, "report.html");

    public void Dispose() => _folder.Delete(recursive: true);

    [ChromiumFact]
    public async Task A_report_of_a_failed_job_of_a_local_pool_shows_its_failure()
    {
        await using var pool = WorkerPool.Create(workers: 2);
        var job = pool.StartMap(FailAtSeven, Enumerable.Range(0, 40), new JobOptions { Name = "<b>nightly</b>", ChunkSize = 2 });
        await Assert.ThrowsAsync<WorkItemException>(() => job.Completion.Within("the job", pool));

        await job.SaveReportAsync(Path).Within("the report");

        var (document, console) = await Chromium.OpenAsync(Path);
        Assert.Empty(console);
        Assert.Contains("&lt;b&gt;nightly&lt;/b&gt;", document, StringComparison.Ordinal);
        Assert.Contains("System.FormatException", document, StringComparison.Ordinal);
        Assert.Contains("no order: &lt;i&gt;7&lt;/i&gt;", document, StringComparison.Ordinal);
        Assert.Contains("var again = new[] { 7 }.Select(i =&gt; inputs[i]);", document, StringComparison.Ordinal);
        Assert.Contains("Where the time went", document, StringComparison.Ordinal);
        Assert.Contains(">serializing<", document, StringComparison.Ordinal);
        var page = document[document.IndexOf("<main", StringComparison.Ordinal)..document.IndexOf("</main>", StringComparison.Ordinal)];
        Assert.DoesNotMatch(@"\bNaN\b|\bundefined\b", page);
    }

    [Fact]
    public async Task A_report_is_written_while_the_job_runs_and_replaces_an_earlier_one()
    {
        await using var pool = WorkerPool.Create(workers: 1);
        await File.WriteAllTextAsync(Path, new string('x', 1 << 20));
        var job = pool.StartMap(WaitAsync, [1, 2], new JobOptions { Name = "waits" });

        await job.SaveReportAsync(Path).Within("the report");

        var report = await File.ReadAllTextAsync(Path);
        Assert.DoesNotContain("xxxx", report, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"running\"", report, StringComparison.Ordinal);
        job.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion.Within("the end", pool));
        await job.SaveReportAsync(Path).Within("the second report");
        Assert.Contains("\"state\":\"cancelled\"", await File.ReadAllTextAsync(Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_arguments_are_refused_at_the_call()
    {
        await using var pool = WorkerPool.Create(workers: 1);
        var job = pool.StartMap(FailAtSeven, [1, 2]);
        await job.Completion.Within("the job", pool);
        await Assert.ThrowsAsync<ArgumentNullException>(() => JobReports.SaveReportAsync<int>(null!, Path));
        await Assert.ThrowsAsync<ArgumentException>(() => job.SaveReportAsync(""));
        var nowhere = System.IO.Path.Combine(_folder.FullName, "no", "x");
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => job.SaveReportAsync(nowhere));
    }

    private static int FailAtSeven(int x) => x == 7 ? throw new FormatException($"no order: <i>{x}</i>") : x;

    private static async ValueTask<int> WaitAsync(int x, CancellationToken token)
    {
        await new TaskCompletionSource().Task.WaitAsync(token);
        return x;
    }
}
