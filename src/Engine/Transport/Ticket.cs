using System.Security.Cryptography;

namespace ActorPool.Transport;

/// <summary>Lets one client open data connections for one session. It travels over the control plane; over the data plane go only proofs of it.</summary>
internal sealed class Ticket
{
    /// <summary>Bytes of the secret, and of a proof.</summary>
    public const int Size = 32;

    public Ticket(ReadOnlyMemory<byte> secret, Guid sessionId)
    {
        if (secret.Length != Size)
            throw new ArgumentException($"The secret of a ticket has [{secret.Length}] bytes instead of [{Size}].", nameof(secret));
        (Secret, SessionId) = (secret.ToArray(), sessionId);
    }

    public ReadOnlyMemory<byte> Secret { get; }

    public Guid SessionId { get; }

    public static Ticket New(Guid sessionId) => new(RandomNumberGenerator.GetBytes(Size), sessionId);

    /// <summary>What only somebody with the secret can say about this transcript; the role keeps one side from sending back what the other said.</summary>
    public byte[] Prove(ReadOnlySpan<byte> role, ReadOnlySpan<byte> transcript)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Secret.Span);
        hash.AppendData([checked((byte)role.Length)]);
        hash.AppendData(role);
        hash.AppendData(transcript);
        return hash.GetHashAndReset();
    }

    /// <summary>Whether the proof is the one of this ticket, in a time that does not depend on the answer.</summary>
    public bool Confirms(ReadOnlySpan<byte> proof, ReadOnlySpan<byte> role, ReadOnlySpan<byte> transcript) =>
        CryptographicOperations.FixedTimeEquals(proof, Prove(role, transcript));

    // No secret in any log.
    public override string ToString() => $"ticket of session {SessionId}";
}
