namespace ActorPool.Serialization;

/// <summary>Reads the bytes of one payload as they arrive, up to its announced length.</summary>
internal abstract class PayloadReader
{
    /// <summary>Bytes of the payload that were not read yet.</summary>
    /// <remarks>A length in the payload must be checked against it before anything is allocated.</remarks>
    public long Remaining { get; protected set; }

    /// <summary>Fills the memory; a large one directly from the connection.</summary>
    /// <exception cref="InvalidDataException">The payload has fewer bytes left.</exception>
    public ValueTask ReadExactlyAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (destination.Length > Remaining)
            throw new InvalidDataException($"The payload has [{Remaining}] bytes left, and [{destination.Length}] were to be read.");
        Remaining -= destination.Length;
        return ReadCoreAsync(destination, cancellationToken);
    }

    protected abstract ValueTask ReadCoreAsync(Memory<byte> destination, CancellationToken cancellationToken);
}

/// <summary>Reads a payload that is in memory.</summary>
internal sealed class MemoryPayloadReader : PayloadReader
{
    private ReadOnlyMemory<byte> _rest;

    public MemoryPayloadReader(ReadOnlyMemory<byte> payload) => (_rest, Remaining) = (payload, payload.Length);

    protected override ValueTask ReadCoreAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        _rest[..destination.Length].CopyTo(destination);
        _rest = _rest[destination.Length..];
        return default;
    }
}
