using System.Net.Security;
using System.Net.Sockets;
using ActorPool.Configuration;

namespace ActorPool.Transport;

/// <summary>Authenticates the two sides of a data connection, and checks that they fit together.</summary>
/// <remarks>
/// Both must have a version of the protocol in common, use the same runtime, and know the same ticket, which neither of them sends. Each
/// also tells its cultures and its time zone, which may differ.
/// <code>
/// client                                       node
///    │── Hello (versions, session, limits, …) ──►│   refuses what does not fit, and sessions it does not know
///    │◄──────── Hello (version, limits, nonce) ──│   the highest version that both speak; status says why, if it refuses
///    │── HMAC("client", both hellos) ───────────►│   a recorded one is worthless: the node's nonce is new each time
///    │◄── status, HMAC("node", both hellos) ─────│
/// </code>
/// Both proofs cover both hellos, so limits and versions cannot be changed on the way either. A caller that sends nothing runs into the
/// timeout; one that speaks another protocol gets no answer.
/// </remarks>
internal static class Handshake
{
    private const int VerdictSize = 1 + Ticket.Size;

    private static ReadOnlySpan<byte> ClientRole => "ActorPool data client"u8;

    private static ReadOnlySpan<byte> NodeRole => "ActorPool data node"u8;

    /// <summary>Proves to the node that this client has the ticket, and checks the node's proof.</summary>
    /// <returns>How the node describes itself, and the version that it has chosen.</returns>
    public static async Task<Hello> RunAsClientAsync(
        Stream stream, Ticket ticket, TransportLimits limits, CancellationToken cancellationToken)
    {
        try
        {
            var mine = Hello.Create(limits, ticket.SessionId);
            var transcript = new byte[2 * Hello.Size];
            mine.Write(transcript);
            await stream.WriteAsync(transcript.AsMemory(0, Hello.Size), cancellationToken).ConfigureAwait(false);

            var answer = transcript.AsMemory(Hello.Size);
            await stream.ReadExactlyAsync(answer[..Hello.PrefixSize], cancellationToken).ConfigureAwait(false);
            if (!Hello.HasMagic(answer.Span))
            {
                throw new HandshakeException(
                    "The other side does not speak ActorPool's data protocol: check address and port, and whether both sides use TLS.");
            }
            // Another version may send less than this one after the prefix.
            if (Hello.ReadVersions(answer.Span) is var versions && mine.Versions.FindHighestCommon(versions) is null)
                throw new HandshakeException(Describe(HandshakeStatus.Version, mine, mine.With(versions)));
            await stream.ReadExactlyAsync(answer[Hello.PrefixSize..], cancellationToken).ConfigureAwait(false);
            var node = Hello.Read(answer.Span);
            var status = node.Status != HandshakeStatus.None ? node.Status : mine.Check(node);
            if (status != HandshakeStatus.None)
                throw new HandshakeException(Describe(status, mine, node));

            await stream.WriteAsync(ticket.Prove(ClientRole, transcript), cancellationToken).ConfigureAwait(false);
            var verdict = new byte[VerdictSize];
            await stream.ReadExactlyAsync(verdict, cancellationToken).ConfigureAwait(false);
            if (verdict[0] != (byte)HandshakeStatus.None)
                throw new HandshakeException(Describe((HandshakeStatus)verdict[0], mine, node));
            if (!ticket.Confirms(verdict.AsSpan(1), NodeRole, transcript))
            {
                throw new HandshakeException(
                    $"The other side does not know the ticket of session [{ticket.SessionId}]: it is not the node that gave it out. "
                    + "Check address and port.");
            }
            return node;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new HandshakeException(
                "The node closed the connection during the handshake, without a reason: "
                + "it may be stopping, or have too many calls at once.",
                e);
        }
    }

    /// <summary>Checks that the client has the ticket of an existing session, and proves the same.</summary>
    /// <returns>The session, the longest frame that the client accepts, in bytes, and the version that both sides speak.</returns>
    public static async Task<(Guid SessionId, long PeerMaxFrameBytes, int Version)> RunAsNodeAsync(
        Stream stream, Func<Guid, Ticket?> findTicket, TransportLimits limits, CancellationToken cancellationToken)
    {
        try
        {
            var transcript = new byte[2 * Hello.Size];
            var call = transcript.AsMemory(0, Hello.Size);
            await stream.ReadExactlyAsync(call[..Hello.PrefixSize], cancellationToken).ConfigureAwait(false);
            if (!Hello.HasMagic(call.Span))
                throw new HandshakeException("The caller does not speak ActorPool's data protocol.");
            var mine = Hello.Create(limits, Guid.Empty);
            var versions = Hello.ReadVersions(call.Span);
            if (mine.Versions.FindHighestCommon(versions) is not { } version)
            {
                throw await RefuseAsync(stream, HandshakeStatus.Version, mine, mine.With(versions), cancellationToken)
                    .ConfigureAwait(false);
            }
            await stream.ReadExactlyAsync(call[Hello.PrefixSize..], cancellationToken).ConfigureAwait(false);
            var client = Hello.Read(call.Span);
            mine = mine.With(new VersionRange(version, version)) with { SessionId = client.SessionId };
            if (mine.Check(client) is var status and not HandshakeStatus.None)
                throw await RefuseAsync(stream, status, mine, client, cancellationToken).ConfigureAwait(false);
            if (findTicket(client.SessionId) is not { } ticket)
                throw await RefuseAsync(stream, HandshakeStatus.Session, mine, client, cancellationToken).ConfigureAwait(false);

            mine.Write(transcript.AsSpan(Hello.Size));
            await stream.WriteAsync(transcript.AsMemory(Hello.Size), cancellationToken).ConfigureAwait(false);

            var proof = new byte[Ticket.Size];
            await stream.ReadExactlyAsync(proof, cancellationToken).ConfigureAwait(false);
            var verdict = new byte[VerdictSize];
            if (!ticket.Confirms(proof, ClientRole, transcript))
            {
                verdict[0] = (byte)HandshakeStatus.Ticket;
                await SendLastAsync(stream, verdict, cancellationToken).ConfigureAwait(false);
                throw new HandshakeException(Describe(HandshakeStatus.Ticket, mine, client));
            }
            ticket.Prove(NodeRole, transcript).CopyTo(verdict, 1);
            await stream.WriteAsync(verdict, cancellationToken).ConfigureAwait(false);
            return (client.SessionId, client.MaxFrameBytes, version);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new HandshakeException("The caller closed the connection during the handshake.", e);
        }
    }

    private static async Task<HandshakeException> RefuseAsync(
        Stream stream, HandshakeStatus status, Hello mine, Hello client, CancellationToken cancellationToken)
    {
        var answer = new byte[Hello.Size];
        (mine with { Status = status, Traits = null }).Write(answer); // they are nothing for strangers
        await SendLastAsync(stream, answer, cancellationToken).ConfigureAwait(false);
        return new HandshakeException(Describe(status, mine, client));
    }

    // Closing a socket with unread bytes resets the connection, which may overtake the answer. So the rest of what the caller sent is read
    // first: a bounded part of it, within the handshake's timeout.
    private static async Task SendLastAsync(Stream stream, byte[] answer, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(answer, cancellationToken).ConfigureAwait(false);
            if (stream is NetworkStream { Socket: var socket })
                socket.Shutdown(SocketShutdown.Send);
            else if (stream is SslStream secured)
                await secured.ShutdownAsync().ConfigureAwait(false);
            var rest = new byte[1024];
            for (var unread = 4 * rest.Length; unread > 0;)
            {
                if (await stream.ReadAsync(rest, cancellationToken).ConfigureAwait(false) is not (> 0 and var count))
                    break;
                unread -= count;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The caller did not wait for the answer. The reason for the refusal is thrown all the same.
        }
    }

    private static string Describe(HandshakeStatus status, Hello mine, Hello other) => status switch
    {
        HandshakeStatus.Version =>
            $"The other side speaks version [{other.Versions}] of the data protocol, this one version [{mine.Versions}]: "
            + "run the same release of ActorPool on both.",
        HandshakeStatus.ByteOrder =>
            $"The other side's byte order [{other.ByteOrder}] differs from this one's [{mine.ByteOrder}] (1: little endian, 2: big): "
            + "arrays travel as raw memory, so both sides must agree.",
        HandshakeStatus.PointerSize =>
            $"The other side's pointers have [{other.PointerSize}] bytes, this one's [{mine.PointerSize}]: "
            + "run processes of the same width on both.",
        HandshakeStatus.Runtime =>
            $"The other side runs on .NET [{other.Runtime}], this one on .NET [{mine.Runtime}]: run the same major version on both.",
        HandshakeStatus.Limits =>
            $"A side announced an impossible limit for frames: [{other.MaxFrameBytes}] and [{mine.MaxFrameBytes}] bytes.",
        HandshakeStatus.Traits =>
            "A side described its cultures or its time zone in a way that the other cannot read: "
            + "run the same release of ActorPool on both.",
        HandshakeStatus.Session =>
            $"The node knows no session [{mine.SessionId}]: it has ended, or the node was started again. Enlist again.",
        HandshakeStatus.Ticket => $"The ticket of session [{mine.SessionId}] is not the one that the node gave out for it.",
        _ => $"The node refused the connection with the unknown code [{(byte)status}]: it may be a newer release.",
    };
}
