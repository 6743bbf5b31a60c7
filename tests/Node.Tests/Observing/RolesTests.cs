using ActorPool.Jobs;
using ActorPool.Node.Observing;
using ActorPool.Tests.Security;
using ActorPool.Tests.Support;
using ActorPool.Wire;
using Akka.Actor;

namespace ActorPool.Node.Tests.Observing;

/// <summary>What certificates of fewer roles may do.</summary>
public sealed class RolesTests : IDisposable
{
    private readonly ActorPool.Tests.Security.Certificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task One_for_observers_sees_and_neither_orders_nor_runs_functions()
    {
        await using var node = await StartNodeAsync();
        var config = Config(_certificates.ForRoles("127.0.0.1", "observe"));
        await using var observer = await ClusterObserver.ConnectAsync(node.Address, config, default).Within("the observer");

        Assert.Single((await observer.DescribeAsync(default)).Nodes);
        var order = await Assert.ThrowsAsync<QuestionException>(() => observer.DrainAsync(node.Address, default));
        Assert.Contains("is for [observe], and this needs [operate]", order.Message, StringComparison.Ordinal);
        await using var owner = await WorkerPool.ConnectAsync(
            node.Address, new WorkerPoolOptions { Config = Config(_certificates.For("127.0.0.1")) }).Within("a pool");
        var test = new FailingItems();
        var job = test.Start(owner);
        await Deadline.Until(() => job.Progress.Done == 19, "all outcomes but one", owner);
        var key = (await observer.DescribeAsync(default)).Jobs.Single().Key;
        var retry = await Assert.ThrowsAsync<QuestionException>(() => observer.RetryJobAsync(key, default));
        Assert.Contains("is for [observe], and this needs [operate]", retry.Message, StringComparison.Ordinal);
        Assert.Equal(3, job.Progress.Failed);
        test.End();
        await job.Within("the job", owner);
        await using var pool = await WorkerPool.ConnectAsync(node.Address, new WorkerPoolOptions { Config = config }).Within("the pool");
        var run = await Assert.ThrowsAsync<NoWorkersException>(() => pool.ApplyAsync(x => x + 1, 1).Within("the call", pool));
        Assert.Contains("is for [observe], and running functions needs [submit]", run.Message, StringComparison.Ordinal);
        Assert.Contains("certs issue HOST --role submit", run.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("initializer", run.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_for_programs_runs_functions_and_does_not_see()
    {
        await using var node = await StartNodeAsync();
        var config = Config(_certificates.ForRoles("127.0.0.1", "submit"));
        await using var pool = await WorkerPool.ConnectAsync(node.Address, new WorkerPoolOptions { Config = config }).Within("the pool");
        await using var observer = await ClusterObserver.ConnectAsync(node.Address, config, default).Within("the observer");

        Assert.Equal(2, await pool.ApplyAsync(x => x + 1, 1).Within("the call", pool));
        var report = await observer.DescribeAsync(default);
        Assert.Contains("is for [submit], and this needs [observe]", Assert.Single(report.Problems), StringComparison.Ordinal);
        Assert.Empty(report.Jobs);
        var test = new FailingItems();
        var job = test.Start(pool);
        await Deadline.Until(() => job.Progress.Done == 19, "all outcomes but one", pool);
        var order = await Assert.ThrowsAsync<QuestionException>(() => OrderAsync(pool, pool.State.Key.GetJobKey(job.Id)));
        Assert.Contains("is for [submit], and this needs [operate]", order.Message, StringComparison.Ordinal);
        Assert.Equal(3, job.Progress.Failed);
        test.End();
        await job.Within("the job", pool);
    }

    [Fact]
    public async Task One_of_fewer_roles_is_not_for_a_node()
    {
        var options = new PoolNodeOptions { Port = 0, Config = Config(_certificates.ForRoles("127.0.0.1", "observe", "submit")) };

        var error = await Assert.ThrowsAnyAsync<ArgumentException>(() => PoolNode.StartAsync(options));

        Assert.Contains("only for [observe, submit]: a node needs one for all roles", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Orders failed items to run again, over the connection of a pool.</summary>
    private static async Task OrderAsync(WorkerPool pool, string key)
    {
        var nodes = await pool.Coordinator.Ask<NodeProtocol.NodesListed>(NodeProtocol.ListNodes.Instance, Deadline.Limit);
        await nodes.Links.Values.Single().Ask<NodeProtocol.NodeAnswered>(
            new NodeProtocol.AskNode(DataProtocol.NodeQuestionKind.RetryJob, key, CancellationToken.None), Deadline.Limit);
    }

    private Task<PoolNode> StartNodeAsync()
    {
        var options = new PoolNodeOptions { Port = 0, Workers = 1, Config = Config(_certificates.For("127.0.0.1")) };
        return PoolNode.StartAsync(options).Within("a node");
    }

    // With the node's socket, which a process of the same user could use: what the certificate says holds nevertheless.
    private static string Config(string directory) => $"actorpool.cluster.tls.certificates = \"{directory}\"";
}
