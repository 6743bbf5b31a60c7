using ActorPool.Insights;
using ActorPool.Node.Observing;
using Spectre.Console.Rendering;

namespace ActorPool.Node.Tests.Observing;

/// <summary>Tables as a pipe gets them.</summary>
public sealed class ReportTablesTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(500)]
    public void A_long_name_does_not_widen_the_table(int length)
    {
        var job = CreateJob(new string('x', length)) with { Function = new string('y', length) };

        var text = Draw(ReportTables.ShowJobs(CreateReport([job], [])));

        Assert.All(text.Split('\n'), line => Assert.True(line.TrimEnd().Length < 220, line));
        Assert.Contains(length <= 40 ? job.Name : $"{job.Name[..39]}… ", text, StringComparison.Ordinal);
        Assert.Contains(job.Key, text, StringComparison.Ordinal);
        Assert.Contains(job.Name, ReportJsonText(job), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\u202Etxt.exe", "a txt.exe")]
    [InlineData("\u2066a\u2069b\u200Fc\u061Cd", " a b c d")]
    [InlineData("a\eb\u2028c", "a b c")]
    [InlineData("שלום 👩‍🚀 नमस्ते", "שלום 👩‍🚀 नमस्ते")] // letters of other directions, and joiners, are text
    public void What_changes_the_direction_of_text_is_treated_as_a_control_character(string name, string shown) =>
        Assert.Contains(shown.Trim(), Draw(ReportTables.ShowJobs(CreateReport([CreateJob(name)], []))), StringComparison.Ordinal);

    [Fact]
    public void A_node_that_told_nothing_has_no_numbers()
    {
        var known = NodeReport.CreateSilent("n1:1", NodeState.Up) with { Process = 7, Workers = 2 };

        var text = Draw(ReportTables.ShowNodes(CreateReport([], [known, NodeReport.CreateSilent("n2:1", NodeState.Silent)])));

        Assert.Matches(@"n1:1\s+up\s+0 of 2\s+0\s+0\s+0 MiB", text);
        Assert.Matches(@"n2:1\s+silent\s+–\s+–\s+–\s+–\s+–", text);
    }

    [Fact]
    public void Problems_of_jobs_are_in_the_status_and_not_beside_lists()
    {
        var report = CreateReport([CreateJob("parse")], []) with
        {
            Problems = ["n2 is leaving.", "parse failed."],
            ProblemDetails =
            [
                new ProblemReport(ProblemSubject.Node, "n2 is leaving."), new ProblemReport(ProblemSubject.Job, "parse failed."),
            ],
        };

        Assert.Contains("parse failed.", Draw(ReportTables.ShowStatus(report)), StringComparison.Ordinal);
        foreach (var list in new[] { ReportTables.ShowJobs(report), ReportTables.ShowNodes(report) })
        {
            var text = Draw(list);
            Assert.Contains("n2 is leaving.", text, StringComparison.Ordinal);
            Assert.DoesNotContain("parse failed.", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Running_jobs_that_are_not_listed_are_counted_and_said_to_be_missing()
    {
        var pool = new PoolReport("0123456789ab", "orders", "host", 1, 2, Jobs: 301, 301, 0, 0) { UnlistedJobs = 300 };
        var report = CreateReport([CreateJob("parse")], []) with { Pools = [pool] };

        var status = Draw(ReportTables.ShowStatus(report));

        Assert.Contains("1 pool: 301 running jobs.", status, StringComparison.Ordinal);
        const string Missing = "Not listed: 300 running jobs. A pool lists few of many; commands take the keys of all.";
        Assert.Contains(Missing, status, StringComparison.Ordinal);
        Assert.Contains(Missing, Draw(ReportTables.ShowJobs(report)), StringComparison.Ordinal);
        var whole = Draw(ReportTables.ShowStatus(report with { Pools = [] }));
        Assert.DoesNotContain("Not listed", whole, StringComparison.Ordinal);
    }

    [Fact]
    public void The_positions_of_failed_items_have_no_commas_but_those_between_them()
    {
        var progress = new JobProgress(2, 2, 0, 2, TimeSpan.FromSeconds(1)) { State = JobState.Succeeded };
        var report = JobReport.Create(CreateJob("parse"), JobRecorder.Describe("F", error: null, progress), s_now) with
        {
            Failures = [new FailureGroup("T", "m", "", 2, [17, 4458])],
        };

        Assert.Contains("items 17, 4458; no stack", Draw(ReportTables.ShowJob(report)), StringComparison.Ordinal);
    }

    private static string ReportJsonText(JobSummary job) => System.Text.Json.JsonSerializer.Serialize(
        CreateReport([job], []), ReportJson.Default.ClusterReport);

    private static string Draw(IEnumerable<IRenderable> parts)
    {
        var output = new StringWriter();
        var console = Terminal.Create(output, redirected: true);
        foreach (var part in parts)
        {
            console.Write(part);
            output.WriteLine();
        }
        return output.ToString();
    }

    private static ClusterReport CreateReport(IReadOnlyList<JobSummary> jobs, IReadOnlyList<NodeReport> nodes) =>
        new(1, s_now, "x", nodes, [], jobs, []);

    private static JobSummary CreateJob(string name) => new(
        "0123456789ab-1", "0123456789ab", "orders", "host:1", 1, name, "F", JobState.Running, null, 1000, 250, 2, 0, 7, 1234,
        TimeSpan.FromSeconds(90), s_now, TimeSpan.FromSeconds(30), 4);
}
