using System.Net.Sockets;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote.Transport;
using Akka.Remote.Transport.DotNetty;
using ActorPool.Transport;
using AkkaTransport = Akka.Remote.Transport.Transport;

namespace ActorPool.Cluster;

/// <summary>The connections of the control plane: Akka's, but for addresses that did not answer.</summary>
/// <remarks>
/// DotNetty leaves the socket of a connection that was refused open until the garbage collector finds it, which takes an idle process hours; and a node that is gone is called about every second
/// until it is removed, a seed until it is there. So an address that has failed is called with a socket of this class's own first, and by Akka when it answers. That call is in TLS where the node's
/// are: it would take a bare one for a stranger's.
/// </remarks>
internal sealed class ControlTransport : AkkaTransport
{
    private const int MostAddresses = 256; // beyond it all are forgotten, and each may cost a descriptor once more

    private readonly AkkaTransport _akkas;
    private readonly IChannelSecurity _security;
    private readonly TimeSpan _timeout;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly HashSet<(string? Host, int? Port)> _failed = [];

    /// <summary>As Akka makes it, for a system with a <see cref="ControlTransportSetup"/>.</summary>
    public ControlTransport(ActorSystem system, Config config)
        : this(system, config, (AkkaTransport)Activator.CreateInstance(typeof(DotNettySslSetup).Assembly.GetType("Akka.Remote.Transport.DotNetty.TcpTransport", throwOnError: true)!, system, config)!)
    {
    }

    /// <summary>The same over another transport than Akka's.</summary>
    internal ControlTransport(ActorSystem system, Config config, AkkaTransport akkas)
    {
        (System, Config, _akkas) = (system, config, akkas);
        _security = system.Settings.Setup.Get<ControlTransportSetup>().Value?.Channel ?? PlainChannel.Instance;
        _timeout = config.GetTimeSpan("connection-timeout");
    }

    public override string SchemeIdentifier => _akkas.SchemeIdentifier;

    public override long MaximumPayloadBytes => _akkas.MaximumPayloadBytes;

    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen() => _akkas.Listen();

    public override bool IsResponsibleFor(Address remote) => _akkas.IsResponsibleFor(remote);

    public override Task<AssociationHandle> Associate(Address remoteAddress)
    {
        lock (_lock)
        {
            if (_failed.Contains((remoteAddress.Host, remoteAddress.Port)))
                return AfterCallAsync(remoteAddress);
        }
        return AssociateByAkka(remoteAddress);
    }

    public override async Task<bool> Shutdown()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        return await _akkas.Shutdown().ConfigureAwait(false);
    }

    public override Task<bool> ManagementCommand(object message) => _akkas.ManagementCommand(message);

    private async Task<AssociationHandle> AfterCallAsync(Address remote)
    {
        await CallAsync(remote).ConfigureAwait(false);
        lock (_lock)
            _failed.Remove((remote.Host, remote.Port));
        return await AssociateByAkka(remote).ConfigureAwait(false);
    }

    private Task<AssociationHandle> AssociateByAkka(Address remote)
    {
        var associating = _akkas.Associate(remote);
        _ = associating.ContinueWith(_ => Note(remote), CancellationToken.None, TaskContinuationOptions.NotOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return associating;
    }

    private void Note(Address failed)
    {
        lock (_lock)
        {
            if (_failed.Count >= MostAddresses)
                _failed.Clear();
            _failed.Add((failed.Host, failed.Port));
        }
    }

    /// <summary>Connects, and hangs up.</summary>
    /// <exception cref="InvalidAssociationException">Nobody answers, as Akka's transport says it.</exception>
    private async Task CallAsync(Address remote)
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
            await (await _security.SecureAsync(client.GetStream(), isServer: false, remote.Host, limit.Token).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is HandshakeException or IOException or OperationCanceledException)
        {
            // Somebody is there. What is wrong with it, Akka's own call finds too, and tells.
        }
    }
}

/// <summary>Tells a <see cref="ControlTransport"/> how its system's connections are secured.</summary>
internal sealed class ControlTransportSetup(IChannelSecurity channel) : Setup
{
    public IChannelSecurity Channel => channel;
}
