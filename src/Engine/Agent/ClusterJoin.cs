using ActorPool.Configuration;
using ActorPool.Diagnostics;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Agent;

/// <summary>Joins a node to its cluster, and finds out why that takes long.</summary>
internal sealed class ClusterJoin(ActorSystem system, NodeRuntime runtime, IActorRef agent, ILoggingAdapter log)
{
    private static readonly TimeSpan s_probeInterval = TimeSpan.FromSeconds(2);
    private const int MaxFinalProbes = 2;
    private const int MaxUnansweredProbes = 5; // 10 s: a join takes a few seconds at most, also where members are gone

    /// <summary>Joins the cluster of some seeds, or starts a new one if there are none.</summary>
    /// <param name="join">The seeds.</param>
    /// <param name="completion">The node's end.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Whether the node is in the cluster; if not, it is useless to wait any longer.</returns>
    /// <exception cref="NodeOutsideException">
    /// The cluster extension has ended. Akka lets that happen without a word when its start takes longer than
    /// <c>akka.actor.creation-timeout</c>: it logs an error, and whoever joins waits forever (no issue is filed). Or the node's agent has
    /// not started, so that nobody would learn that the node has joined.
    /// </exception>
    /// <exception cref="ActorPoolException">No seed can be joined until someone changes the setup.</exception>
    public async Task<bool> RunAsync(IReadOnlyList<NodeAddress> join, Task completion, CancellationToken cancellationToken)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        cluster.RegisterOnMemberRemoved(() => runtime.OnOutside(NodeEnd.Removed)); // at once if it has ended
        if (join.Count == 0)
            cluster.Join(cluster.SelfAddress);
        else
            cluster.JoinSeedNodes(join.Select(seed => seed.ToAkka(cluster.SelfAddress)));
        runtime.Security.OnRenamed = OnRenamed;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var agentEnd = agent.WatchAsync(ended.Token);
        var unanswered = WatchAsync(cluster, join, ended.Token);
        try
        {
            var first = await Task.WhenAny(runtime.Joined.Task, unanswered, completion, agentEnd).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (first == agentEnd)
                throw new NodeOutsideException(runtime.Address.ToString(), NodeEnd.NoAgent);
            if (first == completion)
                throw new NodeOutsideException(runtime.Address.ToString(), NodeEnd.NotStarted);
            await first.ConfigureAwait(false);
            return first != unanswered;
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Goes on with a seed's own address.</summary>
    /// <remarks>The seed drops what is sent to another one, such as a name of its machine.</remarks>
    private void OnRenamed(NodeAddress called, NodeAddress actual)
    {
        if (!runtime.RenameSeed(called, actual))
            return;
        log.SeedRenamed(called.ToString(), actual.ToString());
        var cluster = Akka.Cluster.Cluster.Get(system);
        if (!runtime.Joined.Task.IsCompleted)
            cluster.JoinSeedNodes(runtime.Seeds.Select(seed => seed.ToAkka(cluster.SelfAddress)));
    }

    /// <summary>Probes the seeds while Akka tries to join.</summary>
    /// <returns>A task that completes when a seed has been reachable for long, and has not answered.</returns>
    /// <exception cref="NodeOutsideException">The cluster extension has ended.</exception>
    /// <exception cref="ActorPoolException">No seed can be joined until someone changes the setup.</exception>
    /// <remarks>
    /// Akka tries forever, and does not tell its caller why it fails. Nor does it call back for an end that it has begun when the callback
    /// is registered, and whose flag it sets a moment later.
    /// </remarks>
    private async Task WatchAsync(Akka.Cluster.Cluster cluster, IReadOnlyList<NodeAddress> join, CancellationToken ended)
    {
        var unanswered = 0;
        var final = 0; // one final result may be chance: a seed that is just being stopped
        var others = join.Where(seed => seed != runtime.Address).ToList();
        var logged = new string?[others.Count];
        using var timer = new PeriodicTimer(s_probeInterval, runtime.Settings.TimeProvider);
        while (await timer.WaitForNextTickAsync(ended).ConfigureAwait(false))
        {
            if (cluster.IsTerminated)
                throw new NodeOutsideException(runtime.Address.ToString(), NodeEnd.NotStarted);
            if (others.Count == 0)
                continue; // the first node of its cluster
            // Another seed of the same list waits for itself, too.
            var probes = await Task.WhenAll(others.Select(seed => runtime.Security.ProbeAsync(seed, ended))).ConfigureAwait(false);
            foreach (var (i, probe) in probes.Index())
            {
                if (probe.Reason is { } reason && !string.Equals(reason, logged[i], StringComparison.Ordinal))
                    log.SeedSilent(others[i].ToString(), logged[i] = reason);
            }
            unanswered = Array.Exists(probes, probe => probe.Reason is null) ? unanswered + 1 : 0;
            if (unanswered == MaxUnansweredProbes)
                return;
            final = Array.TrueForAll(probes, probe => probe.IsFinal) ? final + 1 : 0;
            if (final == MaxFinalProbes)
            {
                var reasons = others.Zip(probes, (seed, probe) => $"[{seed}]: {probe.Reason}.");
                throw new ActorPoolException($"The node cannot join. {string.Join(' ', reasons)}");
            }
        }
    }
}
