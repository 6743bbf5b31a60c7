using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Transport;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote.Transport;
using Akka.Remote.Transport.DotNetty;
using AkkaTransport = Akka.Remote.Transport.Transport;

namespace ActorPool.Remoting;

/// <summary>Akka's TCP transport, which calls an address that has failed only when it answers again.</summary>
/// <remarks>
/// DotNetty leaves the socket of a refused connection open until it is finalized, which takes hours in an idle process. A node that is gone
/// is called about once a second until it is removed, and a seed until it is there. So an address that has failed is called first with a
/// socket of this class, and through Akka when it answers. That first call uses TLS if the nodes do: they would take a plain one for a
/// stranger's.
/// <para>Azure/DotNetty#312. Remove when Akka's transport closes the socket of a refused connection.</para>
/// <para>It also compares the address of a process that answers with the one that was called (<see cref="CheckedHandle"/>).</para>
/// </remarks>
internal sealed class ControlTransport : AkkaTransport
{
    private const int MaxAddresses = 256; // then all are forgotten, and each may cost one more descriptor

    private readonly AkkaTransport _inner;
    private readonly ControlTransportSetup? _setup;
    private readonly IChannelSecurity _security;
    private readonly TimeSpan _timeout;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly HashSet<(string? Host, int? Port)> _failed = [];

    /// <summary>Called by Akka, for a system with a <see cref="ControlTransportSetup"/>.</summary>
    public ControlTransport(ActorSystem system, Config config)
        : this(
            system,
            config,
            (AkkaTransport)Activator.CreateInstance(
                typeof(DotNettySslSetup).Assembly.GetType("Akka.Remote.Transport.DotNetty.TcpTransport", throwOnError: true)!,
                system,
                config)!)
    {
    }

    /// <summary>Wraps a transport other than Akka's.</summary>
    internal ControlTransport(ActorSystem system, Config config, AkkaTransport inner)
    {
        (System, Config, _inner) = (system, config, inner);
        _setup = system.Settings.Setup.Get<ControlTransportSetup>().Value;
        _security = _setup?.Channel ?? PlainChannel.Instance;
        _setup?.OnCertificate = certificate => SharedCertificate.Replace(inner, certificate);
        _timeout = config.GetTimeSpan("connection-timeout");
    }

    public override string SchemeIdentifier => _inner.SchemeIdentifier;

    public override long MaximumPayloadBytes => _inner.MaximumPayloadBytes;

    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen() => _inner.Listen();

    public override bool IsResponsibleFor(Address remote) => _inner.IsResponsibleFor(remote);

    public override Task<AssociationHandle> Associate(Address remoteAddress)
    {
        lock (_lock)
        {
            if (_failed.Contains((remoteAddress.Host, remoteAddress.Port)))
                return ProbeAndAssociateAsync(remoteAddress);
        }
        return AssociateInner(remoteAddress);
    }

    public override async Task<bool> Shutdown()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        return await _inner.Shutdown().ConfigureAwait(false);
    }

    public override Task<bool> ManagementCommand(object message) => _inner.ManagementCommand(message);

    private async Task<AssociationHandle> ProbeAndAssociateAsync(Address remote)
    {
        await ProbeAsync(remote).ConfigureAwait(false);
        lock (_lock)
            _failed.Remove((remote.Host, remote.Port));
        return await AssociateInner(remote).ConfigureAwait(false);
    }

    private async Task<AssociationHandle> AssociateInner(Address remote)
    {
        var associating = _inner.Associate(remote);
        _ = associating.ContinueWith(
            _ => MarkFailed(remote),
            CancellationToken.None,
            TaskContinuationOptions.NotOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        var handle = await associating.ConfigureAwait(false);
        return _setup is { } setup && NodeAddress.TryParse(
                string.Create(CultureInfo.InvariantCulture, $"{remote.Host}:{remote.Port}"), out var called)
            ? new CheckedHandle(handle, called, actual =>
            {
                AkkaLines.DropAbout(called.ToString());
                setup.OnRenamed(called, actual);
            })
            : handle;
    }

    private void MarkFailed(Address failed)
    {
        lock (_lock)
        {
            if (_failed.Count >= MaxAddresses)
                _failed.Clear();
            _failed.Add((failed.Host, failed.Port));
        }
    }

    /// <summary>Connects, and closes the connection.</summary>
    /// <exception cref="InvalidAssociationException">There is no answer; Akka's transport throws the same.</exception>
    private async Task ProbeAsync(Address remote)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        limit.CancelAfter(_timeout);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(remote.Host, remote.Port ?? 0, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            throw new InvalidAssociationException($"{(e is SocketException ? e.Message : "No answer to a connection")} [{remote}]", e);
        }
        try
        {
            var stream = await _security.SecureAsync(client.GetStream(), isServer: false, remote.Host, limit.Token).ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is HandshakeException or IOException or OperationCanceledException)
        {
            // There is a process. Akka's call finds and reports what is wrong with it.
        }
    }
}

/// <summary>Tells a <see cref="ControlTransport"/> how its system's connections are secured.</summary>
internal sealed class ControlTransportSetup(IChannelSecurity channel) : Setup
{
    public IChannelSecurity Channel => channel;

    /// <summary>Receives a called address, and the other one of the process that has answered.</summary>
    public Action<NodeAddress, NodeAddress> OnRenamed { get; set; } = static (_, _) => { };

    /// <summary>Gives the transport a certificate for its next connections; set by the transport.</summary>
    public Action<X509Certificate2> OnCertificate { get; set; } = static _ => { };
}
