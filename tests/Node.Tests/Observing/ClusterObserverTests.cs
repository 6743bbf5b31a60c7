using ActorPool.Configuration;
using ActorPool.Insights;
using ActorPool.Node.Observing;
using ActorPool.Remoting;
using ActorPool.Tests.Support;
using ActorPool.Transport;
using ActorPool.Wire;

namespace ActorPool.Node.Tests.Observing;

/// <summary>What an observer of real nodes sees, and what they do when it tells them.</summary>
public sealed class ClusterObserverTests
{
    // The functions run in this process.
    private static readonly TaskCompletionSource s_never = new();
    private static int s_runs;

    [Fact]
    public async Task Nodes_pools_and_jobs_are_seen_from_any_node()
    {
        await using var cluster = await ObservedCluster.StartAsync(nodes: 2, asked: 1);
        var job = cluster.Pool.StartMap(
            async (x, token) => await HoldAsync(x, token), Enumerable.Range(0, 100), new JobOptions { Name = "held", ChunkSize = 1 });
        await Deadline.Until(
            async () => (await cluster.Observer.DescribeAsync(default)).Nodes.All(node => node.Busy == 2), "all workers to be busy");

        var report = await cluster.Observer.DescribeAsync(default);

        Assert.Equal(
            cluster.Nodes.Select(node => node.Address).Order(StringComparer.Ordinal), report.Nodes.Select(node => node.Address),
            StringComparer.Ordinal);
        Assert.All(report.Nodes, node =>
        {
            Assert.Equal((NodeState.Up, 2, 1, Environment.ProcessId), (node.State, node.Workers, node.Pools, node.Process));
            Assert.Equal(["held", "held"], node.Runs.Select(run => run.Name), StringComparer.Ordinal);
        });
        var pool = Assert.Single(report.Pools);
        Assert.Equal(("orders", 4, 1), (pool.Name, pool.Workers, pool.Jobs));
        var seen = Assert.Single(report.Jobs);
        Assert.Equal(("held", JobState.Running, 100L, 0L), (seen.Name, seen.State, seen.Total, seen.Done));
        Assert.All(report.Nodes.SelectMany(node => node.Runs), run => Assert.Equal(seen.Key, run.Job));
        Assert.Empty(report.Problems);

        job.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion.Within("the end"));
        await Deadline.Until(
            async () => (await cluster.Observer.DescribeAsync(default)).Jobs.Single().State == JobState.Cancelled, "the end to be seen");
    }

    [Fact]
    public async Task A_job_is_described_with_its_failures_and_who_ran_it()
    {
        await using var cluster = await ObservedCluster.StartAsync(nodes: 2);
        await cluster.Pool.TryMapAsync(
            x => x % 10 == 3 ? throw new FormatException($"no number {x}") : x, Enumerable.Range(0, 50),
            new JobOptions { Name = "parse", ChunkSize = 5 }).Within("the job");
        var key = (await cluster.Observer.DescribeAsync(default)).Jobs.Single(job => job.Name is "parse").Key;

        await Deadline.Until(
            async () => (await cluster.Observer.DescribeJobAsync(key, default)).Chunks.Cells.Count == 10, "all chunks to be back");
        var report = await cluster.Observer.DescribeJobAsync(key, default);

        Assert.Equal((JobState.Succeeded, 50L, 5L), (report.Job.State, report.Job.Done, report.Job.Failed));
        var group = Assert.Single(report.Failures);
        Assert.Equal((typeof(FormatException).FullName, 5L, "no number 3"), (group.Type, group.Count, group.Message));
        Assert.Equal([3L, 13, 23, 33, 43], group.Indices);
        Assert.Equal(5, report.Chunks.Cells.Count(chunk => chunk.State == ChunkState.Failed));
        var addresses = cluster.Nodes.Select(node => node.Address).ToList();
        Assert.All(report.Holders, holder => Assert.Contains(holder.Name, addresses, StringComparer.Ordinal));
        Assert.Equal(50, report.Holders.Sum(holder => holder.Items));
    }

    [Fact]
    public async Task A_job_is_cancelled_for_its_caller()
    {
        await using var cluster = await ObservedCluster.StartAsync(nodes: 1);
        var job = cluster.Pool.StartMap(async (x, token) => await HoldAsync(x, token), [1, 2, 3], new JobOptions { Name = "held" });
        await Deadline.Until(async () => (await cluster.Observer.DescribeAsync(default)).Jobs.Count == 1, "the job to be seen");
        var key = (await cluster.Observer.DescribeAsync(default)).Jobs[0].Key;

        var answer = await cluster.Observer.CancelJobAsync(key, default);

        Assert.Equal("held was cancelled.", answer.Message);
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion.Within("the end"));
        Assert.Equal($"The job [held] was cancelled by an operator at {cluster.Nodes[0].Address}.", cancelled.Message);
        var again = await Assert.ThrowsAsync<QuestionException>(() => cluster.Observer.CancelJobAsync(key, default));
        Assert.Equal("held has ended: it was cancelled, and there is nothing to cancel.", again.Message);
        await cluster.Pool.TryMapAsync(x => x / (x - 2), [1, 2, 3], new JobOptions { Name = "halves" }).Within("another job");
        var ended = (await cluster.Observer.DescribeAsync(default)).Jobs.Single(one => one.Name is "halves").Key;
        again = await Assert.ThrowsAsync<QuestionException>(() => cluster.Observer.CancelJobAsync(ended, default));
        Assert.Equal("halves has ended: it succeeded, and there is nothing to cancel.", again.Message);
        again = await Assert.ThrowsAsync<QuestionException>(() => cluster.Observer.CancelJobAsync(key + "0", default));
        Assert.Contains("has no job", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_failed_items_of_a_job_run_again_at_the_nodes()
    {
        await using var cluster = await ObservedCluster.StartAsync(nodes: 2);
        var test = new FailingItems();
        var job = test.Start(cluster.Pool);
        var key = await UntilDoneAsync(cluster);
        var before = await cluster.Observer.DescribeJobAsync(key, default);
        Assert.Equal((3L, 3L, true), (before.Job.Failed, Assert.Single(before.Failures).Count, before.Job.CanRetry));
        test.Repair();

        var answer = await cluster.Observer.RetryJobAsync(key, default);

        Assert.Equal("3 failed items of parse run again.", answer.Message);
        await UntilDoneAsync(cluster);
        var after = await cluster.Observer.DescribeJobAsync(key, default);
        Assert.Equal((19L, 0L), (after.Job.Done, after.Job.Failed));
        Assert.Empty(after.Failures);
        Assert.Equal("parse has no failed items.", (await cluster.Observer.RetryJobAsync(key, default)).Message);
        test.End();
        Assert.Equal(Enumerable.Range(0, 20), (await job.Within("the job", cluster.Pool)).Select(one => one.Value));
    }

    [Fact]
    public async Task Items_of_an_ended_job_cannot_run_again_and_the_answer_says_what_to_do()
    {
        await using var cluster = await ObservedCluster.StartAsync(nodes: 1);
        var test = new FailingItems();
        test.End();
        await test.Start(cluster.Pool).Within("the job", cluster.Pool);
        var key = (await cluster.Observer.DescribeAsync(default)).Jobs.Single().Key;

        var error = await Assert.ThrowsAsync<QuestionException>(() => cluster.Observer.RetryJobAsync(key, default));

        Assert.Contains("parse has ended", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("var again = new[] { 3, 8, 13 }.Select(i => inputs[i]);", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<QuestionException>(() => cluster.Observer.RetryJobAsync(key + "0", default));
        Assert.Contains("has no job", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "The node is of an earlier release, which does not know the order RetryJob")]
    [InlineData(false, "The job's pool is of an earlier release, which does not know the order RetryJob")]
    public async Task An_earlier_release_is_not_told_to_run_items_again(bool isNode, string expected)
    {
        var earlier = new ProtocolVersions(ControlProtocol.Supported.Control, new VersionRange(Hello.MinVersion, 8));
        var options = new PoolNodeOptions { Port = 0, Workers = 2, Versions = isNode ? earlier : null };
        await using var node = await PoolNode.StartAsync(options).Within("a node");
        await using var pool = await WorkerPool.ConnectAsync(
            node.Address, new WorkerPoolOptions { Versions = isNode ? null : earlier }).Within("the pool");
        await using var observer = await ClusterObserver.ConnectAsync(node.Address, "", default).Within("the observer");
        var test = new FailingItems();
        var job = test.Start(pool);
        await Deadline.Until(() => job.Progress.Done == 19, "all outcomes but one", pool);
        var key = (await observer.DescribeAsync(default)).Jobs.Single().Key;

        var error = await Assert.ThrowsAsync<QuestionException>(() => observer.RetryJobAsync(key, default).Within("the refusal"));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await observer.DescribeJobAsync(key, default)).Job.Failed);
        test.End();
        Assert.Equal(17, (await job.Within("the job", pool)).Count(one => one.IsSuccess));
    }

    [Fact]
    public async Task A_node_drains_under_load_and_no_item_runs_twice()
    {
        await using var cluster = await ObservedCluster.StartAsync(nodes: 2);
        var job = cluster.Pool.StartMap(
            x =>
            {
                Interlocked.Increment(ref s_runs);
                return x;
            },
            Enumerable.Range(0, 20_000), new JobOptions { ChunkSize = 1 });
        await Deadline.Until(() => Volatile.Read(ref s_runs) > 100, "items to run", cluster.Pool);

        var answer = await cluster.Observer.DrainAsync(cluster.Nodes[1].Address, default);

        Assert.Contains("takes no more chunks", answer.Message, StringComparison.Ordinal);
        await cluster.Nodes[1].Completion.Within("the node's end");
        Assert.Equal(Enumerable.Range(0, 20_000), await job.Completion.Within("the job", cluster.Pool));
        Assert.Equal(20_000, Volatile.Read(ref s_runs));
        await Deadline.Until(
            async () => (await cluster.Observer.DescribeAsync(default)).Nodes.Count == 1, "the observer to see one node");
    }

    [Fact]
    public async Task A_node_runs_as_many_chunks_as_it_is_told()
    {
        await using var cluster = await ObservedCluster.StartAsync(nodes: 1);
        var node = cluster.Nodes[0].Address;

        await cluster.Observer.ResizeAsync(node, 1, default);

        await Deadline.Until(() => cluster.Pool.Workers == 1, "the pool to hear of it", cluster.Pool);
        Assert.Equal(1, (await cluster.Observer.DescribeAsync(default)).Nodes[0].Workers);
        await cluster.Observer.ResizeAsync(node, 2, default);
        await Deadline.Until(() => cluster.Pool.Workers == 2, "the pool to hear of it", cluster.Pool);
        foreach (var wrong in new[] { 0, -1, 10_001, int.MaxValue })
        {
            var error = await Assert.ThrowsAsync<QuestionException>(() => cluster.Observer.ResizeAsync(node, wrong, default));
            Assert.Equal($"[{wrong}] is not a number of workers for {node}: 1 to [10000].", error.Message);
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("process")]
    public async Task A_node_runs_more_chunks_than_it_was_started_with(string isolation)
    {
        await using var cluster = await ObservedCluster.StartAsync(nodes: 1, config: $"actorpool.isolation = {isolation}");
        var node = cluster.Nodes[0].Address;
        var job = Hold(cluster.Pool);
        await Deadline.Until(() => IsBusyAsync(2), "two chunks at a time", cluster.Pool);

        await cluster.Observer.ResizeAsync(node, 5, default);

        await Deadline.Until(() => IsBusyAsync(5), "five chunks at a time", cluster.Pool);
        Assert.Equal((5, 5), (cluster.Pool.Workers, cluster.Nodes[0].Workers));
        await using var later = await WorkerPool.ConnectAsync(node, new WorkerPoolOptions { Name = "later" }).Within("the connection");
        Assert.Equal(5, later.Workers);
        job.Cancel();
        var next = Hold(later);
        await Deadline.Until(() => IsBusyAsync(5), "five chunks of a pool that came later", later);
        await cluster.Observer.ResizeAsync(node, 1, default);
        await Deadline.Until(() => later.Workers == 1, "the pool to hear of it", later);
        next.Cancel();
        var results = await later.MapAsync(x => x + 1, [0, 1, 2]).Within("a job on one worker", later);
        Assert.Equal([1, 2, 3], results);

        static Job<int[]> Hold(WorkerPool pool) => pool.StartMap(
            async (x, token) => await HoldAsync(x, token), Enumerable.Range(0, 100), new JobOptions { ChunkSize = 1 });

        async Task<bool> IsBusyAsync(int workers) =>
            (await cluster.Observer.DescribeAsync(default)).Nodes[0] is { } seen && (seen.Busy, seen.Runs.Count) == (workers, workers);
    }

    [Fact]
    public async Task The_start_of_worker_processes_is_no_work_of_the_items_that_wait_for_it()
    {
        await using var cluster = await ObservedCluster.StartAsync(nodes: 1, config: "actorpool.isolation = process");
        var job = cluster.Pool.StartMap(x => x + 1, Enumerable.Range(0, 10), new JobOptions { ChunkSize = 1 });
        await job.Completion.Within("the job", cluster.Pool);
        await Deadline.Until(() => job.Insights.Chunks.Count == 10, "the last chunk", cluster.Pool);

        var insights = job.Insights;

        Assert.True(
            insights.Time.Working < insights.Progress.Elapsed / 2,
            $"{insights.Time.Working} of work in a job of {insights.Progress.Elapsed}, which waited for processes");
    }

    [Fact]
    public async Task What_a_node_logs_is_read_from_the_level_that_it_is_told()
    {
        await using var cluster = await ObservedCluster.StartAsync(nodes: 1);
        var node = cluster.Nodes[0].Address;

        await cluster.Observer.SetLogLevelAsync(node, "debug", default);

        await Deadline.Until(
            async () => (await cluster.Observer.ReadLogAsync(default)).Lines.Any(
                line => line.Message.Contains("SetLogLevel [debug]", StringComparison.Ordinal)),
            "the command's own line");
        foreach (var level in new[] { "warning", "error", "info", "debug" })
        {
            await cluster.Observer.SetLogLevelAsync(node, level, default);
            Assert.Equal(level, (await cluster.Observer.DescribeAsync(default)).Nodes[0].LogLevel);
        }
        var error = await Assert.ThrowsAsync<QuestionException>(() => cluster.Observer.SetLogLevelAsync(node, "loud", default));
        Assert.Contains("[loud] is not a level", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_exist_is_named()
    {
        await using var cluster = await ObservedCluster.StartAsync(nodes: 1);

        var node = await Assert.ThrowsAsync<QuestionException>(() => cluster.Observer.DrainAsync("127.0.0.1:1", default));
        var noKey = await Assert.ThrowsAsync<QuestionException>(() => cluster.Observer.DescribeJobAsync("nonsense", default));
        var gone = await Assert.ThrowsAsync<QuestionException>(() => cluster.Observer.DescribeJobAsync("0123456789ab-7", default));

        Assert.Contains($"Its nodes: {cluster.Nodes[0].Address}", node.Message, StringComparison.Ordinal);
        Assert.Contains("[nonsense] is not the key of a job", noKey.Message, StringComparison.Ordinal);
        Assert.Contains("No pool that uses the cluster has the job", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_gone_without_a_word_is_told_as_a_problem()
    {
        await using var cluster = await ObservedCluster.StartAsync(nodes: 1);
        using var second = NodeProcess.Start("--join", cluster.Nodes[0].Address, "--workers", "1");
        await second.AwaitAsync("next:");
        await Deadline.Until(
            async () => (await cluster.Observer.DescribeAsync(default)).Nodes.Count(node => node.State == NodeState.Up) == 2, "both nodes");

        await second.SignalAsync("STOP");

        await Deadline.Until(async () => (await cluster.Observer.DescribeAsync(default)).Problems.Count > 0, "the problem");
        await second.SignalAsync("CONT");
    }

    private static async Task<int> HoldAsync(int x, CancellationToken token)
    {
        await s_never.Task.WaitAsync(token);
        return x;
    }

    /// <summary>Waits until an observer sees outcomes of all <see cref="FailingItems"/> but the last.</summary>
    /// <returns>The key of the job.</returns>
    private static async Task<string> UntilDoneAsync(ObservedCluster cluster)
    {
        await Deadline.Until(
            async () => (await cluster.Observer.DescribeAsync(default)).Jobs is [{ Done: 19 }], "all outcomes but one", cluster.Pool);
        return (await cluster.Observer.DescribeAsync(default)).Jobs.Single().Key;
    }
}
