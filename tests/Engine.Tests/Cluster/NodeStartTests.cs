using ActorPool.Tests.Support;
using Akka.Actor;
using Akka.Cluster;

namespace ActorPool.Tests.Cluster;

/// <summary>Nodes that cannot get into a cluster.</summary>
public sealed class NodeStartTests
{
    private static int s_starts;

    [Fact]
    public async Task A_node_whose_cluster_ends_at_the_start_tries_three_times_and_says_so()
    {
        var options = new PoolNodeOptions
        {
            Port = 0,
            Config = $"akka.cluster.downing-provider-class = \"{typeof(FailingProvider).AssemblyQualifiedName}\"",
        };

        var error = await Assert.ThrowsAnyAsync<ActorPoolException>(() => PoolNode.StartAsync(options).Within("the error"));

        Assert.Contains("akka.actor.creation-timeout", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, s_starts);
    }

    /// <summary>Makes Akka's cluster end as it does when it does not start in time.</summary>
    internal sealed class FailingProvider : IDowningProvider
    {
        public FailingProvider(ActorSystem system, Akka.Cluster.Cluster cluster) =>
            throw new InvalidOperationException($"start {++s_starts} of {system} at {cluster.SelfAddress}");

        public TimeSpan DownRemovalMargin => TimeSpan.Zero;

        public Props? DowningActorProps => null;
    }
}
