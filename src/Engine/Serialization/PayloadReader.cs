namespace ActorPool.Serialization;

/// <summary>Hands out the bytes of one payload as they arrive, and never more than its announced length.</summary>
internal abstract class PayloadReader
{
    /// <summary>Bytes of the payload that were not read yet; what a length in the payload says must be checked against it before anything is allocated.</summary>
    public long Remaining { get; protected set; }

    /// <summary>Fills the memory; large ones straight from the connection.</summary>
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

/// <summary>A payload that is in memory.</summary>
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
