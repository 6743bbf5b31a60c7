using System.Net;
using System.Net.Sockets;
using System.Reflection;
using ActorPool.Agent;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Processes;
using ActorPool.Remoting;
using ActorPool.Security;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Transport;
using Akka.Actor;

namespace ActorPool;

/// <summary>Lends this process's workers to pools of other processes, as a member of a cluster.</summary>
/// <remarks>
/// What <c>dotnet Node.dll --seed</c> and <c>--join</c> start. It runs the functions that pools bring, with the rights of this process. It
/// serves pools of the same user on this machine, or those with a certificate of the same authority; without TLS, all on this machine.
/// Functions run on the node's own threads, never on the .NET thread pool, so that a service may lend what it does not need. Nothing that
/// happens to the node ends the process.
/// </remarks>
public sealed class PoolNode : IAsyncDisposable, IDisposable
{
    private const int MaxStarts = 3;
    private static readonly TimeSpan s_leaveTimeout = TimeSpan.FromSeconds(3);

    private readonly ActorSystem _system;
    private readonly NodeRuntime _runtime;
    private readonly IActorRef _agent;
    private readonly DataListener _listener;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _hasFixedPort;
    private int _leaving;
    private int _outside;
    private int _ending;

    private PoolNode(ActorSystem system, NodeRuntime runtime, IActorRef agent, DataListener listener, PoolNodeOptions options)
    {
        (_system, _runtime, _agent, _listener, _hasFixedPort) = (system, runtime, agent, listener, options.Port != 0);
        runtime.OnOutside = OnOutside;
        runtime.OnDrain = () => _ = LeaveAsync();
        Address = runtime.Lines.Node = runtime.Address.ToString();
        DataAddress = NodeAddress.From(options.Host, runtime.DataPort).ToString();
    }

    /// <summary>Where pools connect and further nodes join, as <c>host:port</c>.</summary>
    public string Address { get; }

    /// <summary>Where inputs and results arrive, as <c>host:port</c>; pools learn it from the node.</summary>
    /// <remarks>
    /// On Linux, pools of the same user on the same machine use a Unix domain socket (<c>actorpool.cluster.local-socket</c>).
    /// </remarks>
    public string DataAddress { get; }

    /// <summary>The Unix domain socket for pools of this user on this machine; empty for none.</summary>
    internal string SocketPath => _runtime.SocketPath;

    /// <summary>Whether the node has joined a cluster, and reaches no other member of it.</summary>
    internal bool IsCutOff => _runtime.IsCutOff;

    /// <summary>Whether the node has ended completely.</summary>
    internal bool IsGone => _gone.Task.IsCompleted;

    /// <summary>Chunks that the node runs at a time; 1 or more.</summary>
    /// <value>Those of its options, until an operator changes it.</value>
    public int Workers => _runtime.Target;

    /// <summary>Completes when the node has left its cluster; faults when it is outside of it.</summary>
    /// <value>
    /// It faults with an <see cref="ActorPoolException"/> when the others have removed the node, or its seed has restarted. The node then
    /// takes no more chunks, finishes those that it runs, and ends. Start another one: at once if <see cref="PoolNodeOptions.Port"/> is 0,
    /// else when this one has ended. <see cref="LeaveAsync"/> gives the running chunks <c>actorpool.cluster.drain-timeout</c>;
    /// <see cref="DisposeAsync"/> hands them back at once.
    /// </value>
    public Task Completion => _completion.Task;

    /// <summary>Starts a node: a seed when <see cref="PoolNodeOptions.Join"/> is empty, else one that joins others.</summary>
    /// <param name="options">The node's settings.</param>
    /// <param name="cancellationToken">Ends the waiting for the cluster, and the node.</param>
    /// <returns>
    /// The node, when it is up in its cluster and takes work. A seed is up at once; a node that joins waits for as long as no seed answers.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="options"/> is null, a setting is out of range, an address insecure or <see cref="PoolNodeOptions.Config"/> not
    /// valid; the message lists all faults.
    /// </exception>
    /// <exception cref="ActorPoolException">
    /// None of the seeds can be joined: one side refuses the other's certificate, only one side uses TLS, or an address is not a node's. Or
    /// the machine is so busy that Akka did not start within <c>akka.actor.creation-timeout</c> (20 s), three times in a row.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// Workers are to be processes, and the program's <c>Main</c> has to help with it (<see cref="WorkerProcess"/>).
    /// </exception>
    /// <exception cref="IOException">
    /// The port or that of the data plane is in use, the address is not one of this machine, or the name has no address; or
    /// workers are to be processes, and the directory for temporary files cannot be written.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled before the node was up.</exception>
    /// <remarks>Costs about 0.5 s, most of it Akka's start, and as much again to join.</remarks>
    public static async Task<PoolNode> StartAsync(PoolNodeOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = NodeSettings.Read(options, out var join);
        options = options with { Host = NodeSettings.FindHost(options.Host)! };
        if (settings.Isolation is WorkerIsolation.Process)
            NodeStart.CheckProcesses();
        var security = ClusterSecurity.Create(settings.Cluster, settings.TimeProvider);
        NodeStart.CheckCertificate(security, options.Host);
        settings = settings with
        {
            Cluster = settings.Cluster with
            {
                Bind = await NodeStart.FindBindAddressAsync(options, settings, cancellationToken).ConfigureAwait(false),
            },
        };
        for (var starts = 1; ; starts++)
        {
            try
            {
                if (await TryStartAsync(options, settings, join, security, cancellationToken).ConfigureAwait(false) is { } node)
                    return node;
            }
            catch (NodeOutsideException) when (starts < MaxStarts)
            {
                // A new actor system may be in its cluster sooner: the machine was busy.
            }
        }
    }

    /// <returns>Null if a seed is reachable and its Akka does not answer.</returns>
    /// <remarks>
    /// The seed may take a restarted process at this address for the previous one, if it was just calling that one. It then quarantines the
    /// process: Akka drops all answers to it until it starts as a new actor system.
    /// <para>None filed; akka.net#3440 is near. Remove when a new process at the address of a quarantined one is answered.</para>
    /// </remarks>
    private static async Task<PoolNode?> TryStartAsync(
        PoolNodeOptions options,
        PoolSettings settings,
        IReadOnlyList<NodeAddress> join,
        ClusterSecurity security,
        CancellationToken cancellationToken)
    {
        var runtime = new NodeRuntime(settings, CreateCodeContextFactory(options, settings))
        {
            Seeds = join,
            Security = security,
            Predecessor = options.Predecessor?._runtime,
            Target = options.Predecessor?._runtime.Target ?? settings.Workers,
            // A service changes its process itself.
            Surroundings = options.HasFunctions ? null : options.Predecessor?._runtime.Surroundings ?? new NodeSurroundings(),
        };
        // The first of several seeds starts a new cluster when no other answers: a wrong one if it does not wait for a busy machine.
        if (options.IsSeed && join.Count > 1 && join[0].Host.Equals(options.Host, StringComparison.Ordinal))
            settings = settings with { Config = ClusterConfig.ForFirstSeed(settings.Config) };
        var system = NodeStart.StartSystem(options, settings, security);
        PoolNode? node = null;
        try
        {
            var log = Akka.Event.Logging.GetLogger(system, nameof(PoolNode));
            runtime.Address = NodeAddress.From(options.Host, Akka.Cluster.Cluster.Get(system).SelfAddress.Port!.Value);
            var (agent, listener) = NodeStart.Serve(system, runtime, log, isSeed: join.Count == 0 || options.IsSeed);
            node = new PoolNode(system, runtime, agent, listener, options);
            if (await new ClusterJoin(system, runtime, agent, log).RunAsync(join, node.Completion, cancellationToken).ConfigureAwait(false))
            {
                _ = NodeStart.CheckPublicPortsAsync(runtime, log);
                return node;
            }
            await node.DisposeAsync().ConfigureAwait(false);
            return null;
        }
        catch
        {
            if (node is not null)
                await node.DisposeAsync().ConfigureAwait(false);
            else
                await ShutdownGate.TerminateAsync(system).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Leaves the cluster in good order.</summary>
    /// <param name="cancellationToken">Ends the waiting: what still runs is handed back, and the node ends at once.</param>
    /// <returns>A task that completes when the node has ended; a second call waits for the same.</returns>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled before the node had drained; the node ends nevertheless.
    /// </exception>
    /// <remarks>
    /// The node takes no more chunks, hands back those that wait, and lets the running ones end within
    /// <c>actorpool.cluster.drain-timeout</c>.
    /// </remarks>
    public async Task LeaveAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _leaving, 1) == 0)
        {
            try
            {
                await DrainAsync(isOutside: false, cancellationToken).ConfigureAwait(false);
                ShutdownGate.Open(_system);
                if (Volatile.Read(ref _outside) == 0)
                {
                    var leave = Akka.Cluster.Cluster.Get(_system).LeaveAsync(cancellationToken);
                    await leave.WaitAsync(s_leaveTimeout, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (TimeoutException)
            {
                // No member confirmed the leave in time: the node ends without it.
            }
            finally
            {
                await EndAsync().ConfigureAwait(false);
            }
        }
        await _gone.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the node at once, and hands back what it runs.</summary>
    /// <returns>A task that completes when the node has ended; it never faults.</returns>
    /// <remarks>Its pools dispatch that to other nodes. Does nothing when the node has left.</remarks>
    public async ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _leaving, 1);
        await EndAsync().ConfigureAwait(false);
    }

    /// <summary>Does what <see cref="DisposeAsync"/> does, and blocks the calling thread meanwhile.</summary>
    /// <remarks>For a plain <c>using</c>, and for containers and test fixtures that dispose synchronously.</remarks>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Shows the node's address and workers.</summary>
    /// <returns>For example <c>127.0.0.1:8110: 4 workers</c>.</returns>
    public override string ToString() => $"{Address}: {CountText.Format(Workers, "worker")}";

    private static Func<Guid, CodeContext> CreateCodeContextFactory(PoolNodeOptions options, PoolSettings settings)
    {
        var cluster = settings.Cluster;
        var cache = cluster.CodeCache ?? UserFiles.GetCacheDirectory("modules");
        var code = new CodeContextOptions
        {
            Directory = options.Functions is { } functions ? new FunctionsDirectory(functions) : null,
            Store = cluster.CodeShipping ? new ModuleStore(cache, cluster.CodeCacheBytes) : null,
            Natives = cluster.CodeShipping ? NativeFiles.For(Path.Combine(cache, "native")) : null,
            AllowShipping = cluster.CodeShipping,
            KeepsBytes = true, // for worker processes, which run suspects also where the others run in this one
            Service = options.HasFunctions ? Assembly.GetEntryAssembly() : null,
            MaxModuleBytes = cluster.MaxModuleBytes,
            Limits = PayloadLimits.For(cluster),
        };
        return process => new CodeContext($"pool-process-{process:N}", code);
    }

    /// <summary>Whether another node of this process needs a port of this one.</summary>
    internal bool HasFixedPort => _hasFixedPort || _runtime.Settings.Cluster.DataPort != 0;

    /// <summary>Decides who may connect; for the node's announcement.</summary>
    internal ClusterSecurity Security => _runtime.Security;

    private void OnOutside(NodeEnd reason)
    {
        if (Volatile.Read(ref _leaving) != 0 || Interlocked.Exchange(ref _outside, 1) != 0)
            return;
        _completion.TrySetException(new NodeOutsideException(Address, reason));
        _ = EndOutsideAsync();
    }

    /// <summary>Lets the running chunks end: the node's pools reach it without its cluster.</summary>
    private async Task EndOutsideAsync()
    {
        await DrainAsync(isOutside: true, CancellationToken.None).ConfigureAwait(false);
        await EndAsync().ConfigureAwait(false);
    }

    private async Task DrainAsync(bool isOutside, CancellationToken cancellationToken)
    {
        var drained = _agent.Ask<NodeAgentActor.Drained>(new NodeAgentActor.Drain(isOutside), Timeout.InfiniteTimeSpan, cancellationToken);
        await (await Task.WhenAny(drained, _gone.Task).ConfigureAwait(false)).ConfigureAwait(false); // a stopped agent does not answer
    }

    private async Task EndAsync()
    {
        if (Interlocked.Exchange(ref _ending, 1) != 0)
        {
            await _gone.Task.ConfigureAwait(false);
            return;
        }
        _runtime.IsEnding = true;
        var sessions = _runtime.Sessions.Values.ToArray();
        foreach (var session in sessions)
            _ = session.EndAsync(handsBack: true);
        await Task.WhenAll(sessions.Select(session => session.Farewell)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _listener.DisposeAsync().ConfigureAwait(false);
        var limit = _runtime.Settings.ShutdownTimeout + s_leaveTimeout;
        await ShutdownGate.TerminateAsync(_system).WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _completion.TrySetResult();
        _gone.TrySetResult();
    }
}
