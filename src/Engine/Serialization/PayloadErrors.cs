using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Errors that more than one codec reports.</summary>
internal static class PayloadErrors
{
    public static PayloadException CreateTooLarge(Type type, long size, PayloadLimits limits, long index) => new(
        $"Item {index}, a [{TypeText.Format(type)}], takes [{size}] bytes or more, "
        + $"and [{PayloadLimits.MaxItemBytesSetting}] is [{limits.MaxItemBytes}]. "
        + "Send smaller items, broadcast what all of them share, or raise the setting on the client and on its nodes.")
    {
        Setting = PayloadLimits.MaxItemBytesSetting,
    };

    /// <summary>Whether an exception is passed on as it is.</summary>
    /// <remarks>True for the engine's own exceptions, and for those that say nothing about the payload.</remarks>
    public static bool IsFinal(Exception error) => error is PayloadException or OutOfMemoryException or OperationCanceledException;
}
