using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using ActorPool.Transport;

namespace ActorPool.Security;

/// <summary>What one connection to a node's control plane shows.</summary>
/// <param name="Reason">Why no node answers there; null if nothing speaks against it.</param>
/// <param name="IsFinal">Whether trying again is of no use until somebody changes something.</param>
internal sealed record ProbeResult(string? Reason, bool IsFinal);

/// <summary>Finds out why a node does not answer: Akka's remoting says of a refused certificate or of a wrong port only that it did not work.</summary>
internal static class SeedProbe
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    /// <summary>After the handshake a node waits for the caller's first word; one that refuses the certificate hangs up by then.</summary>
    private static readonly TimeSpan s_timeToRefuse = TimeSpan.FromMilliseconds(500);

    /// <summary>To Akka without TLS, the beginning of a message, and it waits for more; to TLS, nonsense.</summary>
    private static readonly byte[] s_beginning = [2, 0, 0, 0, 0];

    public static async Task<ProbeResult> RunAsync(IChannelSecurity channel, string host, int port, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_limit);
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(host, port, limit.Token);
        }
        catch (SocketException e)
        {
            return new ProbeResult(e.Message, IsFinal: false);
        }
        catch (OperationCanceledException)
        {
            return new ProbeResult("no answer to a connection", IsFinal: false);
        }
        var isSecured = false;
        try
        {
            await using var stream = await channel.SecureAsync(socket.GetStream(), isServer: false, host, limit.Token);
            isSecured = true;
            if (stream is SslStream tls && tls.NegotiatedApplicationProtocol == TlsChannel.Protocol)
                return new ProbeResult("it is the data port of a node; the control port is the one to name", IsFinal: true);
            limit.CancelAfter(s_timeToRefuse);
            if (channel is PlainChannel)
                await stream.WriteAsync(s_beginning, limit.Token);
            return await stream.ReadAsync(new byte[1], limit.Token) == 0 || channel is PlainChannel
                ? new ProbeResult(channel is PlainChannel ? "it uses TLS, and this side has actorpool.cluster.tls.enabled = off" : "it refuses this side's certificate", IsFinal: true)
                : new ProbeResult("something listens there, but is no node", IsFinal: true);
        }
        catch (HandshakeException e)
        {
            return new ProbeResult(SafeText.MessageOf(e), IsFinal: e.InnerException is AuthenticationException); // else it may have been cut off
        }
        catch (IOException e)
        {
            return new ProbeResult($"it refuses this side's certificate: {SafeText.MessageOf(e)}", IsFinal: true);
        }
        catch (OperationCanceledException)
        {
            return new ProbeResult(isSecured ? null : "it takes connections and does not answer in TLS: it is very busy, or has actorpool.cluster.tls.enabled = off", IsFinal: false);
        }
    }
}
