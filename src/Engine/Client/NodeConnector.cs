using System.Net;
using System.Net.Sockets;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Remoting;
using ActorPool.Security;
using ActorPool.Transport;
using Akka.Event;

namespace ActorPool.Client;

/// <summary>Makes a pool's data connections to one node.</summary>
/// <remarks>
/// They go through the node's socket if that is of this user on this machine, else to its port. What can go wrong with the socket costs at
/// most <see cref="s_socketTimeout"/>; then the port serves the same session, since a ticket is good until a connection has proved it.
/// </remarks>
internal sealed class NodeConnector(NodeAddress address, PoolState pool, ClusterSecurity security, ILoggingAdapter log)
{
    /// <summary>Time for connection and handshake, which take a millisecond.</summary>
    private static readonly TimeSpan s_socketTimeout = TimeSpan.FromSeconds(2);

    // A path behind which the node did not answer. Each node has its own, so it is not tried again.
    private volatile string? _failedPath;

    /// <summary>Connects to the data plane of the session.</summary>
    /// <exception cref="HandshakeException">The node refused, did not answer in time, or is another one.</exception>
    /// <exception cref="SocketException">The connection could not be made.</exception>
    public async Task<DataConnection> ConnectAsync(ControlProtocol.Enlisted enlisted, CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // files are looked at
        var settings = pool.Settings.Cluster;
        var versions = pool.Settings.Versions ?? ControlProtocol.Supported;
        var limits = new TransportLimits { MaxFrameBytes = settings.MaxFrameBytes, Versions = versions.Data };
        var ticket = new Ticket(enlisted.Secret, enlisted.Session);
        // Over the socket no certificate is shown, and one of fewer roles is to hold on this machine, too.
        if (settings.LocalSocket && security.HasAllRoles && enlisted.SocketPath.Length > 0
            && await TryConnectAsync(enlisted.SocketPath, ticket, limits, cancellationToken).ConfigureAwait(false) is { } local)
        {
            return local;
        }
        return await DataConnection.ConnectAsync(
            new DnsEndPoint(address.Host, enlisted.DataPort), ticket, limits, security.Channel, pool.Settings.TimeProvider,
            cancellationToken)
            .ConfigureAwait(false);
    }

    private async Task<DataConnection?> TryConnectAsync(
        string path, Ticket ticket, TransportLimits limits, CancellationToken cancellationToken)
    {
        var refusal = path.Equals(_failedPath, StringComparison.Ordinal) ? "It did not serve before." : NodeSocket.FindRefusal(path);
        if (refusal is null)
        {
            try
            {
                var connection = await DataConnection.ConnectAsync(
                    new UnixDomainSocketEndPoint(path), ticket, limits with { HandshakeTimeout = s_socketTimeout },
                    SameUserChannel.Instance, pool.Settings.TimeProvider, cancellationToken).ConfigureAwait(false);
                log.UsesLocalSocket(pool.Settings.Name, address.ToString(), path);
                return connection;
            }
            catch (Exception e) when (e is HandshakeException or SocketException or IOException)
            {
                (_failedPath, refusal) = (path, SafeText.GetMessage(e));
            }
        }
        log.UsesNoLocalSocket(pool.Settings.Name, address.ToString(), refusal);
        return null;
    }
}
