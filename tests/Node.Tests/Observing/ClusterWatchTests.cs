using ActorPool.Node.Nodes;
using ActorPool.Node.Observing;
using ActorPool.Tests.Support;
using ActorPool.Wire;

namespace ActorPool.Node.Tests.Observing;

/// <summary>What the viewers of a dashboard share.</summary>
public sealed class ClusterWatchTests
{
    [Fact]
    public async Task Viewers_of_a_job_share_one_answer_for_a_second()
    {
        await using var cluster = await ObservedCluster.StartAsync(nodes: 1);
        var test = new FailingItems();
        var job = test.Start(cluster.Pool);
        var key = await FindJobAsync(cluster);
        var clock = new SteppedClock();
        await using var watch = Watch(cluster, clock);

        var first = await watch.DescribeJobAsync(key, default).Within("the first answer");
        clock.Pass(TimeSpan.FromSeconds(0.8));
        var second = await watch.DescribeJobAsync(key, default).Within("the second answer");
        clock.Pass(TimeSpan.FromSeconds(0.2));
        var third = await watch.DescribeJobAsync(key, default).Within("the third answer");

        Assert.Equal("parse", first.Job.Name, StringComparer.Ordinal);
        Assert.Same(first, second);
        Assert.NotSame(first, third);
        await Assert.ThrowsAsync<QuestionException>(() => watch.DescribeJobAsync("0123456789ab-1", default).Within("the refusal"));
        test.End();
        await job.Within("the job", cluster.Pool);
    }

    [Fact]
    public async Task A_viewer_who_goes_takes_the_answer_from_no_other()
    {
        await using var cluster = await ObservedCluster.StartAsync(nodes: 1);
        var test = new FailingItems();
        var job = test.Start(cluster.Pool);
        var key = await FindJobAsync(cluster);
        await using var watch = Watch(cluster, new SteppedClock());
        using var gone = new CancellationTokenSource();

        var left = watch.DescribeJobAsync(key, gone.Token);
        var stays = watch.DescribeJobAsync(key, default);
        await gone.CancelAsync();

        Assert.Equal("parse", (await stays.Within("the answer")).Job.Name, StringComparer.Ordinal);
        await left.ContinueWith(_ => { }, TaskScheduler.Default).Within("the end");
        test.End();
        await job.Within("the job", cluster.Pool);
    }

    private static ClusterWatch Watch(ObservedCluster cluster, TimeProvider clock)
    {
        var status = new NodeStatus(manager: null);
        status.Enter(NodePhase.Ready, cluster.Nodes[0]);
        return new ClusterWatch(status, "", clock);
    }

    private static async Task<string> FindJobAsync(ObservedCluster cluster)
    {
        string? key = null;
        await Deadline.Until(
            async () => (key = (await cluster.Observer.DescribeAsync(default)).Jobs.SingleOrDefault()?.Key) is not null,
            "the job to be seen");
        return key!;
    }

    /// <summary>Its timestamps stand still until the test lets time pass.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        private long _now = TimeSpan.TicksPerDay;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _now);

        public void Pass(TimeSpan time) => Interlocked.Add(ref _now, time.Ticks);
    }
}
