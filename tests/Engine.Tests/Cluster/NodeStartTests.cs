using System.Net;
using ActorPool.Agent;
using ActorPool.Configuration;
using ActorPool.Remoting;
using ActorPool.Security;
using ActorPool.Tests.Support;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

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

    [Fact]
    public async Task A_node_whose_agent_has_stopped_says_so_instead_of_waiting()
    {
        var options = new PoolNodeOptions { Port = 0 };
        var settings = NodeSettings.Read(options, out var join);
        settings = settings with { Cluster = settings.Cluster with { Bind = IPAddress.Loopback } };
        var security = ClusterSecurity.Create(settings.Cluster, settings.TimeProvider);
        var system = NodeStart.StartSystem(options with { Host = "127.0.0.1" }, settings, security);
        try
        {
            var address = NodeAddress.From("127.0.0.1", Akka.Cluster.Cluster.Get(system).SelfAddress.Port!.Value);
            var runtime = new NodeRuntime(settings, _ => throw new InvalidOperationException("No pool asks."))
            {
                Seeds = join,
                Security = security,
                Address = address,
            };
            var agent = system.ActorOf(Props.Empty);
            var joining = new ClusterJoin(system, runtime, agent, Logging.GetLogger(system, "test"));
            var joined = joining.RunAsync(join, new TaskCompletionSource().Task, CancellationToken.None);

            system.Stop(agent);

            var error = await Assert.ThrowsAnyAsync<ActorPoolException>(() => joined.Within("the error"));
            Assert.Contains($"The agent of the node [{address}] did not start", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            await ShutdownGate.TerminateAsync(system);
        }
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
