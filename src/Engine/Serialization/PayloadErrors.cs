namespace ActorPool.Serialization;

/// <summary>The refusals that more than one codec makes.</summary>
internal static class PayloadErrors
{
    public static PayloadException TooLarge(Type type, long size, PayloadLimits limits, long index) => new(
        $"Item {index}, a [{TypeText.Of(type)}], takes [{size}] bytes or more, and [{PayloadLimits.MaxItemBytesSetting}] is [{limits.MaxItemBytes}]. " +
        "Send smaller items, broadcast what all of them share, or raise the setting on the client and on its nodes.")
    {
        Setting = PayloadLimits.MaxItemBytesSetting,
    };

    /// <summary>Whether an exception is left as it is: ours, or none that a payload could have caused.</summary>
    public static bool IsFinal(Exception error) => error is PayloadException or OutOfMemoryException or OperationCanceledException;
}
