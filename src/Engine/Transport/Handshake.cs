using System.Net.Security;
using System.Net.Sockets;

namespace ActorPool.Transport;

/// <summary>Brings both sides of a data connection together: the same protocol and runtime, and a ticket that both know and neither says.</summary>
/// <remarks>
/// <code>
/// client                                       node
///    │── Hello (session, limits, nonce) ────────►│   refuses what does not fit, and sessions it does not know
///    │◄──────────────── Hello (limits, nonce) ───│   status says why, if it refuses
///    │── HMAC("client", both hellos) ───────────►│   a recorded one is worthless: the node's nonce is new each time
///    │◄── status, HMAC("node", both hellos) ─────│
/// </code>
/// Both proofs cover all that was said, so that limits and versions cannot be changed on the way either. Who stays silent runs into the
/// timeout; who speaks another language is not answered.
/// </remarks>
internal static class Handshake
{
    private const int VerdictSize = 1 + Ticket.Size;

    private static ReadOnlySpan<byte> ClientRole => "ActorPool data client"u8;

    private static ReadOnlySpan<byte> NodeRole => "ActorPool data node"u8;

    /// <summary>Proves to the node that this client has the ticket, and hears that the node has it too.</summary>
    /// <returns>The longest frame that the node takes.</returns>
    public static async Task<long> AsClientAsync(Stream stream, Ticket ticket, TransportLimits limits, CancellationToken cancellationToken)
    {
        try
        {
            var mine = Hello.Mine(limits, ticket.SessionId);
            var transcript = new byte[2 * Hello.Size];
            mine.Write(transcript);
            await stream.WriteAsync(transcript.AsMemory(0, Hello.Size), cancellationToken);

            var answer = transcript.AsMemory(Hello.Size);
            await stream.ReadExactlyAsync(answer[..Hello.PrefixSize], cancellationToken);
            if (!Hello.StartsWell(answer.Span))
                throw new HandshakeException("The other side does not speak ActorPool's data protocol: check address and port, and whether both sides use TLS.");
            // Another version may say less than this one behind the prefix.
            if (Hello.VersionOf(answer.Span) is var version && version != mine.Version)
                throw new HandshakeException(Words(Refusal.Version, mine, mine with { Version = version }));
            await stream.ReadExactlyAsync(answer[Hello.PrefixSize..], cancellationToken);
            var node = Hello.Read(answer.Span);
            var refusal = node.Status != Refusal.None ? node.Status : mine.Fits(node);
            if (refusal != Refusal.None)
                throw new HandshakeException(Words(refusal, mine, node));

            await stream.WriteAsync(ticket.Prove(ClientRole, transcript), cancellationToken);
            var verdict = new byte[VerdictSize];
            await stream.ReadExactlyAsync(verdict, cancellationToken);
            if (verdict[0] != (byte)Refusal.None)
                throw new HandshakeException(Words((Refusal)verdict[0], mine, node));
            if (!ticket.Confirms(verdict.AsSpan(1), NodeRole, transcript))
                throw new HandshakeException($"The other side does not know the ticket of session [{ticket.SessionId}]: it is not the node that gave it out. Check address and port.");
            return node.MaxFrameBytes;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new HandshakeException("The node closed the connection during the handshake, without a reason: it may be stopping, or have too many calls at once.", e);
        }
    }

    /// <summary>Hears whether the client has the ticket of a session that there is, and proves the same to it.</summary>
    /// <returns>The session, and the longest frame that the client takes.</returns>
    public static async Task<(Guid SessionId, long PeerMaxFrameBytes)> AsNodeAsync(
        Stream stream, Func<Guid, Ticket?> ticketOf, TransportLimits limits, CancellationToken cancellationToken)
    {
        try
        {
            var transcript = new byte[2 * Hello.Size];
            var call = transcript.AsMemory(0, Hello.Size);
            await stream.ReadExactlyAsync(call[..Hello.PrefixSize], cancellationToken);
            if (!Hello.StartsWell(call.Span))
                throw new HandshakeException("The caller does not speak ActorPool's data protocol.");
            var mine = Hello.Mine(limits, Guid.Empty);
            if (Hello.VersionOf(call.Span) is var version && version != mine.Version)
                throw await RefuseAsync(stream, Refusal.Version, mine, mine with { Version = version }, cancellationToken);
            await stream.ReadExactlyAsync(call[Hello.PrefixSize..], cancellationToken);
            var client = Hello.Read(call.Span);
            mine = mine with { SessionId = client.SessionId };
            if (mine.Fits(client) is var misfit and not Refusal.None)
                throw await RefuseAsync(stream, misfit, mine, client, cancellationToken);
            if (ticketOf(client.SessionId) is not { } ticket)
                throw await RefuseAsync(stream, Refusal.Session, mine, client, cancellationToken);

            mine.Write(transcript.AsSpan(Hello.Size));
            await stream.WriteAsync(transcript.AsMemory(Hello.Size), cancellationToken);

            var proof = new byte[Ticket.Size];
            await stream.ReadExactlyAsync(proof, cancellationToken);
            var verdict = new byte[VerdictSize];
            if (!ticket.Confirms(proof, ClientRole, transcript))
            {
                verdict[0] = (byte)Refusal.Ticket;
                await SayLastAsync(stream, verdict, cancellationToken);
                throw new HandshakeException(Words(Refusal.Ticket, mine, client));
            }
            ticket.Prove(NodeRole, transcript).CopyTo(verdict, 1);
            await stream.WriteAsync(verdict, cancellationToken);
            return (client.SessionId, client.MaxFrameBytes);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new HandshakeException("The caller closed the connection during the handshake.", e);
        }
    }

    private static async Task<HandshakeException> RefuseAsync(Stream stream, Refusal refusal, Hello mine, Hello client, CancellationToken cancellationToken)
    {
        var answer = new byte[Hello.Size];
        (mine with { Status = refusal }).Write(answer);
        await SayLastAsync(stream, answer, cancellationToken);
        return new HandshakeException(Words(refusal, mine, client));
    }

    // Closing a socket with unread bytes resets the connection, which may overtake the answer. So the rest of what the caller had to say is
    // read first: a bounded part of it, in the handshake's own time.
    private static async Task SayLastAsync(Stream stream, byte[] answer, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(answer, cancellationToken);
            if (stream is NetworkStream { Socket: var socket })
                socket.Shutdown(SocketShutdown.Send);
            else if (stream is SslStream secured)
                await secured.ShutdownAsync();
            var rest = new byte[1024];
            for (var unread = 4 * rest.Length; unread > 0;)
            {
                if (await stream.ReadAsync(rest, cancellationToken) is not (> 0 and var count))
                    break;
                unread -= count;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The caller did not wait for the answer. The reason of the refusal is what counts.
        }
    }

    private static string Words(Refusal refusal, Hello mine, Hello other) => refusal switch
    {
        Refusal.Version => $"The other side speaks version [{other.Version}] of the data protocol, this one version [{mine.Version}]: run the same release of ActorPool on both.",
        Refusal.ByteOrder => $"The other side's byte order [{other.ByteOrder}] differs from this one's [{mine.ByteOrder}] (1: little endian, 2: big): arrays travel as raw memory, so both sides must agree.",
        Refusal.PointerSize => $"The other side's pointers have [{other.PointerSize}] bytes, this one's [{mine.PointerSize}]: run processes of the same width on both.",
        Refusal.Runtime => $"The other side runs on .NET [{other.Runtime}], this one on .NET [{mine.Runtime}]: run the same major version on both.",
        Refusal.Limits => $"A side announced an impossible limit of frames: [{other.MaxFrameBytes}] and [{mine.MaxFrameBytes}] bytes.",
        Refusal.Session => $"The node knows no session [{mine.SessionId}]: it has ended, or the node was started again. Enlist again.",
        Refusal.Ticket => $"The ticket of session [{mine.SessionId}] is not the one that the node gave out for it.",
        _ => $"The node refused the connection with the unknown code [{(byte)refusal}]: it may be a newer release.",
    };
}
