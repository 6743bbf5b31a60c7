using ActorPool.Configuration;

namespace ActorPool.Serialization;

/// <summary>Limits on one value, both when it is written and when it is read.</summary>
internal sealed record PayloadLimits
{
    public const string MaxItemBytesSetting = "actorpool.payload.max-item-bytes";
    public const string MaxDepthSetting = "actorpool.payload.max-depth";

    /// <summary>Most bytes of one encoded item; 1 or more.</summary>
    public long MaxItemBytes { get; init; } = 256L << 20;

    /// <summary>Most values inside each other; 1 or more.</summary>
    /// <remarks>
    /// Stops hostile bytes that would overflow the stack. Chains of objects do not count: their fields are put off
    /// (<see cref="ObjectGraph.InlineDepth"/>).
    /// </remarks>
    public int MaxDepth { get; init; } = 256;

    /// <summary>The limits that the settings give.</summary>
    public static PayloadLimits For(ClusterSettings settings) =>
        new() { MaxItemBytes = settings.MaxItemBytes, MaxDepth = settings.MaxDepth };
}
