using Akka.Actor;
using Akka.Event;
using ActorPool.Cluster;
using ActorPool.Hosting;
using ActorPool.Security;
using ActorPool.Serialization;
using ActorPool.Telemetry;

namespace ActorPool;

public sealed partial class WorkerPool
{
    /// <summary>Makes a pool over the nodes of a cluster, which <c>dotnet Node.dll --seed</c> and <c>--join</c>, or a <see cref="PoolNode"/>, started.</summary>
    /// <param name="seed">A node as <c>host:port</c>, or several with commas between them; all other nodes are learnt from those, also the ones that join later.</param>
    /// <param name="options">
    /// The pool's settings; null for defaults. <see cref="WorkerPoolOptions.Workers"/> are workers of this process beside those of the nodes: null for none. With some, the pool can be
    /// used at once, and takes nodes in as they come. The initializer and the state factory run on each node's workers.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting, and the pool.</param>
    /// <returns>The pool, when the first worker is there.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="seed"/> is not a list of host:port, a setting is impossible, the certificates cannot be used, or the nodes are on other machines and there are none for that.
    /// </exception>
    /// <exception cref="NoWorkersException">
    /// No node answered within <c>actorpool.cluster.connect-timeout</c>; or, at once, all of them refused the pool or its certificate, or have one that it refuses. The message says what was tried.
    /// </exception>
    /// <exception cref="FunctionNotShippableException">The initializer or the state factory cannot travel; thrown at the call.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    /// <remarks>
    /// The calls are those of a local pool. Functions travel by reference, with the captured values that they read; a node that lacks their assemblies gets them from this
    /// process. They may run more than once when nodes are lost: (job, index) is the key that tells. Costs about 0.3 s, most of it Akka's start; each chunk one round trip.
    /// </remarks>
    public static async Task<WorkerPool> ConnectAsync(string seed, WorkerPoolOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(seed);
        options ??= new WorkerPoolOptions();
        var seeds = ParseSeeds(seed);
        var settings = PoolSettings.Read(options, ClusterConfig.ForClient(options)) with { IsCluster = true, Workers = options.Workers ?? 0 };
        var security = ClusterSecurity.Of(settings.Cluster, settings.TimeProvider);
        var host = settings.Cluster.Host ?? await LocalAddress.TowardsAsync(NodeAddress.Parse(seeds[0]).Host, cancellationToken);
        var reached = seeds.Select(one => (Host: NodeAddress.Parse(one).Host, What: "The address of a seed")).Prepend((Host: host, What: $"The address from which [{seeds[0]}] is reached"));
        if (reached.Select(one => ClusterSecurity.WhyUnsafe(one.Host, one.What, settings.Cluster)).FirstOrDefault(reason => reason is not null) is { } unsafeBecause)
            throw new ArgumentException(unsafeBecause, nameof(seed));
        settings = settings with { Config = ClusterConfig.At(host, port: 0, security.IsOn, settings.Config) };
        var limits = new PayloadLimits { MaxItemBytes = settings.Cluster.MaxItemBytes, MaxDepth = settings.Cluster.MaxDepth };
        var code = new CodeShipment(limits, options.Initializer, options.WorkerState, seeds) { Security = security };
        var pool = new WorkerPool(StartSystem(settings, security), ownsSystem: true, settings, code);
        if (settings.Workers > 0)
            return pool;
        try
        {
            await pool._pool.HasWorkers.Task.WaitAsync(settings.Cluster.ConnectTimeout, options.TimeProvider, cancellationToken);
            return pool;
        }
        catch (TimeoutException e)
        {
            await pool.DisposeAsync();
            throw new NoWorkersException($"No node of a cluster answered within [{settings.Cluster.ConnectTimeout}] (actorpool.cluster.connect-timeout). {await DescribeAsync(code)} Start a node there with: dotnet Node.dll --seed", e);
        }
        catch
        {
            await pool.DisposeAsync();
            throw;
        }
    }

    private static IReadOnlyList<string> ParseSeeds(string seed)
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

    private static async Task<string> DescribeAsync(CodeShipment code)
    {
        var tried = new List<string>();
        foreach (var seed in code.Seeds)
            tried.Add($"Tried [{seed}]: {(code.Attempts.TryGetValue(seed, out var attempt) ? attempt : await ProbeAsync(code.Security, seed)).TrimEnd('.')}.");
        return string.Join(' ', tried);
    }

    private static async Task<string> ProbeAsync(ClusterSecurity security, string address)
    {
        var (host, port) = NodeAddress.Parse(address);
        var probe = await security.ProbeAsync(host, port, CancellationToken.None);
        return probe.Reason ?? "something listens there, but did not answer as a node does";
    }

    private static ActorSystem StartSystem(PoolSettings settings, ClusterSecurity security)
    {
        var system = PoolConfig.StartSystem(settings, security.RemotingSetups);
        security.Refusals = new HandshakeRefusals(Logging.GetLogger(system, StandardErrorLogger.ControlPlane), settings.TimeProvider);
        return system;
    }
}
