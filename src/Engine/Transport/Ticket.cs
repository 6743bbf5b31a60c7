using System.Security.Cryptography;

namespace ActorPool.Transport;

/// <summary>Lets one client open data connections for one session.</summary>
/// <remarks>It is sent over the control plane. Over the data plane, only proofs of it are sent.</remarks>
internal sealed class Ticket
{
    /// <summary>Length of the secret and of a proof, in bytes.</summary>
    public const int Size = 32;

    public Ticket(ReadOnlyMemory<byte> secret, Guid sessionId)
    {
        if (secret.Length != Size)
            throw new ArgumentException($"The secret of a ticket has [{secret.Length}] bytes instead of [{Size}].", nameof(secret));
        (Secret, SessionId) = (secret.ToArray(), sessionId);
    }

    public ReadOnlyMemory<byte> Secret { get; }

    public Guid SessionId { get; }

    public static Ticket Create(Guid sessionId) => new(RandomNumberGenerator.GetBytes(Size), sessionId);

    /// <summary>Computes the proof of a transcript, which needs the secret.</summary>
    /// <remarks>The role prevents that one side sends back the other side's proof.</remarks>
    public byte[] Prove(ReadOnlySpan<byte> role, ReadOnlySpan<byte> transcript)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Secret.Span);
        hash.AppendData([checked((byte)role.Length)]);
        hash.AppendData(role);
        hash.AppendData(transcript);
        return hash.GetHashAndReset();
    }

    /// <summary>Checks a proof, in a time that does not depend on the answer.</summary>
    public bool Confirms(ReadOnlySpan<byte> proof, ReadOnlySpan<byte> role, ReadOnlySpan<byte> transcript) =>
        CryptographicOperations.FixedTimeEquals(proof, Prove(role, transcript));

    // Keeps the secret out of logs.
    public override string ToString() => $"ticket of session {SessionId}";
}
