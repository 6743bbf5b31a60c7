namespace ActorPool.Transport;

/// <summary>What one side of the data plane takes from the other, and how much it keeps for it.</summary>
internal sealed record TransportLimits
{
    /// <summary>Longest body of a frame that this side receives; told to the peer in the handshake, and checked before anything is allocated.</summary>
    public long MaxFrameBytes { get; init; } = 1L << 30;

    /// <summary>Time for a connection to be made and to prove who is calling.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes that wait in one connection to be sent; without it a peer that does not read would grow this side's memory.</summary>
    public long SendWindowBytes { get; init; } = 64L << 20;

    /// <summary>Connections of one listener that have not proved anything yet; without it strangers could use up the descriptors.</summary>
    public int MaxPendingHandshakes { get; init; } = 64;

    /// <summary>Returns itself if every limit can work.</summary>
    public TransportLimits Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFrameBytes, 1, nameof(MaxFrameBytes));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HandshakeTimeout, TimeSpan.Zero, nameof(HandshakeTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThan(SendWindowBytes, 1, nameof(SendWindowBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPendingHandshakes, 1, nameof(MaxPendingHandshakes));
        return this;
    }
}
