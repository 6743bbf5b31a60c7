using ActorPool.Serialization;

namespace ActorPool.Transport;

/// <summary>One message of the data plane: on the wire its kind (1 byte), the length of its body (8 bytes, little endian), and the body.</summary>
/// <param name="Kind">What the body is; the users of the connection decide.</param>
/// <param name="Body">Reads the body, as it arrives. Good until the handler is done; what it leaves unread is skipped.</param>
internal readonly record struct Frame(byte Kind, PayloadReader Body)
{
    public const int HeaderSize = 1 + sizeof(long);

    /// <summary>The connection's own last frame; without it an end of the stream means that the peer died. Its body says why the peer closes, in UTF-8; empty: all is well.</summary>
    public const byte Farewell = byte.MaxValue;

    /// <summary>Longest body of a farewell, whatever limit was agreed.</summary>
    public const int MaxFarewellBytes = 1024;
}
