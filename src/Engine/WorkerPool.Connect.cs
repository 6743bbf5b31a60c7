using ActorPool.Client;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Remoting;
using ActorPool.Security;
using ActorPool.Serialization;
using Akka.Actor;
using Akka.Event;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Creates a pool over the nodes of a cluster.</summary>
    /// <param name="seed">
    /// A node as <c>host:port</c>, or several separated by commas; the pool learns all other nodes from those, also the ones that join
    /// later.
    /// </param>
    /// <param name="options">
    /// The pool's settings; null for defaults. <see cref="WorkerPoolOptions.Workers"/> are workers of this process beside those of the
    /// nodes: null for none. The initializer and the state factory run on each node's workers.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting, and the pool.</param>
    /// <returns>
    /// The pool, when its first node is ready; it adds other nodes as they join. With
    /// <see cref="WorkerPoolOptions.ConnectInBackground"/>: at once.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="seed"/> is not a list of host:port, a setting is out of range, the certificates cannot be used, or nodes are on
    /// other machines and no certificates are configured for that.
    /// </exception>
    /// <exception cref="NoWorkersException">
    /// No node answered within <c>actorpool.cluster.connect-timeout</c>; or, at once, all of them refused the pool or its certificate, or
    /// have one that the pool refuses. The message says what was tried.
    /// </exception>
    /// <exception cref="FunctionNotShippableException">The initializer, the state factory or a converter cannot travel.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled before the pool was ready.
    /// </exception>
    /// <remarks>
    /// Nodes are started by <c>dotnet Node.dll --seed</c> and <c>--join</c>, or by <see cref="PoolNode"/>. The calls are those of a local
    /// pool. Functions travel by reference, with the captured values that they read; a node that lacks their assemblies gets them from this
    /// process. They may run more than once when nodes are lost: <see cref="WorkContext"/> has the job and the index that identify an
    /// item. A node whose time zone, cultures or major version of ICU are not those of this process is told in one warning in the log.
    /// Costs about 0.3 s, most of it Akka's start; each chunk costs one round trip.
    /// </remarks>
    public static async Task<WorkerPool> ConnectAsync(
        string seed, WorkerPoolOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(seed);
        options ??= new WorkerPoolOptions();
        var seeds = ParseSeeds(seed);
        var settings = PoolSettings.Read(options, ClusterConfig.ForClient(options)) with
        {
            IsCluster = true,
            Workers = options.Workers ?? 0,
        };
        if (options is { Isolation: WorkerIsolation.Process, Workers: not null })
        {
            throw new ArgumentException(
                "WorkerPoolOptions.Isolation is Process, and the Workers of this process are asked for beside those of nodes. "
                + "Leave Workers out, and start the nodes with --isolation process.", nameof(options));
        }
        var security = ClusterSecurity.Create(settings.Cluster, settings.TimeProvider);
        var host = settings.Cluster.Host ?? await LocalAddress.FindTowardsAsync(seeds[0].Host, cancellationToken).ConfigureAwait(false);
        var addresses = seeds.Select(one => (Host: one.Host, What: "The address of a seed"))
            .Prepend((Host: host, What: $"The address from which [{seeds[0]}] is reached"));
        var reasons = addresses.Select(one => ClusterSecurity.FindUnsafeReason(one.Host, one.What, settings.Cluster));
        if (reasons.FirstOrDefault(reason => reason is not null) is { } unsafeReason)
            throw new ArgumentException(FormattableString.Invariant(unsafeReason), nameof(seed));
        settings = settings with { Config = ClusterConfig.ForAddress(host, port: 0, security.IsOn, settings.Config) };
        var client = new ClusterClient(
            PayloadLimits.For(settings.Cluster), options.Initializer, options.WorkerState, CreateConversions(options), seeds)
        {
            Security = security,
        };
        var pool = new WorkerPool(StartSystem(settings, security), ownsSystem: true, settings, client);
        var ready = pool._pool.HasWorkers.Task;
        if (options.ConnectInBackground)
        {
            _ = WatchConnectionAsync(Logging.GetLogger(pool._ownedSystem!, nameof(WorkerPool)), pool._pool, client);
            return pool;
        }
        try
        {
            await ready.WaitAsync(settings.Cluster.ConnectTimeout, options.TimeProvider, cancellationToken).ConfigureAwait(false);
            return pool;
        }
        catch (TimeoutException e)
        {
            await pool.DisposeAsync().ConfigureAwait(false);
            var attempts = await DescribeAttemptsAsync(client).ConfigureAwait(false);
            throw new NoWorkersException(
                $"No node of a cluster answered within [{settings.Cluster.ConnectTimeout}] (actorpool.cluster.connect-timeout). " +
                $"{attempts} Start a node there with: {StartCommand.FormatSeed(seeds[0])}", e);
        }
        catch
        {
            await pool.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Logs once that no node has answered for long, or that all refuse.</summary>
    private static async Task WatchConnectionAsync(ILoggingAdapter log, PoolState pool, ClusterClient client)
    {
        var (settings, ready) = (pool.Settings, pool.HasWorkers.Task);
        var limit = settings.Cluster.ConnectTimeout;
        var decided = Task.WhenAny(ready, pool.Stopped);
        await ((Task)decided).WaitAsync(limit, settings.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ready.IsCompletedSuccessfully && !pool.Stopped.IsCompleted)
            log.ClusterSilent(settings.Name, limit, client.DescribeAttempts());
    }

    internal static Conversions CreateConversions(WorkerPoolOptions options)
    {
        if (options.Converters is null || options.Converters.Contains(null!))
            throw new ArgumentException($"{nameof(WorkerPoolOptions.Converters)} is null or has a null. Leave it out.", nameof(options));
        if (options.Conversions is { } known)
            return known;
        try
        {
            return new Conversions(options.Converters.Select(one => one.Describe()));
        }
        catch (PayloadException e)
        {
            throw new ArgumentException(e.Message, nameof(options), e);
        }
    }

    private static IReadOnlyList<NodeAddress> ParseSeeds(string seed)
    {
        try
        {
            return NodeAddress.ParseList(seed);
        }
        catch (FormatException e)
        {
            throw new ArgumentException(e.Message, nameof(seed), e);
        }
    }

    private static async Task<string> DescribeAttemptsAsync(ClusterClient client)
    {
        var tried = new List<string>();
        foreach (var seed in client.Seeds)
        {
            if (!client.Attempts.TryGetValue(seed, out var outcome))
                outcome = await ProbeAsync(client.Security, seed).ConfigureAwait(false);
            tried.Add($"Tried [{seed}]: {outcome}.");
        }
        return string.Join(' ', tried);
    }

    private static async Task<string> ProbeAsync(ClusterSecurity security, NodeAddress address)
    {
        var probe = await security.ProbeAsync(address, CancellationToken.None).ConfigureAwait(false);
        return probe.Reason ?? "something listens there, but did not answer as a node does";
    }

    private static ActorSystem StartSystem(PoolSettings settings, ClusterSecurity security)
    {
        var system = SystemStarter.Start(settings, security.RemotingSetups);
        security.Refusals = new HandshakeRefusals(Logging.GetLogger(system, RepeatedLineFilter.ControlPlane), settings.TimeProvider);
        if (security.Watch(Logging.GetLogger(system, nameof(WorkerPool))) is { } watch)
            system.RegisterOnTermination(watch.Dispose);
        return system;
    }
}
