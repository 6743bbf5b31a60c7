using ActorPool.Insights;
using ActorPool.Node.Observing;

namespace ActorPool.Node.Tests.Observing;

/// <summary>One picture of what several nodes have answered.</summary>
public sealed class ClusterMergeTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_pool_that_tells_the_same_to_each_of_its_nodes_is_seen_once()
    {
        var pool = CreatePool("a", CreateJob("a", 1), CreateJob("a", 2));

        var report = ClusterMerge.Create(
            "x", s_now, [Answer("n1", pool), Answer("n2", pool), Answer("n3", CreatePool("b", CreateJob("b", 1)))]);

        Assert.Equal(["a", "b"], report.Pools.Select(one => one.Key), StringComparer.Ordinal);
        Assert.All(report.Pools, one => Assert.Null(one.RecentJobs));
        Assert.Equal(
            ["a-2", "a-1", "b-1"], report.Jobs.OrderByDescending(job => job.Started).Select(job => job.Key), StringComparer.Ordinal);
        Assert.Equal(["n1", "n2", "n3"], report.Nodes.Select(node => node.Address), StringComparer.Ordinal);
        Assert.Empty(report.Problems);
    }

    [Fact]
    public void A_member_without_an_answer_is_silent_or_unreachable_and_named()
    {
        var report = ClusterMerge.Create(
            "x", s_now,
            [
                Answer("n1"), new NodeAnswer("n2", null, "It did not answer within [4] s.", IsUnreachable: false),
                new NodeAnswer("n3", null, "There is no connection.", IsUnreachable: true), Answer("n4") with { IsUnreachable = true },
            ]);

        Assert.Equal(
            [NodeState.Up, NodeState.Silent, NodeState.Unreachable, NodeState.Unreachable], report.Nodes.Select(node => node.State));
        Assert.Equal(
            [
                "The node n2 is not seen: it did not answer within [4] s.", "The node n3 is not seen: there is no connection.",
                "n4 is unreachable: other members do not reach it.",
            ],
            report.Problems);
        Assert.Equal(["n2", "n3", "n4"], report.ProblemDetails.Select(problem => problem.Node), StringComparer.Ordinal);
    }

    [Fact]
    public void Jobs_with_failures_and_a_node_that_leaves_are_problems_and_others_are_not()
    {
        var failed = CreateJob("a", 1) with { Name = "prices", State = JobState.Failed, Error = "Item 3 failed." };
        var running = CreateJob("a", 2) with { Name = "parse", Failed = 31 };
        var ended = CreateJob("a", 3) with { State = JobState.Succeeded, Failed = 5 }; // its caller has them
        var cancelled = CreateJob("a", 4) with { State = JobState.Cancelled, Failed = 5 };
        var leaving = Answer("n2", CreatePool("a", failed, running, ended, cancelled, CreateJob("a", 5)));
        leaving = leaving with { Report = leaving.Report! with { Node = leaving.Report.Node with { State = NodeState.Leaving } } };

        var report = ClusterMerge.Create("x", s_now, [Answer("n1"), leaving]);

        Assert.Equal(
            ["n2 is leaving, and takes no more chunks.", "parse runs, and 31 items failed.", "prices failed: Item 3 failed."],
            report.Problems, StringComparer.Ordinal);
        Assert.Equal(report.Problems, report.ProblemDetails.Select(problem => problem.Text), StringComparer.Ordinal);
        Assert.Equal([null, "a-2", "a-1"], report.ProblemDetails.Select(problem => problem.Job), StringComparer.Ordinal);
        Assert.Equal([true, false, false], report.ProblemDetails.Select(problem => problem.IsWarning));
        Assert.Equal(["n2 is leaving, and takes no more chunks."], ClusterProblems.WithoutJobs(report), StringComparer.Ordinal);
    }

    [Fact]
    public void Many_failed_jobs_are_counted_and_a_long_error_is_cut()
    {
        var jobs = Enumerable.Range(1, 9).Select(i => CreateJob("a", i) with { State = JobState.Failed, Error = new string('x', 5000) });

        var report = ClusterMerge.Create("x", s_now, [Answer("n1", CreatePool("a", [.. jobs]))]);

        Assert.Equal(7, report.Problems.Count);
        Assert.Equal("3 more jobs failed, or run with failed items.", report.Problems[^1]);
        Assert.All(report.Problems, problem => Assert.True(problem.Length < 400, problem));
        Assert.Empty(ClusterProblems.WithoutJobs(report));
    }

    [Fact]
    public void A_problem_names_a_job_without_a_visible_name_by_its_key_and_cuts_a_long_name()
    {
        var blank = CreateJob("a", 1) with { Name = " ", Failed = 1 };
        var pool = CreatePool("a", blank, CreateJob("a", 2) with { Name = new string('x', 5000), Failed = 1 });

        var report = ClusterMerge.Create("x", s_now, [Answer("n1", pool)]);

        Assert.Equal("a-1 runs, and 1 item failed.", report.Problems[1]);
        Assert.All(report.Problems, problem => Assert.True(problem.Length < 200, problem));
    }

    [Fact]
    public void Lines_of_logs_have_numbers_of_their_own_and_are_added_once()
    {
        var log = new MergedLog();
        log.Add(new LogReport(1, [Line("a", 1, 0), Line("b", 1, 1)]));
        log.Add(new LogReport(1, [Line("a", 1, 0), Line("b", 1, 1), Line("a", 2, 2)]));
        Assert.Equal([1L, 2, 3], log.ReadAfter(0).Lines.Select(line => line.Sequence));
        Assert.Equal("a", Assert.Single(log.ReadAfter(2).Lines).Node);

        log.Add(new LogReport(1, [Line("a", 1, 9)])); // the node was started again

        Assert.Equal(4, Assert.Single(log.ReadAfter(3).Lines).Sequence);
        log.Add(new LogReport(1, [.. Enumerable.Range(2, 2000).Select(i => Line("a", i, 10 + i))]));
        Assert.Equal(500, log.ReadAfter(0).Lines.Count);
        Assert.Equal(2004, log.ReadAfter(0).Lines[^1].Sequence);
    }

    private static NodeAnswer Answer(string address, params PoolReport[] pools) => new(
        address, new AgentReport(NodeReport.CreateSilent(address, NodeState.Up) with { Process = 7 }, pools, [], []), Problem: null,
        IsUnreachable: false);

    private static PoolReport CreatePool(string key, params JobSummary[] jobs) =>
        new(key, key, "host", 1, 1, jobs.Length, jobs.Length, 0, 0) { RecentJobs = jobs };

    private static JobSummary CreateJob(string pool, long id) => new(
        $"{pool}-{id}", pool, pool, "host:1", id, "job", "F", JobState.Running, null, 1, 0, 0, 0, 0, 0, null,
        s_now + TimeSpan.FromSeconds(pool is "a" ? 10 + id : id), TimeSpan.Zero, 0);

    private static LogLineReport Line(string node, long sequence, double seconds) =>
        new(sequence, s_now + TimeSpan.FromSeconds(seconds), "info", node, "x", "text");
}
