namespace ActorPool.Serialization;

/// <summary>What one value may cost at most, on its way out as on its way in.</summary>
internal sealed record PayloadLimits
{
    public const string MaxItemBytesSetting = "actorpool.payload.max-item-bytes";
    public const string MaxDepthSetting = "actorpool.payload.max-depth";

    /// <summary>Bytes of one encoded item; 1 or more.</summary>
    public long MaxItemBytes { get; init; } = 256L << 20;

    /// <summary>Objects inside of objects; 1 or more. Cycles end here, and so does what hostile bytes could do to the stack.</summary>
    public int MaxDepth { get; init; } = 64;
}
