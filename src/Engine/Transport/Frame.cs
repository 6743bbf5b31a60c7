using ActorPool.Serialization;

namespace ActorPool.Transport;

/// <summary>One message of the data plane.</summary>
/// <remarks>On the wire: its kind (1 byte), the length of its body (8 bytes, little endian), and the body.</remarks>
/// <param name="Kind">What the body is; the users of the connection define it.</param>
/// <param name="Body">Reads the body as it arrives. Valid until the handler is done; what the handler leaves unread is skipped.</param>
internal readonly record struct Frame(byte Kind, PayloadReader Body)
{
    public const int HeaderSize = 1 + sizeof(long);

    /// <summary>Kind of the last frame, which the connection itself sends.</summary>
    /// <remarks>
    /// If the stream ends without it, the peer died or was cut off. Its body says in UTF-8 why the peer closes; empty: there was no error.
    /// </remarks>
    public const byte Farewell = byte.MaxValue;

    /// <summary>Longest body of a farewell, whatever limit the sides agreed on.</summary>
    public const int MaxFarewellBytes = 1024;
}
