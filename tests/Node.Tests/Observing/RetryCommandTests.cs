using ActorPool.Tests.Support;

namespace ActorPool.Node.Tests.Observing;

/// <summary>The command <c>jobs retry</c>, as an operator calls it.</summary>
public sealed class RetryCommandTests
{
    [Fact]
    public async Task It_says_how_many_items_run_again_and_ends_with_1_where_none_can()
    {
        await using var cluster = await ObservedCluster.StartAsync(nodes: 1);
        var test = new FailingItems();
        var job = test.Start(cluster.Pool);
        await Deadline.Until(() => job.Progress.Done == 19, "all outcomes but one", cluster.Pool);
        var key = (await cluster.Observer.DescribeAsync(default)).Jobs.Single().Key;
        test.Repair();

        using var done = Retry(cluster, "parse");
        await done.CheckEndAsync(0);
        Assert.Contains("3 failed items of parse run again.", done.Output, StringComparison.Ordinal);
        test.End();
        Assert.All(await job.Within("the job", cluster.Pool), one => Assert.True(one.IsSuccess));

        using var refused = Retry(cluster, key);
        await refused.CheckEndAsync(1);
        Assert.Contains("parse has ended: its failed items cannot run again in it.", refused.Error, StringComparison.Ordinal);
    }

    private static NodeProcess Retry(ObservedCluster cluster, string job) =>
        NodeProcess.Start("jobs", "retry", job, "--cluster", cluster.Nodes[0].Address);
}
