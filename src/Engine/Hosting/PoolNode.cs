using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Akka.Actor;
using ActorPool.Cluster;
using ActorPool.Functions;
using ActorPool.Security;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Telemetry;
using ActorPool.Transport;

namespace ActorPool.Hosting;

/// <summary>Lends the workers of this process to pools of other processes: a member of a cluster, as <c>dotnet Node.dll --seed</c> and <c>--join</c> start it.</summary>
/// <remarks>
/// Runs whatever functions the pools bring, with the rights of this process: those of the same user on this machine, or those with a certificate of the same authority. Functions run on
/// threads of its own, never on the .NET thread pool, so that a service may lend what it does not need. Nothing that happens to the node ends the process.
/// </remarks>
public sealed class PoolNode : IAsyncDisposable
{
    private static readonly TimeSpan s_timeBetweenProbes = TimeSpan.FromSeconds(2);
    private const int ProbesInVain = 2;
    private const int ProbesUnanswered = 5; // 10 s: a join takes a few seconds at most, also where members are gone
    private static readonly TimeSpan s_leavePatience = TimeSpan.FromSeconds(3);

    private readonly ActorSystem _system;
    private readonly NodeRuntime _runtime;
    private readonly IActorRef _agent;
    private readonly DataListener _listener;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _leaving;

    private PoolNode(ActorSystem system, NodeRuntime runtime, IActorRef agent, DataListener listener, string host)
    {
        (_system, _runtime, _agent, _listener) = (system, runtime, agent, listener);
        var self = Akka.Cluster.Cluster.Get(system).SelfAddress;
        Address = NodeAddress.Format((host, self.Port!.Value));
        DataAddress = NodeAddress.Format((host, runtime.DataPort));
        (runtime.Address, runtime.OnOutcast) = (Address, OnRemoved);
    }

    /// <summary>Where pools connect and further nodes join, as <c>host:port</c>.</summary>
    public string Address { get; }

    /// <summary>Where inputs and results arrive, as <c>host:port</c>; pools learn it from the node.</summary>
    public string DataAddress { get; }

    /// <summary>Chunks that the node runs at a time.</summary>
    public int Workers => _runtime.Settings.Workers;

    /// <summary>Completes when the node has left its cluster; faults with an <see cref="ActorPoolException"/> when it finds itself outside: the others have removed it, or its seed has started anew.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Starts a node: a seed when <see cref="PoolNodeOptions.Join"/> is empty, else one that joins.</summary>
    /// <param name="options">The node's settings.</param>
    /// <param name="cancellationToken">Ends the waiting for the cluster, and the node.</param>
    /// <returns>The node, when it is up in its cluster and takes work. A seed is at once; a node that joins waits for as long as no seed answers.</returns>
    /// <exception cref="ArgumentException">A setting is impossible, an address insecure or <see cref="PoolNodeOptions.Config"/> not valid; the message has all faults.</exception>
    /// <exception cref="ActorPoolException">The seeds are there, and do not accept this node's certificate or have one that it does not accept.</exception>
    /// <exception cref="IOException">The port is in use, or the address not one of this machine.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    /// <remarks>Costs about 0.5 s, most of it Akka's start, and as much again to join.</remarks>
    public static async Task<PoolNode> StartAsync(PoolNodeOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = NodeSettings.Read(options, out var join);
        var security = ClusterSecurity.Of(settings.Cluster, settings.TimeProvider);
        PoolNode? node;
        do
            node = await TryStartAsync(options, settings, join, security, cancellationToken);
        while (node is null);
        return node;
    }

    /// <returns>Null if a seed is there and its Akka does not answer.</returns>
    /// <remarks>
    /// A process that starts anew at its address while the seed calls the one before may be taken for that one, and is quarantined: Akka then drops all answers to it, until it comes as another.
    /// </remarks>
    private static async Task<PoolNode?> TryStartAsync(PoolNodeOptions options, PoolSettings settings, IReadOnlyList<string> join, ClusterSecurity security, CancellationToken cancellationToken)
    {
        var runtime = new NodeRuntime(settings, CodeContexts(options, settings)) { Seeds = join, Security = security };
        var system = StartSystem(options, settings, security);
        PoolNode? node = null;
        try
        {
            node = Start(system, runtime, options, isSeed: join.Count == 0);
            if (await node.JoinAsync(join, cancellationToken))
                return node;
            await node.DisposeAsync();
            return null;
        }
        catch
        {
            if (node is not null)
                await node.DisposeAsync();
            else
                await ShutdownGate.TerminateAsync(system);
            throw;
        }
    }

    /// <summary>Leaves the cluster in good order: takes no more chunks, hands back those that wait, and lets the running ones end within <c>actorpool.cluster.drain-timeout</c>.</summary>
    /// <param name="cancellationToken">Ends the waiting: what still runs is handed back, and the node goes at once.</param>
    /// <returns>A task that completes when the node is gone; a second call waits for the same.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the node is gone all the same.</exception>
    public async Task LeaveAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _leaving, 1) == 0)
        {
            try
            {
                await _agent.Ask<NodeAgentActor.Drained>(NodeAgentActor.Drain.Instance, Timeout.InfiniteTimeSpan, cancellationToken);
                ShutdownGate.Open(_system);
                await Akka.Cluster.Cluster.Get(_system).LeaveAsync(cancellationToken).WaitAsync(s_leavePatience, cancellationToken);
            }
            catch (TimeoutException)
            {
                // No other member is there to see it off: it goes without.
            }
            finally
            {
                await EndAsync();
            }
        }
        await _completion.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Ends the node at once; pools deal what it ran to other nodes. Does nothing when it has left.</summary>
    /// <returns>A task that completes when the node is gone; it never faults.</returns>
    public async ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _leaving, 1);
        await EndAsync();
        await _completion.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Says the node's address and workers.</summary>
    /// <returns>For example <c>127.0.0.1:8110: 4 workers</c>.</returns>
    public override string ToString() => $"{Address}: {Workers} workers";

    private static Func<Guid, CodeContext> CodeContexts(PoolNodeOptions options, PoolSettings settings)
    {
        var cluster = settings.Cluster;
        var code = new CodeContextOptions
        {
            Directory = options.Functions is { } functions ? new FunctionsDirectory(functions) : null,
            Store = cluster.CodeShipping ? new ModuleStore(cluster.CodeCache ?? UsersCache(), cluster.CodeCacheBytes) : null,
            AllowShipping = cluster.CodeShipping,
            Service = options.HasFunctions ? Assembly.GetEntryAssembly() : null,
            MaxModuleBytes = cluster.MaxModuleBytes,
            Limits = new PayloadLimits { MaxItemBytes = cluster.MaxItemBytes, MaxDepth = cluster.MaxDepth },
        };
        return process => new CodeContext($"pool-process-{process:N}", code);
    }

    /// <summary>The XDG base directory for caches, or what it is by default.</summary>
    private static string UsersCache()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(cache))
            cache = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData) : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "actorpool", "modules");
    }

    /// <summary>Who may connect; for the announcement.</summary>
    internal ClusterSecurity Security => _runtime.Security;

    private static ActorSystem StartSystem(PoolNodeOptions options, PoolSettings settings, ClusterSecurity security)
    {
        try
        {
            var config = ClusterConfig.At(options.Host, options.Port, security.IsOn, settings.Config);
            return PoolConfig.StartSystem(settings with { Name = ControlProtocol.SystemName, Config = config }, security.RemotingSetups);
        }
        catch (ArgumentException e) when (SocketErrorOf(e) is { } error)
        {
            throw new IOException($"The node cannot listen on [{options.Host}:{options.Port}]: {error.Message}.", e);
        }
    }

    private static SocketException? SocketErrorOf(Exception? e) => e switch
    {
        null => null,
        SocketException socket => socket,
        AggregateException all => all.InnerExceptions.Select(SocketErrorOf).FirstOrDefault(inner => inner is not null),
        _ => SocketErrorOf(e.InnerException),
    };

    private static PoolNode Start(ActorSystem system, NodeRuntime runtime, PoolNodeOptions options, bool isSeed)
    {
        var settings = runtime.Settings;
        var refusals = new HandshakeRefusals(Akka.Event.Logging.GetLogger(system, "data-plane"), settings.TimeProvider);
        var limits = new TransportLimits { MaxFrameBytes = settings.Cluster.MaxFrameBytes };
        var listener = DataListener.Start(
            new IPEndPoint(IPAddress.Parse(options.Host), 0), limits, runtime.Security.Channel, runtime.TicketOf, runtime.OnConnected, settings.TimeProvider, refusals.Add);
        runtime.DataPort = listener.EndPoint.Port;
        runtime.Security.Refusals = new HandshakeRefusals(Akka.Event.Logging.GetLogger(system, StandardErrorLogger.ControlPlane), settings.TimeProvider);
        if (isSeed)
            system.ActorOf(DowningActor.PropsFor(settings.Cluster.DownAfter), "actorpool-downing");
        var agent = system.ActorOf(NodeAgentActor.PropsFor(runtime), ControlProtocol.AgentName);
        return new PoolNode(system, runtime, agent, listener, options.Host);
    }

    /// <returns>Whether the node is in the cluster; else it is of no use to wait any longer.</returns>
    private async Task<bool> JoinAsync(IReadOnlyList<string> join, CancellationToken cancellationToken)
    {
        var cluster = Akka.Cluster.Cluster.Get(_system);
        cluster.RegisterOnMemberRemoved(() => OnRemoved("The others have removed it from their cluster."));
        if (join.Count == 0)
            cluster.Join(cluster.SelfAddress);
        else
            cluster.JoinSeedNodes(join.Select(NodeAddress.Parse).Select(seed => cluster.SelfAddress.WithHost(seed.Host).WithPort(seed.Port)));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var unanswered = WatchSeedsAsync(join, ended.Token);
        try
        {
            var first = await Task.WhenAny(_runtime.Joined.Task, unanswered);
            await first;
            return first != unanswered;
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    /// <summary>Akka tries for ever, and does not say why in vain.</summary>
    /// <returns>A task that completes when a seed is there, and has not answered for long.</returns>
    /// <exception cref="ActorPoolException">All seeds are there, and none of them and this node accept each other's certificates.</exception>
    private async Task WatchSeedsAsync(IReadOnlyList<string> join, CancellationToken ended)
    {
        var unanswered = 0;
        var inVain = 0; // once may be by chance: a seed that is just being stopped
        var log = Akka.Event.Logging.GetLogger(_system, nameof(PoolNode));
        var said = new string?[join.Count];
        using var timer = new PeriodicTimer(s_timeBetweenProbes, _runtime.Settings.TimeProvider);
        while (await timer.WaitForNextTickAsync(ended))
        {
            if (join.Count == 0)
                continue;
            var probes = await Task.WhenAll(join.Select(NodeAddress.Parse).Select(seed => _runtime.Security.ProbeAsync(seed.Host, seed.Port, ended)));
            foreach (var (i, probe) in probes.Index())
            {
                if (probe.Reason is { } reason && !string.Equals(reason, said[i], StringComparison.Ordinal))
                    log.SeedSilent(join[i], (said[i] = reason).TrimEnd('.'));
            }
            unanswered = Array.Exists(probes, probe => probe.Reason is null) ? unanswered + 1 : 0;
            if (unanswered == ProbesUnanswered)
                return;
            inVain = Array.TrueForAll(probes, probe => probe.IsFinal) ? inVain + 1 : 0;
            if (inVain == ProbesInVain)
                throw new ActorPoolException($"The node cannot join. {string.Join(' ', join.Zip(probes, (seed, probe) => $"[{seed}]: {probe.Reason!.TrimEnd('.')}."))}");
        }
    }

    private void OnRemoved(string reason)
    {
        if (Interlocked.Exchange(ref _leaving, 1) != 0)
            return;
        _completion.TrySetException(new ActorPoolException($"The node [{Address}] is outside of its cluster. {reason} Start it again."));
        _ = EndAsync();
    }

    private async Task EndAsync()
    {
        _runtime.IsEnding = true;
        foreach (var session in _runtime.Sessions.Values)
            _ = session.EndAsync();
        await _listener.DisposeAsync();
        await ShutdownGate.TerminateAsync(_system).WaitAsync(_runtime.Settings.ShutdownTimeout + s_leavePatience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _completion.TrySetResult();
    }
}
