using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using ActorPool.Diagnostics;
using ActorPool.Transport;

namespace ActorPool.Security;

/// <summary>The result of one connection to a node's control plane.</summary>
/// <param name="Reason">Why no node answers there, a phrase without a full stop; null if the connection shows no reason.</param>
/// <param name="IsFinal">Whether another attempt cannot succeed until someone changes the setup.</param>
internal sealed record ProbeResult(string? Reason, bool IsFinal);

/// <summary>Finds out why a node does not answer.</summary>
/// <remarks>
/// Akka's remoting reports a refused certificate or a wrong port only as a failure. Related to akka.net#7823 (closed: the reason is in its
/// log). Remove when a failed association has its reason as a type.
/// </remarks>
internal static class SeedProbe
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    /// <summary>How long to wait after the handshake for a refusal.</summary>
    /// <remarks>A node that refuses the certificate closes the connection; one that accepts it waits for the first message.</remarks>
    private static readonly TimeSpan s_refusalTimeout = TimeSpan.FromMilliseconds(500);

    /// <summary>The beginning of a message for Akka without TLS; invalid for TLS.</summary>
    private static readonly byte[] s_messageStart = [2, 0, 0, 0, 0];

    /// <summary>Connects once.</summary>
    /// <param name="channel">Protects the connection.</param>
    /// <param name="host">The node's name or address.</param>
    /// <param name="port">Its port.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="isData">Whether that is to be a node's data port, and not its control port.</param>
    public static async Task<ProbeResult> RunAsync(
        IChannelSecurity channel, string host, int port, CancellationToken cancellationToken, bool isData = false)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_limit);
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(host, port, limit.Token).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            return new ProbeResult(SafeText.GetReason(e), IsFinal: false);
        }
        catch (OperationCanceledException)
        {
            return new ProbeResult("no answer to a connection", IsFinal: false);
        }
        var isSecured = false;
        try
        {
            var stream = await channel.SecureAsync(socket.GetStream(), isServer: false, host, limit.Token).ConfigureAwait(false);
            await using var disposal = stream.ConfigureAwait(false);
            isSecured = true;
            if (stream is SslStream tls && (tls.NegotiatedApplicationProtocol == TlsChannel.Protocol) != isData)
            {
                return new ProbeResult(
                    isData ? "something else listens there" : "it is the data port of a node; give its control port", IsFinal: true);
            }
            limit.CancelAfter(s_refusalTimeout);
            if (channel is PlainChannel && !isData)
                await stream.WriteAsync(s_messageStart, limit.Token).ConfigureAwait(false);
            return await stream.ReadAsync(new byte[1], limit.Token).ConfigureAwait(false) == 0 || channel is PlainChannel
                ? new ProbeResult(
                    channel is PlainChannel
                        ? "it uses TLS, and this side has actorpool.cluster.tls.enabled = off"
                        : "it refuses this side's certificate",
                    IsFinal: true)
                : new ProbeResult("something listens there, but it is not a node", IsFinal: true);
        }
        catch (HandshakeException e)
        {
            // Without an AuthenticationException, the connection may have been cut.
            return new ProbeResult(SafeText.GetReason(e), IsFinal: e.InnerException is AuthenticationException);
        }
        catch (IOException e)
        {
            return new ProbeResult($"it refuses this side's certificate: {SafeText.GetReason(e)}", IsFinal: true);
        }
        catch (OperationCanceledException)
        {
            return new ProbeResult(
                isSecured
                    ? null
                    : "it takes connections and does not answer in TLS: it is very busy, or has actorpool.cluster.tls.enabled = off",
                IsFinal: false);
        }
    }
}
