using System.Net;
using System.Net.Sockets;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Processes;
using ActorPool.Remoting;
using ActorPool.Security;
using ActorPool.Transport;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Agent;

/// <summary>Checks where a node is to listen, and starts its parts.</summary>
internal static class NodeStart
{
    /// <summary>Starts the node's actor system, which listens on its port.</summary>
    /// <exception cref="IOException">The port is in use, or the address is not one of this machine.</exception>
    public static ActorSystem StartSystem(PoolNodeOptions options, PoolSettings settings, ClusterSecurity security)
    {
        try
        {
            var (bind, publicPort) = (settings.Cluster.Bind, settings.Cluster.PublicPort);
            var config = MemberVersions.AddRoles(
                ClusterConfig.ForAddress(options.Host, options.Port, security.IsOn, settings.Config, bind, publicPort),
                settings.Versions ?? ControlProtocol.Supported);
            return SystemStarter.Start(settings with { Name = ControlProtocol.SystemName, Config = config }, security.RemotingSetups);
        }
        catch (ArgumentException e) when (FindSocketError(e) is { } error)
        {
            throw CreateListenError(settings.Cluster.Bind!, options.Port, error);
        }
    }

    /// <summary>Checks that workers can be processes here.</summary>
    /// <exception cref="InvalidOperationException">This program, started again, would be no worker.</exception>
    /// <exception cref="IOException">There is no place for the sockets by which they are reached.</exception>
    public static void CheckProcesses()
    {
        ChildEntry.CheckProgram();
        SocketDirectory.Create().Dispose();
    }

    /// <summary>Checks that the certificate is for the host, and that each later one will be.</summary>
    /// <exception cref="SettingsException">It is not.</exception>
    /// <remarks>Others would refuse the node only when they call it.</remarks>
    public static void CheckCertificate(ClusterSecurity security, string host)
    {
        if (security.ServeAs(host) is not { } refusal)
            return;
        var option = SettingsOption.ForNode(nameof(PoolNodeOptions.Host));
        const string Advice = "Set one of those, or a certificate for this one (dotnet Node.dll certs issue HOST).";
        throw new SettingsException(new SettingsFault(
            option, $"{option} is [{host}], and the others would refuse the node: {refusal}. {Advice}"));
    }

    /// <summary>Returns the address on which the node listens.</summary>
    /// <exception cref="IOException">The host is a name without an address.</exception>
    public static async Task<IPAddress> FindBindAddressAsync(
        PoolNodeOptions options, PoolSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Cluster.Bind is { } bind)
            return bind;
        try
        {
            return await LocalAddress.ResolveAsync(options.Host, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new IOException(
                $"The node's host [{options.Host}] has no address here: {e.Message}. Set actorpool.cluster.bind (--bind) to the one to "
                + "listen on.", e);
        }
    }

    private static IOException CreateListenError(IPAddress bind, int port, SocketException error)
    {
        var advice = error.SocketErrorCode == SocketError.AddressNotAvailable
            ? " If others reach this machine by an address that is translated, set actorpool.cluster.bind (--bind) to one that it has, "
                + "or to 0.0.0.0 for all."
            : " Choose another port (--port), or 0 for any free one.";
        return new IOException($"The node cannot listen on [{new IPEndPoint(bind, port)}]: {error.Message}.{advice}", error);
    }

    private static SocketException? FindSocketError(Exception? e) => e switch
    {
        null => null,
        SocketException socket => socket,
        AggregateException all => all.InnerExceptions.Select(FindSocketError).FirstOrDefault(inner => inner is not null),
        _ => FindSocketError(e.InnerException),
    };

    /// <summary>Starts the node's data plane and its agent.</summary>
    /// <remarks>The node has its address before: its agent starts on another thread, at once.</remarks>
    /// <exception cref="IOException">The port of the data plane is in use.</exception>
    public static (IActorRef Agent, DataListener Listener) Serve(ActorSystem system, NodeRuntime runtime, ILoggingAdapter log, bool isSeed)
    {
        var settings = runtime.Settings;
        if (runtime.Address == default)
            throw new InvalidOperationException("A node has an address before its agent starts.");
        // The host program's choice; Node.dll refuses to start.
        if (CultureProbe.Measure() == CultureSupport.Invariant)
            log.RunsInvariant();
        var clock = settings.TimeProvider;
        var refusals = new HandshakeRefusals(Logging.GetLogger(system, "data-plane"), clock);
        var limits = new TransportLimits { MaxFrameBytes = settings.Cluster.MaxFrameBytes, Versions = runtime.Versions.Data };
        var cluster = settings.Cluster;
        var endPoint = new IPEndPoint(cluster.Bind!, cluster.DataPort);
        var socket = settings.Cluster.LocalSocket && NodeSocket.IsSupported ? TryOpenSocket(log) : null;
        DataListener listener;
        try
        {
            listener = DataListener.Start(
                endPoint, limits, runtime.Security.Channel, runtime.FindTicket, runtime.OnConnected, clock, refusals.Add, socket);
        }
        catch (Exception e)
        {
            socket?.Dispose();
            if (e is not SocketException error)
                throw;
            throw new IOException(
                $"The node cannot listen on [{endPoint}], where its data plane should be (actorpool.cluster.data-port, --data-port): "
                + $"{error.Message}. Choose another, or 0 for any free one.", e);
        }
        runtime.DataPort = cluster.PublicDataPort == 0 ? listener.EndPoint.Port : cluster.PublicDataPort;
        runtime.SocketPath = socket?.Path ?? "";
        runtime.Security.Refusals = new HandshakeRefusals(Logging.GetLogger(system, RepeatedLineFilter.ControlPlane), clock);
        if (runtime.Security.Watch(log) is { } watch)
            system.RegisterOnTermination(watch.Dispose);
        if (isSeed)
            system.ActorOf(DowningActor.PropsFor(settings.Cluster.DownAfter), "actorpool-downing");
        system.ActorOf(RecentLinesActor.PropsFor(runtime.Lines), "actorpool-lines");
        return (system.ActorOf(NodeAgentActor.PropsFor(runtime), ControlProtocol.AgentName), listener);
    }

    /// <summary>Connects once to the public ports that the node announces; logs a failure.</summary>
    /// <remarks>Others look only when they need the node, and would not say it here.</remarks>
    public static async Task CheckPublicPortsAsync(NodeRuntime runtime, ILoggingAdapter log)
    {
        var (cluster, security, address) = (runtime.Settings.Cluster, runtime.Security, runtime.Address);
        List<string> failures = [];
        if (cluster.PublicPort > 0)
        {
            var probe = await security.ProbeAsync(address, CancellationToken.None).ConfigureAwait(false);
            Add(probe, address.ToString(), "public-port");
        }
        if (cluster.PublicDataPort > 0)
        {
            var data = NodeAddress.From(address.Host, runtime.DataPort);
            var probe = await security.ProbeDataAsync(data, CancellationToken.None).ConfigureAwait(false);
            Add(probe, data.ToString(), "public-data-port");
        }
        if (failures.Count > 0)
            log.PublicPortsUnreachable(failures);

        void Add(ProbeResult probe, string asked, string key)
        {
            if (probe.Reason is { } reason)
                failures.Add($"[{asked}] (actorpool.cluster.{key}, --{key}): {reason}");
        }
    }

    /// <returns>Null if the node cannot have one: pools then connect over TCP.</returns>
    private static NodeSocket? TryOpenSocket(ILoggingAdapter log)
    {
        try
        {
            return NodeSocket.Open();
        }
        catch (IOException e)
        {
            log.HasNoLocalSocket(e.Message);
            return null;
        }
    }
}
