using ActorPool.Configuration;

namespace ActorPool.Transport;

/// <summary>Limits what one side of the data plane accepts, keeps and waits for.</summary>
internal sealed record TransportLimits
{
    /// <summary>Longest body of a frame that this side accepts, in bytes.</summary>
    /// <remarks>
    /// It is sent to the peer in the handshake, and checked before anything is allocated. Pools and nodes set it from
    /// <c>actorpool.cluster.max-frame-bytes</c>; the default here is for tests.
    /// </remarks>
    public long MaxFrameBytes { get; init; } = 1L << 30;

    /// <summary>Versions of the data protocol that this side speaks.</summary>
    public VersionRange Versions { get; init; } = Hello.Supported;

    /// <summary>Time in which a connection must be made and authenticated.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes that may wait in one connection to be sent.</summary>
    /// <remarks>Without this limit, a peer that does not read would make this side's memory grow.</remarks>
    public long SendWindowBytes { get; init; } = 64L << 20;

    /// <summary>Connections of one listener that may be in a handshake.</summary>
    /// <remarks>Without this limit, strangers could use up the process's descriptors.</remarks>
    public int MaxPendingHandshakes { get; init; } = 64;

    /// <summary>Checks that every limit can work, and returns itself.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A limit is below its minimum.</exception>
    public TransportLimits Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFrameBytes, 1, nameof(MaxFrameBytes));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HandshakeTimeout, TimeSpan.Zero, nameof(HandshakeTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThan(SendWindowBytes, 1, nameof(SendWindowBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPendingHandshakes, 1, nameof(MaxPendingHandshakes));
        return this;
    }
}
